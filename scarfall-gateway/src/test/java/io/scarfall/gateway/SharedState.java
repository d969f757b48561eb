package io.scarfall.gateway;

import io.scarfall.presence.PresenceSettings;
import io.scarfall.presence.internal.NodeAccess;
import io.scarfall.presence.memory.MemoryCluster;
import io.scarfall.presence.redis.RedisPresenceCluster;
import io.scarfall.presence.testing.RedisServer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The shared state of the nodes of a test. */
interface SharedState extends AutoCloseable {

    /** This state, as seen by another node. */
    NodeAccess view(PresenceSettings settings);

    @Override
    void close();

    /** In memory. All nodes use the same object. */
    final class InMemory implements SharedState {

        private @Nullable NodeAccess cluster;

        @Override
        public NodeAccess view(PresenceSettings settings) {
            if (cluster == null) {
                cluster =
                        NodeAccess.of(MemoryCluster.builder().settings(settings).build());
            }
            return cluster;
        }

        @Override
        public void close() {}
    }

    /** A separate Redis. Each node has its own connections to it. */
    final class InRedis implements SharedState {

        final RedisServer redis = RedisServer.start();
        private final List<NodeAccess> clusters = new ArrayList<>();

        @Override
        public NodeAccess view(PresenceSettings settings) {
            NodeAccess cluster = NodeAccess.of(RedisPresenceCluster.builder()
                    .address(redis.uri())
                    .partitions(4) // each is checked after every beat
                    .settings(settings)
                    .build());
            clusters.add(cluster);
            return cluster;
        }

        @Override
        public void close() {
            clusters.forEach(NodeAccess::close);
            redis.close();
        }
    }
}
