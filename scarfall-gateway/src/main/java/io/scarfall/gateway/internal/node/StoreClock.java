package io.scarfall.gateway.internal.node;

import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The store's clock, as far as this node knows it: what the store said at the last beat, carried forward by this machine's
 * monotonic time. So nodes whose own clocks differ, or are set, agree on times. It may lag by as long as the store's answer
 * took. Thread-safe.
 */
public final class StoreClock {

    private final LongSupplier nanoTime;
    private volatile long offsetMillis;

    /**
     * Starts with this machine's own clock.
     *
     * @param nanoTime as {@link System#nanoTime}
     */
    public StoreClock(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        learn(Instant.now());
    }

    /** The store said its time right now. */
    public void learn(Instant storeTime) {
        offsetMillis = storeTime.toEpochMilli() - monotonicMillis();
    }

    /** The time, in milliseconds since 1970. */
    public long millis() {
        return monotonicMillis() + offsetMillis;
    }

    private long monotonicMillis() {
        return TimeUnit.NANOSECONDS.toMillis(nanoTime.getAsLong());
    }
}
