import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.scarfall.engineio.EngineConfig;
import io.scarfall.engineio.EngineServer;
import io.scarfall.examples.Clients;
import io.scarfall.socketio.Namespace;
import io.scarfall.socketio.SocketServer;
import io.scarfall.socketio.packet.Arguments;
import io.scarfall.socketio.packet.JacksonCodec;
import io.scarfall.socketio.packet.TypeRef;
import io.socket.client.Socket;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.json.JSONArray;
import org.json.JSONObject;

public final class Sample {

    record Item(String skuCode, int howMany) {}

    interface Shop {
        Object order(List<Item> items);
    }

    public static void run(String redis) throws Exception {
        Shop shop = items -> items.get(0);
// SAMPLE
        EngineServer server = EngineServer.start(
                EngineConfig.builder().address(new InetSocketAddress("127.0.0.1", 0)).path("/socket.io").build(),
                new SocketServer(orders));
        Socket client = Clients.user("http://localhost:" + server.address().getPort() + "/orders", "anna");
        try {
            CompletableFuture<Object[]> connected = Clients.next(client, Socket.EVENT_CONNECT);
            client.connect();
            Clients.answer(connected);
            JSONObject item = new JSONObject().put("sku_code", "a").put("how_many", 2);
            assertThat(((JSONObject) Clients.ask(client, "order", new JSONArray(List.of(item)))[0]).getInt("how_many"))
                    .isEqualTo(2);
            assertThat(((JSONObject) Clients.ask(client, "two", item)[0]).getString("sku_code")).isEqualTo("a");
            assertThat(((JSONObject) Clients.ask(client, "order", new JSONObject())[0]).getString("error"))
                    .isEqualTo("invalid arguments: [0]");
        } finally {
            client.close();
            server.close();
        }
    }
}
