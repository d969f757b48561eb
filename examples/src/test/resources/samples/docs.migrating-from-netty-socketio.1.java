import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.scarfall.engineio.CorsPolicy;
import io.scarfall.engineio.EngineConfig;
import io.scarfall.engineio.EngineServer;
import io.scarfall.socketio.Attribute;
import io.scarfall.socketio.Broadcaster;
import io.scarfall.socketio.ConnectRefusedException;
import io.scarfall.socketio.EventHandler;
import io.scarfall.socketio.EventRefusedException;
import io.scarfall.socketio.Namespace;
import io.scarfall.socketio.SocketServer;
import io.scarfall.socketio.packet.Arguments;
import io.scarfall.testkit.TestClient;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;

public final class Sample {

    /** An index that answers later, on another thread. */
    private static final class Index {

        void find(String words, Consumer<List<String>> found) {
            CompletableFuture.runAsync(() -> found.accept(List.of(words, words + "s")));
        }
    }

    private static final class Meter {

        final Queue<String> events = new ConcurrentLinkedQueue<>();

        void count(String event) {
            events.add(event);
        }

        void failed(String event) {
            events.add("failed " + event);
        }
    }

    private static TestClient.Builder client(EngineServer server) {
        return TestClient.to("http://localhost:" + server.address().getPort()).namespace("/chat");
    }

    public static void run(String redis) throws Exception {
        Map<String, String> names = Map.of("token of anna", "anna", "token of ben", "ben");
        Index index = new Index();
        Meter meter = new Meter();
// SAMPLE
        try (server;
                TestClient anna = client(server).token("token of anna").connect();
                TestClient ben = client(server).token("token of ben").connect()) {
            String refusal = "{\"message\":\"not authorized\",\"data\":{\"code\":\"unauthenticated\"}}";
            assertThat(client(server).token("another").refused().json().utf8()).isEqualTo(refusal);
            assertThat(client(server).refused().json().utf8()).isEqualTo(refusal);

            assertThat(ben.ask("join", "garden").get(0, Integer.class)).isEqualTo(1);
            assertThat(anna.ask("join", "garden").get(0, Integer.class)).isEqualTo(2);
            assertThat(ben.next("joined").get(0, String.class)).isEqualTo("anna");

            assertThat(anna.ask("say", new Say("garden", "hello")).get(0, String.class)).isEqualTo("ok");
            assertThat(ben.next("said").json().utf8()).isEqualTo("\"anna\",\"hello\"");
            JsonNode outside = anna.ask("say", new Say("cellar", "hello")).require(0, JsonNode.class);
            assertThat(outside.path("status").asText()).isEqualTo("error");
            assertThat(outside.path("code").asText()).isEqualTo("not_a_member");
            assertThat(meter.events).containsExactly("join", "join", "say", "say", "failed say");

            assertThat(anna.ask("picture", "garden", new byte[] {1, 2, 3}).get(0, Integer.class)).isEqualTo(3);
            Arguments picture = ben.next("picture");
            assertThat(picture.get(0, String.class)).isEqualTo("anna");
            assertThat(picture.get(1, byte[].class)).containsExactly(1, 2, 3);

            assertThat(anna.ask("search", "tree").json().utf8()).isEqualTo("[\"tree\",\"trees\"]");
            ben.answer("vote", arguments -> "yes");
            assertThat(anna.ask("poll", "pizza?").get(0, Integer.class)).isEqualTo(1);

            anna.disconnect();
            assertThat(ben.next("left").get(0, String.class)).isEqualTo("anna");
            ben.nothingReceived();

            URI old = URI.create("http://localhost:" + server.address().getPort() + "/socket.io/?EIO=3&transport=polling");
            HttpResponse<String> answer = HttpClient.newHttpClient()
                    .send(HttpRequest.newBuilder(old).build(), HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).isEqualTo(400);
            assertThat(answer.body()).isEqualTo("{\"code\":5,\"message\":\"Unsupported protocol version\"}");
        }
    }
}
