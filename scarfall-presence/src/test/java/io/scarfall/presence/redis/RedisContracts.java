package io.scarfall.presence.redis;

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
import java.util.stream.LongStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.TestInstance;

/** All contracts, over the servers of a suite. */
abstract class RedisContracts {

    /** The address of the servers; each fixture has keys of its own there. */
    abstract RedisPresenceCluster.Builder address();

    /** How many writes are in progress at once, where a contract asks for several. */
    abstract int concurrent();

    /** The length of the random schedules. */
    abstract int modelSteps();

    /** How many of the schedules are always the same; one more is new each time. */
    abstract int modelSeeds();

    private PresenceFixture create(PresenceSettings settings) {
        return new RedisFixture(settings, this::address);
    }

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

        @Override
        protected int concurrentWrites() {
            return concurrent();
        }
    }

    @Nested
    class Reaper extends NodeReaperContract {

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
    class Bus extends NodeBusContract {

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

        @Override
        protected int concurrentWrites() {
            return concurrent();
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

    @Nested
    @TestInstance(TestInstance.Lifecycle.PER_CLASS)
    class Model extends PresenceModelContract {

        @Override
        protected PresenceFixture fixture(PresenceSettings settings) {
            return create(settings);
        }

        @Override
        protected String neighbour(String userId, int number) {
            return RedisFixture.neighbour(userId, number);
        }

        @Override
        protected int steps() {
            return modelSteps();
        }

        @Override
        protected LongStream seeds() {
            return LongStream.concat(LongStream.rangeClosed(1, modelSeeds()), random(1));
        }
    }
}
