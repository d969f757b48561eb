import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import io.scarfall.examples.Clients;
import io.scarfall.gateway.UserCall;
import io.scarfall.gateway.Delivery;
import io.scarfall.socketio.packet.Arguments;
import io.scarfall.testkit.TestCluster;
import io.socket.client.Ack;
import io.socket.client.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.json.JSONObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.platform.launcher.Launcher;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;

public class Sample {

    record Move(String opponent) {}

    static final class Game {
        CompletionStage<Arguments> move(UserCall user, Move move) {
            return user.delivery().send(List.of(move.opponent()), "moved").thenApply(Delivery::reply);
        }
    }

    private final Game game = new Game();

// SAMPLE

    private static Socket connect(String url, String token) {
        try {
            return Clients.connect(Clients.user(url, token));
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static CompletableFuture<Object> move(Socket client, String opponent) {
        CompletableFuture<Object> status = new CompletableFuture<>();
        client.emit("move", new Object[] {new JSONObject(Map.of("opponent", opponent))}, (Ack) answer ->
                status.complete(((JSONObject) answer[0]).opt("status")));
        return status;
    }

    public static void run(String redis) {
        SummaryGeneratingListener summary = new SummaryGeneratingListener();
        Launcher launcher = LauncherFactory.create();
        launcher.execute(
                LauncherDiscoveryRequestBuilder.request().selectors(selectClass(Sample.class)).build(), summary);
        summary.getSummary().getFailures().forEach(failure -> {
            throw new AssertionError("the test of the sample failed", failure.getException());
        });
        assertThat(summary.getSummary().getTestsSucceededCount()).isEqualTo(1);
    }
}
