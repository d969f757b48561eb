package io.scarfall.presence.redis;

import io.scarfall.presence.PresenceContracts;
import io.scarfall.presence.PresenceFixture;
import io.scarfall.presence.PresenceModelContract;
import io.scarfall.presence.PresenceSettings;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.TestInstance;

/** All contracts, over the servers of a suite. */
abstract class RedisContracts extends PresenceContracts {

    /** The address of the servers; each fixture has keys of its own there. */
    abstract RedisPresenceCluster.Builder address();

    /** The length of the random schedules. */
    int modelSteps() {
        return 80;
    }

    /** How many of the schedules are always the same; one more is new each time. */
    int modelSeeds() {
        return 2;
    }

    @Override
    protected int concurrent() {
        return 10;
    }

    @Override
    protected PresenceFixture create(PresenceSettings settings) {
        return new RedisFixture(settings, this::address);
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
