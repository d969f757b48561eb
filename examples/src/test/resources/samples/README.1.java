import static org.assertj.core.api.Assertions.assertThat;

import io.scarfall.examples.Clients;
import io.scarfall.gateway.Scarfall;
import io.scarfall.gateway.Delivery;
import io.scarfall.presence.Friend;
import io.socket.client.Socket;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.json.JSONObject;

public final class Sample {

    public static void run(String redis) throws Exception {
        String secret = Clients.SECRET;
// SAMPLE
        Socket alice = Clients.user(scarfall, "alice");
        Socket bob = Clients.user(scarfall, "bob");
        try {
            Clients.connect(alice);
            CompletableFuture<Object[]> online = Clients.next(alice, "user_status_update");
            Clients.connect(bob);
            assertThat(((JSONObject) Clients.answer(online)[0]).getString("userId")).isEqualTo("bob");
            CompletableFuture<Object[]> moved = Clients.next(bob, "moved");
            JSONObject move = new JSONObject(Map.of("opponent", "bob", "x", 3, "y", 4));
            assertThat(((JSONObject) Clients.ask(alice, "move", move)[0]).getString("status")).isEqualTo("sent");
            assertThat(Clients.answer(moved)).containsExactly("alice", 3, 4);
            assertThat(((JSONObject) Clients.ask(alice, "move", new JSONObject())[0]).getString("code"))
                    .isEqualTo("invalid");
            CompletableFuture<Object[]> message = Clients.next(alice, "message");
            assertThat(Clients.answer(scarfall.delivery()
                                    .sendMessage(List.of("alice"), "Your order is ready", Map.of("order", 42)))
                            .sent())
                    .containsExactly("alice");
            assertThat(((JSONObject) Clients.answer(message)[0]).getString("message")).isEqualTo("Your order is ready");
        } finally {
            alice.close();
            bob.close();
            scarfall.close();
        }
    }
}
