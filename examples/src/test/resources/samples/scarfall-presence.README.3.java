import static org.assertj.core.api.Assertions.assertThat;

import io.scarfall.presence.internal.NodeAccess;
import io.scarfall.presence.UserSession;
import io.scarfall.presence.NodeId;
import io.scarfall.presence.redis.RedisPresenceCluster;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

public final class Sample {

    private static <T> T await(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    private void received(byte[] message) {}

    private void live(NodeAccess cluster) throws Exception {
        String socketId = "s1";
        Instant now = Instant.now();
        String email = "anna@example.com";
        String device = "{}";
        String address = "127.0.0.1";
        List<String> recipients = List.of("anna");
// SAMPLE
        // After the writes of the sample, because a closed session cannot be touched.
        assertThat(await(cluster.store().touch(session))).isFalse();
    }

    public static void run(String redis) throws Exception {
        try (NodeAccess cluster = NodeAccess.of(RedisPresenceCluster.connect(redis))) {
            new Sample().live(cluster);
        }
    }
}
