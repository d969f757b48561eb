package io.scarfall.presence.redis;

import io.scarfall.presence.PresenceFixture;
import io.scarfall.presence.PresenceSettings;
import io.scarfall.presence.TestCluster;
import io.scarfall.presence.internal.NodeAccess;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * A state per process, over real servers that other fixtures use too: each has a prefix of its own. The test sets the
 * time: scripts get it as an argument, instead of asking Redis.
 */
class RedisFixture implements PresenceFixture {

    /** Few, since a reader visits each: what holds for two holds for 256. */
    static final int PARTITIONS = 7;

    private static final AtomicInteger COUNT = new AtomicInteger();

    private final PresenceSettings settings;
    private final Supplier<RedisPresenceCluster.Builder> address;
    private final String prefix = "test-" + ProcessHandle.current().pid() + "-" + COUNT.incrementAndGet();
    private final List<RedisState> processes = new ArrayList<>();
    private volatile Instant now = Instant.parse("2026-01-01T00:00:00Z");

    RedisFixture(PresenceSettings settings, Supplier<RedisPresenceCluster.Builder> address) {
        this.settings = settings;
        this.address = address;
    }

    @Override
    public NodeAccess process(int process) {
        while (processes.size() <= process) {
            RedisState made = make(builder());
            processes.add(made);
            TestCluster.await(made.connected());
        }
        return processes.get(process);
    }

    RedisState make(RedisPresenceCluster.Builder builder) {
        return builder.buildState();
    }

    final RedisPresenceCluster.Builder builder() {
        return address.get()
                .prefix(prefix)
                .partitions(PARTITIONS)
                .settings(settings)
                .sizesAge(Duration.ZERO) // other processes see a change at once
                .time(time());
    }

    /** Another user of the same partition. */
    static String neighbour(String userId, int number) {
        RedisKeys keys = new RedisKeys("test", PARTITIONS);
        return IntStream.iterate(number, i -> i + 3)
                .mapToObj(i -> userId + "-" + i)
                .filter(other -> keys.partitionOf(other) == keys.partitionOf(userId))
                .findFirst()
                .orElseThrow();
    }

    String prefix() {
        return prefix;
    }

    StoreTime time() {
        return new StoreTime(() -> String.valueOf(now.toEpochMilli() * 1_000), () -> now.toEpochMilli() * 1_000_000);
    }

    @Override
    public Instant now() {
        return now;
    }

    @Override
    public void advance(Duration time) {
        now = now.plus(time);
    }

    @Override
    public void close() {
        processes.forEach(RedisState::close);
    }
}
