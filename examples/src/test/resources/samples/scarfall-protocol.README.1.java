import static org.assertj.core.api.Assertions.assertThat;

import io.scarfall.engineio.CloseReason;
import io.scarfall.engineio.EngineConfig;
import io.scarfall.engineio.EngineServer;
import io.scarfall.engineio.SessionListener;
import io.scarfall.engineio.Bytes;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

public final class Sample {

    public static void run(String redis) throws Exception {
// SAMPLE
        CompletableFuture<String> echo = new CompletableFuture<>();
        WebSocket client = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .buildAsync(
                        URI.create("ws://localhost:" + server.address().getPort()
                                + config.path() + "/?EIO=4&transport=websocket"),
                        new WebSocket.Listener() {
                            @Override
                            public CompletionStage<?> onText(WebSocket socket, CharSequence text, boolean last) {
                                if (text.charAt(0) == '4') {
                                    echo.complete(text.toString());
                                }
                                return WebSocket.Listener.super.onText(socket, text, last);
                            }
                        })
                .get(20, TimeUnit.SECONDS);
        client.sendText("4hello", true);
        assertThat(echo.get(20, TimeUnit.SECONDS)).isEqualTo("4hello");
        client.abort();
        server.close();
    }
}
