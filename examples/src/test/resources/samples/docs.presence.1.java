import io.scarfall.presence.UserPresence;
import io.scarfall.presence.redis.RedisPresence;
import java.time.Duration;
import java.util.List;

public final class Sample {

    public static void run(String redis) {
// SAMPLE
        List<UserPresence> unknown = List.of(UserPresence.unknown("anna"), UserPresence.unknown("bert"));
        if (!List.copyOf(RedisPresence.await(presence.status(List.of("anna", "bert")), Duration.ofSeconds(20)).values())
                .containsAll(unknown)) {
            throw new AssertionError("nobody is online");
        }
        presence.close();
    }
}
