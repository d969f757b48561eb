import io.scarfall.examples.Clients;
import io.scarfall.gateway.Scarfall;
import io.scarfall.presence.Friend;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

public final class Sample {

    private static final Logger log = LoggerFactory.getLogger(Sample.class);

    public static void run(String redis) {
        System.setProperty("jwt.secret", Clients.SECRET);
// SAMPLE
    }
}
