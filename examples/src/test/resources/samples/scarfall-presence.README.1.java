import io.scarfall.presence.Friend;
import io.scarfall.presence.redis.RedisPresence;
import java.time.Duration;
import java.util.List;

public final class Sample {

    public static void run(String redis) {
        String position = "oldest";
        List<Friend> friends = List.of(Friend.of("bert"));
// SAMPLE
        if (!RedisPresence.await(presence.roster().friends("anna"), Duration.ofSeconds(20)).equals(friends)) {
            throw new AssertionError("anna lists bert");
        }
        presence.close();
    }
}
