import static org.assertj.core.api.Assertions.assertThat;

import io.scarfall.engineio.EngineConfig;
import io.scarfall.engineio.EngineServer;
import io.scarfall.examples.Clients;
import io.scarfall.socketio.Attribute;
import io.scarfall.socketio.Broadcaster;
import io.scarfall.socketio.Namespace;
import io.scarfall.socketio.SocketServer;
import io.socket.client.Socket;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.json.JSONObject;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

public final class Sample {

    private static final Logger log = LoggerFactory.getLogger(Sample.class);

    record Token(String token) {}

    record Say(String room, String text) {}

    record News(String text) {}

    record User(String name) {}

    interface Users {
        CompletionStage<User> find(Token token);
    }

    interface Files {
        Object store(byte[] content);
    }

    public static void run(String redis) throws Exception {
        Attribute<User> USER = Attribute.named("user");
        Users users = token -> CompletableFuture.completedFuture(new User(token.token()));
        Files files = content -> content.length;
        String id = "nobody";
// SAMPLE
        EngineServer server = EngineServer.start(
                EngineConfig.builder().address(new InetSocketAddress("127.0.0.1", 0)).path("/socket.io").build(),
                new SocketServer(namespace));
        Socket client = Clients.user("http://localhost:" + server.address().getPort() + "/chat", "anna");
        try {
            CompletableFuture<Object[]> connected = Clients.next(client, Socket.EVENT_CONNECT);
            client.connect();
            Clients.answer(connected);
            assertThat(Clients.ask(client, "say", new JSONObject().put("room", "lobby").put("text", "hi")))
                    .containsExactly("ok");
            assertThat(Clients.ask(client, "upload", new byte[] {1, 2, 3})).containsExactly(3);
            CompletableFuture<Object[]> news = Clients.next(client, "news");
            chat.to("lobby").except(id).emit("news", new News("hello"), new byte[] {1, 2, 3});
            assertThat(((JSONObject) Clients.answer(news)[0]).getString("text")).isEqualTo("hello");
        } finally {
            client.close();
            server.close();
        }
    }
}
