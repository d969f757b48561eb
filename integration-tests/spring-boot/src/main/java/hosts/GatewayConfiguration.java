package hosts;

import io.scarfall.gateway.Scarfall;
import io.scarfall.gateway.ScarfallBuilder;
import io.scarfall.presence.Friend;
import io.scarfall.presence.redis.RedisPresenceCluster;
import java.time.Duration;
import java.util.List;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The gateway, written by hand. It drains when the application ends. */
@Configuration(proxyBeanMethods = false)
class GatewayConfiguration {

    @Bean(destroyMethod = "close")
    Scarfall scarfall(@Value("${jwt.secret}") String secret, @Value("${redis.url:}") String redis) {
        ScarfallBuilder builder =
                Scarfall.builder().jwtSecret(secret).host("127.0.0.1").port(0).internalPort(0);
        if (!redis.isEmpty()) {
            builder.cluster(RedisPresenceCluster.connect(redis));
        }
        Scarfall scarfall = builder.start();
        scarfall.roster().setFriends("bob", List.of(Friend.of("alice")));
        return scarfall;
    }

    @Bean
    SmartLifecycle gatewayLifecycle(Scarfall scarfall) {
        return new SmartLifecycle() {

            private volatile boolean isRunning;

            @Override
            public void start() {
                isRunning = true;
                System.out.println("ready users=" + scarfall.userPort() + " services=" + scarfall.internalPort());
            }

            @Override
            public void stop() {
                isRunning = false;
                scarfall.drain(Duration.ZERO, Duration.ofSeconds(5));
                System.out.println("drained");
            }

            @Override
            public boolean isRunning() {
                return isRunning;
            }
        };
    }
}
