import static org.assertj.core.api.Assertions.assertThat;

import io.scarfall.engineio.EngineConfig;
import io.scarfall.engineio.EngineServer;
import io.scarfall.examples.Clients;
import io.scarfall.socketio.Namespace;
import io.scarfall.socketio.SocketServer;
import io.socket.client.Socket;
import java.net.InetSocketAddress;

public final class Sample {

    public static void run(String redis) throws Exception {
// SAMPLE
        Socket client = Clients.user("http://localhost:" + server.address().getPort(), "");
        try {
            client.connect();
            assertThat(Clients.ask(client, "echo", "hello", 7)).containsExactly("hello", 7);
        } finally {
            client.close();
            server.close();
        }
    }
}
