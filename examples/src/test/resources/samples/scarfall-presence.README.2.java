import io.scarfall.presence.ClusterState;
import io.scarfall.presence.redis.RedisPresenceCluster;
import java.util.concurrent.TimeUnit;

public final class Sample {

    public static void run(String redis) throws Exception {
        String password = null;
// SAMPLE
        cluster.connected().toCompletableFuture().get(20, TimeUnit.SECONDS);
        cluster.close();
    }
}
