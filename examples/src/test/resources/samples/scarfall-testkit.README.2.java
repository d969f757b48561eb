import static org.assertj.core.api.Assertions.assertThat;

import io.scarfall.examples.JUnitRun;
import io.scarfall.gateway.Delivery;
import io.scarfall.gateway.UserCall;
import io.scarfall.socketio.packet.Arguments;
import io.scarfall.testkit.TestClient;
import io.scarfall.testkit.TestCluster;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

public class Sample {

    record Move(String opponent) {}

    @com.fasterxml.jackson.annotation.JsonIgnoreProperties(ignoreUnknown = true)
    record Answer(String status) {}

    static final class Game {
        CompletionStage<Arguments> move(UserCall user, Move move) {
            return user.delivery().sendMessage(List.of(move.opponent()), "your turn", Map.of()).thenApply(Delivery::reply);
        }
    }

    private final Game game = new Game();

// SAMPLE

    public static void run(String redis) {
        JUnitRun.passes(Sample.class);
    }
}
