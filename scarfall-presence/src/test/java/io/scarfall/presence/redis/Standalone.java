package io.scarfall.presence.redis;

import io.scarfall.presence.PresenceFixture;
import io.scarfall.presence.PresenceSettings;
import io.scarfall.presence.testing.RedisServer;

/** The server that all suites share. */
final class Standalone {

    private Standalone() {}

    static PresenceFixture fixture(PresenceSettings settings) {
        return new RedisFixture(
                settings,
                () -> RedisPresenceCluster.builder().address(RedisServer.shared().uri()));
    }
}
