package io.scarfall.gateway;

import io.scarfall.presence.PresenceSettings;
import io.scarfall.presence.internal.NodeAccess;
import io.scarfall.presence.memory.MemoryCluster;
import io.scarfall.presence.redis.RedisPresenceCluster;
import io.scarfall.presence.testing.RedisServer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the nodes of a test share. */
interface SharedState extends AutoCloseable {

    /** This state, as one more node sees it. */
    NodeAccess view(PresenceSettings settings);

    @Override
    void close();

    /** In memory: all nodes see the same object. */
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

    /** A Redis of its own, to which each node has connections of its own. */
    final class InRedis implements SharedState {

        final RedisServer redis = RedisServer.start();
        private final List<NodeAccess> clusters = new ArrayList<>();

        @Override
        public NodeAccess view(PresenceSettings settings) {
            NodeAccess cluster = NodeAccess.of(RedisPresenceCluster.builder()
                    .address(redis.uri())
                    .partitions(4) // each is looked at after every beat
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
