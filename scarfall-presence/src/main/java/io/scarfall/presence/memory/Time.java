package io.scarfall.presence.memory;

import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.function.LongSupplier;

/**
 * The two clocks of a cluster. The one that may jump gives wall-clock times; the monotonic one measures durations.
 * Thread-safe.
 */
final class Time {

    private final Clock clock;
    private final LongSupplier nanoTime;

    Time(Clock clock, LongSupplier nanoTime) {
        this.clock = clock;
        this.nanoTime = nanoTime;
    }

    /** The wall-clock time in microseconds, as fine as a version. */
    Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }

    /** For differences only, as {@link System#nanoTime}. */
    long nanos() {
        return nanoTime.getAsLong();
    }

    static long micros(Instant time) {
        return Math.addExact(Math.multiplyExact(time.getEpochSecond(), 1_000_000), time.getNano() / 1_000);
    }
}
