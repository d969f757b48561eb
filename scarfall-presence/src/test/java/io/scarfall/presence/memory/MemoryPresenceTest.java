package io.scarfall.presence.memory;

import io.scarfall.presence.PresenceContracts;
import io.scarfall.presence.PresenceFixture;
import io.scarfall.presence.PresenceModelContract;
import io.scarfall.presence.PresenceSettings;
import org.junit.jupiter.api.Nested;

/** All contracts, in memory. */
class MemoryPresenceTest extends PresenceContracts {

    @Override
    protected PresenceFixture create(PresenceSettings settings) {
        return new MemoryFixture(settings);
    }

    @Override
    protected int concurrent() {
        return 20_000;
    }

    @Nested
    class Model extends PresenceModelContract {

        @Override
        protected PresenceFixture fixture(PresenceSettings settings) {
            return create(settings);
        }
    }
}
