import static org.assertj.core.api.Assertions.assertThat;

import io.scarfall.examples.Clients;
import io.scarfall.gateway.Scarfall;
import io.scarfall.gateway.UserCall;
import io.scarfall.gateway.UserListener;
import io.scarfall.socketio.DisconnectReason;
import io.socket.client.Socket;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

public final class Sample {

    interface News {
        String of(String userId);
    }

    public static void run(String redis) throws Exception {
        News news = userId -> "news of " + userId;
        try (Scarfall scarfall =
// SAMPLE
                        .on("join", String.class, (user, room) -> {
                            user.socket().join(room);
                            return "joined";
                        })
                        .jwtSecret(Clients.SECRET).port(0).internalPort(0).start()) {
            Socket anna = Clients.user(scarfall, "anna");
            Socket ben = Clients.user(scarfall, "ben");
            try {
                CompletableFuture<Object[]> first = Clients.next(anna, "news");
                Clients.connect(anna);
                assertThat(Clients.answer(first)).containsExactly("news of anna");
                Clients.connect(ben);
                Clients.ask(anna, "join", "lobby");
                Clients.ask(ben, "join", "lobby");
                CompletableFuture<Object[]> left = Clients.next(anna, "left");
                ben.close();
                assertThat(Clients.answer(left)).containsExactly("ben");
            } finally {
                anna.close();
                ben.close();
            }
        }
    }
}
