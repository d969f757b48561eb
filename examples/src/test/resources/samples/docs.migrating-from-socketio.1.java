import static org.assertj.core.api.Assertions.assertThat;

import io.scarfall.engineio.CorsPolicy;
import io.scarfall.engineio.EngineConfig;
import io.scarfall.engineio.EngineServer;
import io.scarfall.examples.Clients;
import io.scarfall.socketio.Attribute;
import io.scarfall.socketio.Broadcaster;
import io.scarfall.socketio.ConnectRefusedException;
import io.scarfall.socketio.EventRefusedException;
import io.scarfall.socketio.Namespace;
import io.scarfall.socketio.SocketServer;
import io.socket.client.Ack;
import io.socket.client.Socket;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.json.JSONObject;

public final class Sample {

    private static Socket join(EngineServer server, String token) throws Exception {
        Socket client = client(server, token);
        CompletableFuture<Object[]> connected = Clients.next(client, Socket.EVENT_CONNECT);
        client.connect();
        Clients.answer(connected);
        return client;
    }

    private static Socket client(EngineServer server, String token) {
        return Clients.user("http://localhost:" + server.address().getPort() + "/chat", token);
    }

    public static void run(String redis) throws Exception {
        Map<String, String> names = Map.of("token of anna", "anna", "token of ben", "ben");
// SAMPLE
        try (server) {
            Socket stranger = client(server, "another token");
            CompletableFuture<Object[]> refusal = Clients.next(stranger, Socket.EVENT_CONNECT_ERROR);
            stranger.connect();
            JSONObject refused = (JSONObject) Clients.answer(refusal)[0];
            assertThat(refused.getString("message")).isEqualTo("not authorized");
            assertThat(refused.getJSONObject("data").getString("code")).isEqualTo("unauthenticated");
            stranger.close();

            Socket anna = join(server, "token of anna");
            Socket ben = join(server, "token of ben");
            assertThat(((JSONObject) Clients.ask(ben, "join", "garden")[0]).getInt("members")).isEqualTo(1);
            CompletableFuture<Object[]> joined = Clients.next(ben, "joined");
            assertThat(((JSONObject) Clients.ask(anna, "join", "garden")[0]).getInt("members")).isEqualTo(2);
            assertThat(Clients.answer(joined)).containsExactly("anna");

            CompletableFuture<Object[]> said = Clients.next(ben, "said");
            JSONObject hello = new JSONObject().put("room", "garden").put("text", "hello");
            assertThat(Clients.ask(anna, "say", hello)).containsExactly("ok");
            assertThat(Clients.answer(said)).containsExactly("anna", "hello");
            JSONObject outside = (JSONObject) Clients.ask(anna, "say", new JSONObject(Map.of("room", "cellar", "text", "")))[0];
            assertThat(outside.getString("code")).isEqualTo("not_a_member");

            CompletableFuture<Object[]> picture = Clients.next(ben, "picture");
            assertThat(Clients.ask(anna, "picture", "garden", new byte[] {1, 2, 3})).containsExactly(3);
            assertThat(Clients.answer(picture)).containsExactly("anna", new byte[] {1, 2, 3});

            ben.once("vote", arguments -> ((Ack) arguments[1]).call("yes"));
            assertThat(Clients.ask(anna, "poll", "pizza?")).containsExactly(1);

            CompletableFuture<Object[]> left = Clients.next(ben, "left");
            anna.close();
            assertThat(Clients.answer(left)).containsExactly("anna");
            ben.close();
        }
    }
}
