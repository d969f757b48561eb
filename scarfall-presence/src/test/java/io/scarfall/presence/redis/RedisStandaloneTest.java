package io.scarfall.presence.redis;

import io.scarfall.presence.testing.RedisServer;

/** All contracts, over one server. */
class RedisStandaloneTest extends RedisContracts {

    @Override
    RedisPresenceCluster.Builder address() {
        return RedisPresenceCluster.builder().address(RedisServer.shared().uri());
    }

    @Override
    protected int concurrent() {
        return 100;
    }

    @Override
    int modelSteps() {
        return 150;
    }

    @Override
    int modelSeeds() {
        return 5;
    }
}
