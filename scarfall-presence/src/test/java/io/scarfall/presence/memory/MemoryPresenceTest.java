package io.scarfall.presence.memory;

import io.scarfall.presence.NodeBusContract;
import io.scarfall.presence.NodeLeaseContract;
import io.scarfall.presence.NodeReaperContract;
import io.scarfall.presence.PlacesContract;
import io.scarfall.presence.PresenceContract;
import io.scarfall.presence.PresenceFixture;
import io.scarfall.presence.PresenceModelContract;
import io.scarfall.presence.PresenceSettings;
import io.scarfall.presence.PresenceStoreContract;
import io.scarfall.presence.RevocationsContract;
import io.scarfall.presence.RosterContract;
import org.junit.jupiter.api.Nested;

/** The contracts, kept in memory. */
class MemoryPresenceTest {

    @Nested
    class Lease extends NodeLeaseContract {
        @Override
        protected PresenceFixture fixture(PresenceSettings settings) {
            return new MemoryFixture(settings);
        }
    }

    @Nested
    class Reaper extends NodeReaperContract {
        @Override
        protected PresenceFixture fixture(PresenceSettings settings) {
            return new MemoryFixture(settings);
        }
    }

    @Nested
    class Bus extends NodeBusContract {
        @Override
        protected PresenceFixture fixture(PresenceSettings settings) {
            return new MemoryFixture(settings);
        }
    }

    @Nested
    class Store extends PresenceStoreContract {
        @Override
        protected int concurrentWrites() {
            return 20_000;
        }

        @Override
        protected PresenceFixture fixture(PresenceSettings settings) {
            return new MemoryFixture(settings);
        }
    }

    @Nested
    class Reads extends PresenceContract {
        @Override
        protected PresenceFixture fixture(PresenceSettings settings) {
            return new MemoryFixture(settings);
        }
    }

    @Nested
    class Friends extends RosterContract {
        @Override
        protected int concurrentWrites() {
            return 20_000;
        }

        @Override
        protected PresenceFixture fixture(PresenceSettings settings) {
            return new MemoryFixture(settings);
        }
    }

    @Nested
    class Model extends PresenceModelContract {
        @Override
        protected PresenceFixture fixture(PresenceSettings settings) {
            return new MemoryFixture(settings);
        }
    }

    @Nested
    class Revoked extends RevocationsContract {
        @Override
        protected PresenceFixture fixture(PresenceSettings settings) {
            return new MemoryFixture(settings);
        }
    }

    @Nested
    class Placing extends PlacesContract {
        @Override
        protected PresenceFixture fixture(PresenceSettings settings) {
            return new MemoryFixture(settings);
        }
    }
}
