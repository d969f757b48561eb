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
import io.scarfall.presence.testing.RedisClusterServers;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.TestInstance;

/** All contracts, over a Redis Cluster of three masters. */
class RedisClusterTest {

    private static final int CONCURRENT_WRITES = 10;

    private static final RedisClusterServers SERVERS = RedisClusterServers.start();

    @AfterAll
    static void close() {
        SERVERS.close();
    }

    private static PresenceFixture create(PresenceSettings settings) {
        return new RedisFixture(
                settings,
                () -> RedisPresenceCluster.builder()
                        .cluster(List.of(SERVERS.seeds().split(","))));
    }

    @Nested
    class Revoked extends RevocationsContract {

        @Override
        protected PresenceFixture fixture(PresenceSettings settings) {
            return create(settings);
        }

        @Override
        protected int concurrentWrites() {
            return CONCURRENT_WRITES;
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
            return CONCURRENT_WRITES;
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
            return CONCURRENT_WRITES;
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
            return CONCURRENT_WRITES;
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
            return CONCURRENT_WRITES;
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
            return CONCURRENT_WRITES;
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
            return CONCURRENT_WRITES;
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
        protected int steps() {
            return 80;
        }

        @Override
        protected LongStream seeds() {
            return LongStream.concat(
                    LongStream.rangeClosed(1, 2), new Random().longs(1).map(seed -> seed & 0xffffffffL));
        }
    }
}
