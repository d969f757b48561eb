package hosts;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.scarfall.gateway.Scarfall;
import io.scarfall.gateway.ScarfallBuilder;
import io.scarfall.presence.Friend;
import io.scarfall.presence.redis.RedisPresenceCluster;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** The gateway starts and drains with the application. */
@ApplicationScoped
public class Gateway {

    @ConfigProperty(name = "jwt.secret")
    String secret;

    @ConfigProperty(name = "redis.url")
    Optional<String> redis;

    private Scarfall scarfall;

    void start(@Observes StartupEvent event) {
        ScarfallBuilder builder =
                Scarfall.builder().jwtSecret(secret).host("127.0.0.1").port(0).internalPort(0);
        redis.ifPresent(address -> builder.cluster(RedisPresenceCluster.connect(address)));
        scarfall = builder.start();
        scarfall.roster().setFriends("bob", List.of(Friend.of("alice")));
        System.out.println("ready users=" + scarfall.userPort() + " services=" + scarfall.internalPort());
    }

    void stop(@Observes ShutdownEvent event) {
        scarfall.drain(Duration.ZERO, Duration.ofSeconds(5));
        System.out.println("drained");
    }
}
