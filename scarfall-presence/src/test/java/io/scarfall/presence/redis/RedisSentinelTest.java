package io.scarfall.presence.redis;

import io.scarfall.presence.testing.RedisSentinels;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;

/** All contracts, over a master that Sentinels name. */
@Tag("slow")
class RedisSentinelTest extends RedisContracts {

    private static final RedisSentinels SERVERS = RedisSentinels.start();

    @AfterAll
    static void close() {
        SERVERS.close();
    }

    @Override
    RedisPresenceCluster.Builder address() {
        return RedisPresenceCluster.builder().address(SERVERS.uri());
    }
}
