package io.scarfall.presence.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.scarfall.presence.PresenceFixture;
import io.scarfall.presence.PresenceModelContract;
import io.scarfall.presence.PresenceSettings;
import io.scarfall.presence.testing.RedisServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;

/** The model, on a network that repeats, loses and delays. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class UnreliableNetworkTest extends PresenceModelContract {

    private final List<UnreliableCommands> networks = new ArrayList<>();

    @Override
    protected PresenceFixture fixture(PresenceSettings settings) {
        Random random = new Random(networks.size());
        return new RedisFixture(
                settings,
                () -> RedisPresenceCluster.builder()
                        .address(RedisServer.shared().uri())) {

            @Override
            RedisState make(RedisPresenceCluster.Builder builder) {
                RedisOptions options = builder.options();
                RedisConnections connections =
                        new RedisConnections(options, new RedisKeys(options.prefix(), options.partitions()));
                UnreliableCommands network = new UnreliableCommands(connections, random);
                networks.add(network);
                return new RedisState(options, connections, network);
            }
        };
    }

    @Override
    protected String neighbour(String userId, int number) {
        return RedisFixture.neighbour(userId, number);
    }

    @Override
    protected int steps() {
        return 150;
    }

    @Override
    protected LongStream seeds() {
        return LongStream.concat(LongStream.rangeClosed(1, 4), random(1));
    }

    @AfterAll
    void lateWritesWereRefused() {
        assertThat(networks.stream().mapToInt(UnreliableCommands::refused).sum())
                .isPositive();
    }
}
