package io.scarfall.gateway;

import io.scarfall.presence.PresenceCluster;
import io.scarfall.presence.PresenceSettings;
import io.scarfall.presence.memory.MemoryCluster;
import org.jspecify.annotations.Nullable;

/** With a cluster in memory. */
class FlappingTest extends FlappingContract {

    private @Nullable MemoryCluster cluster;

    @Override
    PresenceCluster view(PresenceSettings settings) {
        if (cluster == null) {
            cluster = MemoryCluster.builder().settings(settings).build();
        }
        return cluster;
    }
}
