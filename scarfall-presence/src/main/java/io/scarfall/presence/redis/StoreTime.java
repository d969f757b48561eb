package io.scarfall.presence.redis;

import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The clocks: that of Redis, by which leases and graces end, and a monotonic one of this process, which carries
 * Redis's time on between two answers. Tests replace both.
 *
 * @param override the time for scripts in microseconds; empty for Redis's own clock
 * @param nanoTime like {@link System#nanoTime}
 */
record StoreTime(Supplier<String> override, LongSupplier nanoTime) {

    static final StoreTime OF_REDIS = new StoreTime(() -> "", System::nanoTime);

    /** The first argument of most scripts. */
    String argument() {
        return override.get();
    }

    /** About the time of Redis's clock in microseconds, by the clock of this process. */
    long micros() {
        String replaced = override.get();
        return replaced.isEmpty() ? System.currentTimeMillis() * 1_000 : Long.parseLong(replaced);
    }

    long nanos() {
        return nanoTime.getAsLong();
    }
}
