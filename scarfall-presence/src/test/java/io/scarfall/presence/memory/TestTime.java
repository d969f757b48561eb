package io.scarfall.presence.memory;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.function.LongSupplier;

/** Both clocks of a cluster, moved by a test. The monotonic one starts just before it wraps. Thread-safe. */
public final class TestTime extends Clock implements LongSupplier {

    private volatile Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private volatile long nanos = Long.MAX_VALUE - Duration.ofSeconds(10).toNanos();

    /** Moves both clocks. */
    public synchronized void advance(Duration duration) {
        now = now.plus(duration);
        nanos += duration.toNanos();
    }

    /** Sets the wall clock; no time passes. */
    public synchronized void set(Instant instant) {
        now = instant;
    }

    @Override
    public Instant instant() {
        return now;
    }

    @Override
    public long getAsLong() {
        return nanos;
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        return Clock.fixed(now, zone); // no caller asks for a running one
    }
}
