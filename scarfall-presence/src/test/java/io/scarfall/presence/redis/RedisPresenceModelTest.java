package io.scarfall.presence.redis;

import io.scarfall.presence.PresenceModelContract;
import io.scarfall.presence.PresenceFixture;
import io.scarfall.presence.PresenceSettings;
import java.util.Random;
import java.util.stream.LongStream;

/** One server. */
class RedisPresenceModelTest extends PresenceModelContract {

    @Override
    protected PresenceFixture fixture(PresenceSettings settings) {
        return Standalone.fixture(settings);
    }

    @Override
    protected LongStream seeds() {
        return LongStream.concat(LongStream.rangeClosed(1, 12), new Random().longs(3).map(seed -> seed & 0xffffffffL));
    }
}
