package io.scarfall.examples;

import io.scarfall.gateway.Scarfall;
import io.scarfall.presence.Friend;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A game server that embeds the gateway and adds one event. It listens on ports 3000 and 4000, or on the ports given as
 * arguments. It verifies tokens with {@code JWT_SECRET}, and drains on SIGTERM.
 */
public final class EmbeddedGateway {

    private static final Duration DRAIN_TIMEOUT = Duration.ofSeconds(10);

    private EmbeddedGateway() {}

    /** The argument of the event {@code move}. Without an opponent, the client gets the ack {@code invalid arguments}. */
    record Move(String opponent, int x, int y) {

        Move {
            Objects.requireNonNull(opponent, "opponent");
        }
    }

    /** The ack of {@code move}. */
    record Moved(boolean seen) {}

    /** Starts the gateway. {@code socket.emit("move", {opponent, x, y}, ack)} reaches the devices of the opponent. */
    static Scarfall start(String secret, int port, int internalPort) {
        Scarfall scarfall = Scarfall.builder()
                .jwtSecret(secret)
                .host("127.0.0.1")
                .port(port)
                .internalPort(internalPort)
                .on(
                        "move",
                        Move.class,
                        (user, move) -> user.delivery()
                                .send(
                                        List.of(move.opponent()),
                                        "moved",
                                        user.identity().userId(),
                                        move.x(),
                                        move.y())
                                .thenApply(
                                        delivery -> new Moved(!delivery.sent().isEmpty())))
                .start();
        scarfall.roster().setFriends("alice", List.of(Friend.of("bob")));
        scarfall.roster().setFriends("bob", List.of(Friend.of("alice")));
        return scarfall;
    }

    public static void main(String[] args) throws InterruptedException {
        String secret = System.getenv("JWT_SECRET");
        if (secret == null) {
            System.err.println(
                    "JWT_SECRET is not set (expected: the secret of the users' tokens, at least 32 random bytes)");
            System.exit(2);
            return;
        }
        int port = args.length > 0 ? Integer.parseInt(args[0]) : 3000;
        int internalPort = args.length > 1 ? Integer.parseInt(args[1]) : 4000;
        Scarfall scarfall = start(secret, port, internalPort);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            scarfall.drain(Duration.ZERO, DRAIN_TIMEOUT);
            System.out.println("drained");
        }));
        System.out.println("users on port " + scarfall.userPort() + ", services on port " + scarfall.internalPort());
        scarfall.delivery().sendMessage(List.of("alice"), "The server is back", Map.of("kind", "notice"));
        Thread.currentThread().join();
    }
}
