import io.scarfall.presence.TransitionFeed.Batch;
import io.scarfall.presence.TransitionFeed.Group;
import io.scarfall.presence.redis.RedisPresence;
import java.time.Duration;

public final class Sample {

    public static void run(String redis) {
// SAMPLE
    }
}
