package io.scarfall.presence.redis;

import io.scarfall.presence.NodeReaperContract;
import io.scarfall.presence.PresenceFixture;
import io.scarfall.presence.PresenceSettings;

/** One server. */
class RedisNodeReaperTest extends NodeReaperContract {

    @Override
    protected PresenceFixture fixture(PresenceSettings settings) {
        return Standalone.fixture(settings);
    }

    @Override
    protected int concurrentWrites() {
        return 100;
    }
}
