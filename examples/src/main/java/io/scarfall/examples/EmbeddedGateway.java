package io.scarfall.examples;

import io.scarfall.gateway.Scarfall;
import io.scarfall.presence.Friend;
import java.util.List;
import java.util.Map;

/** The gateway inside a back end of its own, with one event more: what a game server adds. */
public final class EmbeddedGateway {

    private EmbeddedGateway() {}

    /** What a client sends by {@code move}. */
    record Move(String opponent, int x, int y) {}

    /** What it reads as the ack. */
    record Moved(boolean seen) {}

    /** Starts the gateway; {@code socket.emit("move", {opponent, x, y}, ack)} reaches the opponent's devices. */
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
        String secret = System.getProperty("secret", "");
        try (Scarfall scarfall = start(secret, 3000, 4000)) {
            scarfall.delivery().sendMessage(List.of("alice"), "The server is back", Map.of("kind", "notice"));
            Thread.currentThread().join();
        }
    }
}
