package io.scarfall.gateway;

import io.scarfall.presence.PresenceCluster;
import io.scarfall.presence.PresenceSettings;
import io.scarfall.presence.memory.MemoryCluster;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** In memory. */
class SessionControlTest extends SessionControl {

    private @Nullable MemoryCluster cluster;

    SessionControlTest() {
        super(Duration.ofSeconds(1));
    }

    @Override
    PresenceCluster view(PresenceSettings settings) {
        if (cluster == null) {
            cluster = MemoryCluster.builder().settings(settings).build();
        }
        return cluster;
    }
}
