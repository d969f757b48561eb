package hosts;

import io.scarfall.gateway.Scarfall;
import io.scarfall.gateway.ScarfallBuilder;
import io.scarfall.presence.Friend;
import io.scarfall.presence.redis.RedisPresenceCluster;
import java.time.Duration;
import java.util.List;

/** A program that embeds the gateway without a framework. */
public final class Main {

    private Main() {}

    public static void main(String[] args) throws InterruptedException {
        ScarfallBuilder builder = Scarfall.builder()
                .jwtSecret(System.getenv("JWT_SECRET"))
                .host("127.0.0.1")
                .port(0)
                .internalPort(0);
        String redis = System.getenv("REDIS_URL");
        if (redis != null) {
            builder.cluster(RedisPresenceCluster.connect(redis));
        }
        Scarfall scarfall = builder.start();
        scarfall.roster().setFriends("bob", List.of(Friend.of("alice")));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            scarfall.drain(Duration.ZERO, Duration.ofSeconds(5));
            System.out.println("drained");
        }));
        System.out.println("ready users=" + scarfall.userPort() + " services=" + scarfall.internalPort());
        Thread.currentThread().join();
    }
}
