package io.scarfall.gateway;

import io.scarfall.presence.PresenceCluster;
import io.scarfall.presence.PresenceSettings;
import io.scarfall.presence.redis.RedisPresenceCluster;
import io.scarfall.presence.testing.RedisServer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;

/** With a Redis, to which each node has connections of its own. */
class FlappingRedisTest extends FlappingContract {

    private final RedisServer redis = RedisServer.start();
    private final List<RedisPresenceCluster> clusters = new ArrayList<>();

    @Override
    PresenceCluster view(PresenceSettings settings) {
        RedisPresenceCluster cluster = RedisPresenceCluster.builder()
                .address(redis.uri())
                .partitions(4) // each is looked at after every beat
                .settings(settings)
                .build();
        clusters.add(cluster);
        return cluster;
    }

    @AfterEach
    void close() {
        stop(); // before what it stands on is closed
        clusters.forEach(RedisPresenceCluster::close);
        redis.close();
    }
}
