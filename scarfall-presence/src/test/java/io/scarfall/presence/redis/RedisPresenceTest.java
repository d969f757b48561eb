package io.scarfall.presence.redis;

import io.scarfall.presence.PresenceContract;
import io.scarfall.presence.PresenceFixture;
import io.scarfall.presence.PresenceSettings;

/** One server. */
class RedisPresenceTest extends PresenceContract {

    @Override
    protected PresenceFixture fixture(PresenceSettings settings) {
        return Standalone.fixture(settings);
    }

    @Override
    protected int concurrentWrites() {
        return 100;
    }
}
