package io.scarfall.gateway.internal.node;

import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The store's clock, as far as this node knows it: the store's time at the last beat, advanced by this machine's
 * monotonic clock. So nodes agree on times even if their own clocks differ or are set. This clock may lag by the time
 * that the store's answer took. Thread-safe.
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

    /** Sets the clock to the store's time, which an answer has just brought. */
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
