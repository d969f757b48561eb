import static org.assertj.core.api.Assertions.assertThat;

import io.scarfall.examples.Clients;
import io.scarfall.gateway.DeliveryConfig;
import io.scarfall.gateway.LimitConfig;
import io.scarfall.gateway.RateLimits;
import io.scarfall.gateway.Scarfall;
import io.scarfall.gateway.ScarfallBuilder;
import io.scarfall.gateway.SessionConfig;
import io.scarfall.gateway.TokenConfig;
import java.time.Duration;

public final class Sample {

    public static void run(String redis) {
        String secret = Clients.SECRET;
// SAMPLE
        try (Scarfall scarfall = builder.port(0).internalPort(0).build()) {
            assertThat(scarfall.config().delivery().maxRecipients()).isEqualTo(100);
            assertThat(scarfall.config().limits().rates().session().burst()).isEqualTo(500);
        }
    }
}
