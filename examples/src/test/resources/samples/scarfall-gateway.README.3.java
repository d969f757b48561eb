import static org.assertj.core.api.Assertions.assertThat;


import io.scarfall.engineio.HttpReply;
import io.scarfall.engineio.Bytes;
import io.scarfall.examples.Clients;
import io.scarfall.gateway.Scarfall;
import io.scarfall.gateway.Identity;
import io.scarfall.gateway.TokenVerifier;
import io.scarfall.presence.Roster;
import io.scarfall.presence.memory.MemoryCluster;
import io.scarfall.socketio.Namespace;
import io.socket.client.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.json.JSONObject;

public final class Sample {

    record Order(String item) {}

    record Query(String year) {}

    interface Orders {
        Object place(String userId, Order order);
    }

    interface Database {
        Object run(Query query);
    }

    private static CompletionStage<HttpReply> health() {
        return CompletableFuture.completedFuture(new HttpReply(200, "text/plain", Bytes.utf8("well")));
    }

    public static void run(String redis) throws Exception {
        Orders orders = (userId, order) -> userId + " ordered " + order.item();
        Database database = query -> "report of " + query.year();
        Namespace publicNamespace = Namespace.builder("/public").on("echo", (socket, arguments) -> arguments).build();
        TokenVerifier ourTokens = token -> CompletableFuture.completedFuture(
                new Identity(token, null, null, Instant.now().plusSeconds(60)));
        Roster ourFriends = MemoryCluster.create().roster();
        try (Scarfall scarfall =
// SAMPLE
                        .host("127.0.0.1").port(0).internalPort(0).start()) {
            String url = "http://127.0.0.1:" + scarfall.userPort();
            Socket anna = Clients.user(url, "anna");
            Socket staff = Clients.user(url + "/staff", "anna");
            Socket everybody = Clients.user(url + "/public", "none");
            try {
                Clients.connect(anna);
                assertThat(Clients.ask(anna, "order", new JSONObject(Map.of("item", "tea"))))
                        .containsExactly("anna ordered tea");
                assertThat(Clients.ask(anna, "report", new JSONObject(Map.of("year", "2020"))))
                        .containsExactly("report of 2020");
                staff.connect();
                assertThat(Clients.ask(staff, "who")).containsExactly("anna");
                everybody.connect();
                assertThat(Clients.ask(everybody, "echo", "hi")).containsExactly("hi");
            } finally {
                anna.close();
                staff.close();
                everybody.close();
            }
            HttpRequest question = HttpRequest.newBuilder(URI.create(url + "/health")).build();
            assertThat(HttpClient.newHttpClient().send(question, HttpResponse.BodyHandlers.ofString()).body())
                    .isEqualTo("well");
        }
    }
}
