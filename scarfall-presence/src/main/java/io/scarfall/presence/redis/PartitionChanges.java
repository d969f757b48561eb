package io.scarfall.presence.redis;

import io.lettuce.core.api.StatefulRedisConnection;
import io.scarfall.presence.redis.RedisServers.Route;
import java.time.Duration;
import java.util.BitSet;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;

/** When connections to masters were lost or made, by partition. Thread-safe. */
final class PartitionChanges {

    /** No caller asks about a longer time. */
    private static final Duration LONGEST = Duration.ofMinutes(1);

    private final int partitions;

    /** When the connection of each partition was last lost, made, or replaced by another. */
    private final AtomicLongArray changedNanos;

    /** When any connection was last lost or made, or a partition moved. */
    private volatile long latestNanos;

    PartitionChanges(int partitions) {
        this.partitions = partitions;
        latestNanos = System.nanoTime() - LONGEST.toNanos();
        changedNanos = new AtomicLongArray(partitions);
        for (int p = 0; p < partitions; p++) {
            changedNanos.set(p, latestNanos);
        }
    }

    /** A connection was lost or made. */
    @SuppressWarnings("ReferenceEquality") // a connection is itself
    void changed(@Nullable Route route, StatefulRedisConnection<String, String> connection) {
        long now = System.nanoTime();
        for (int p = 0; route != null && p < partitions; p++) {
            if (route.writers().get(p) == connection) {
                changedNanos.set(p, now);
            }
        }
        latestNanos = now;
    }

    /** Partitions moved to other servers, or masters became unreachable. */
    @SuppressWarnings("ReferenceEquality") // a connection is itself
    void moved(@Nullable Route before, Route made) {
        long now = System.nanoTime();
        for (int p = 0; p < partitions; p++) {
            if (before == null || made.writers().get(p) != before.writers().get(p)) {
                changedNanos.set(p, now);
            }
        }
        latestNanos = now;
    }

    /** Whether a master cannot be reached, or any connection changed within this time. */
    boolean isUnsettled(@Nullable Route route, Duration within) {
        return System.nanoTime() - latestNanos < within.toNanos() || (route != null && !route.isComplete());
    }

    /**
     * Whether the master of a partition cannot be reached, or became reachable within this time. It may have lost data then,
     * and nodes may not have written their sessions again.
     */
    boolean isUnsettled(@Nullable Route route, int partition, Duration within) {
        return isAway(route, partition) || System.nanoTime() - changedNanos.get(partition) < within.toNanos();
    }

    /** The partitions without a connection to their master, as far as is known; all before the first connection. */
    BitSet away(@Nullable Route route) {
        BitSet away = new BitSet(partitions);
        for (int p = 0; p < partitions; p++) {
            away.set(p, isAway(route, p));
        }
        return away;
    }

    private static boolean isAway(@Nullable Route route, int partition) {
        StatefulRedisConnection<String, String> writer =
                route == null ? null : route.writers().get(partition);
        return writer == null || !writer.isOpen();
    }
}
