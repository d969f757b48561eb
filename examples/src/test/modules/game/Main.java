package game;

import io.scarfall.gateway.DeliveryConfig;
import io.scarfall.gateway.Scarfall;
import io.scarfall.presence.ClusterState;
import io.scarfall.presence.redis.RedisPresenceCluster;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A gateway with its state in Redis, and one event: {@code Main ADDRESS_OF_REDIS PREFIX SECRET}. Ends on SIGTERM. */
public final class Main {

    private record Move(int x, int y) {}

    private record Moved(String by, int distance) {}

    public static void main(String[] args) throws InterruptedException {
        ClusterState cluster =
                RedisPresenceCluster.builder().address(args[0]).prefix(args[1]).build();
        Scarfall scarfall = Scarfall.builder()
                .cluster(cluster)
                .jwtSecret(args[2])
                .delivery(DeliveryConfig.DEFAULT.withMaxRecipients(10))
                .host("127.0.0.1")
                .port(0)
                .internalPort(0)
                .on(
                        "move",
                        Move.class,
                        (user, move) -> CompletableFuture.completedFuture(
                                new Moved(user.identity().userId(), Math.abs(move.x()) + Math.abs(move.y()))))
                .start();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            scarfall.drain(Duration.ZERO, Duration.ofSeconds(10));
            cluster.close();
            System.out.println("closed");
        }));
        System.out.println("modules: " + List.of(Main.class, Scarfall.class, ClusterState.class).stream()
                .map(type -> type.getModule().getName())
                .toList());
        System.out.println("listens at " + scarfall.userPort());
        Thread.currentThread().join(); // the threads of the gateway are daemons
    }
}
