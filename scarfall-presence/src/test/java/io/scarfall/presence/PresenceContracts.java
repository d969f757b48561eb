package io.scarfall.presence;

import org.junit.jupiter.api.Nested;

/** The contracts of a presence, over one implementation. {@link PresenceModelContract} comes on top. */
public abstract class PresenceContracts {

    /** A fresh, empty presence. */
    protected abstract PresenceFixture create(PresenceSettings settings);

    /** How many writes are in progress at once, where a contract asks for several. */
    protected abstract int concurrent();

    @Nested
    class Revoked extends RevocationsContract {

        @Override
        protected PresenceFixture fixture(PresenceSettings settings) {
            return create(settings);
        }

        @Override
        protected int concurrentWrites() {
            return concurrent();
        }
    }

    @Nested
    class Placing extends PlacesContract {

        @Override
        protected PresenceFixture fixture(PresenceSettings settings) {
            return create(settings);
        }
    }

    @Nested
    class Lease extends NodeLeaseContract {

        @Override
        protected PresenceFixture fixture(PresenceSettings settings) {
            return create(settings);
        }
    }

    @Nested
    class Reaper extends NodeReaperContract {

        @Override
        protected PresenceFixture fixture(PresenceSettings settings) {
            return create(settings);
        }
    }

    @Nested
    class Bus extends NodeBusContract {

        @Override
        protected PresenceFixture fixture(PresenceSettings settings) {
            return create(settings);
        }
    }

    @Nested
    class Store extends PresenceStoreContract {

        @Override
        protected PresenceFixture fixture(PresenceSettings settings) {
            return create(settings);
        }

        @Override
        protected int concurrentWrites() {
            return concurrent();
        }
    }

    @Nested
    class Questions extends PresenceContract {

        @Override
        protected PresenceFixture fixture(PresenceSettings settings) {
            return create(settings);
        }
    }

    @Nested
    class Friends extends RosterContract {

        @Override
        protected PresenceFixture fixture(PresenceSettings settings) {
            return create(settings);
        }

        @Override
        protected int concurrentWrites() {
            return concurrent();
        }
    }
}
