package io.scarfall.presence.redis;

import io.scarfall.presence.testing.RedisClusterServers;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;

/** All contracts, over a Redis Cluster of three masters. */
@Tag("slow")
class RedisClusterTest extends RedisContracts {

    private static final RedisClusterServers SERVERS = RedisClusterServers.start();

    @AfterAll
    static void close() {
        SERVERS.close();
    }

    @Override
    RedisPresenceCluster.Builder address() {
        return RedisPresenceCluster.builder().cluster(List.of(SERVERS.seeds().split(",")));
    }
}
