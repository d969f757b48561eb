package io.scarfall.gateway.internal.limit;

import io.scarfall.gateway.Rate;

/**
 * The arithmetic of a token bucket whose whole state is one number, the time at which it is full again (as in the generic
 * cell rate algorithm of ATM). The keeper of that number decides how threads share it. Times are those of {@link
 * System#nanoTime}, and are compared as it asks for.
 */
final class Bucket {

    private static final long NANOS_PER_SECOND = 1_000_000_000;

    private Bucket() {}

    /** The state of a bucket that is full now. */
    static long full(long now) {
        return now;
    }

    /** When a bucket is full again after a cost was taken from it, whether or not that may be taken. */
    static long after(Rate rate, long fullAt, long now, int cost) {
        long from = fullAt - now > 0 ? fullAt : now;
        return from + Math.min(cost, rate.burst()) * intervalNanos(rate);
    }

    /** When a bucket is full again after a cost was taken from it, or given back where it is negative, in any case. */
    static long settled(Rate rate, long fullAt, long now, int cost) {
        return cost >= 0
                ? after(rate, fullAt, now, cost)
                : fullAt + Math.max(cost, -rate.burst()) * intervalNanos(rate);
    }

    /** How long to wait until what {@link #after} says may be taken, in nanoseconds; at most 0 if it may be taken now. */
    static long waitNanos(Rate rate, long after, long now) {
        return after - now - rate.burst() * intervalNanos(rate);
    }

    /** Between two units that come back. */
    static long intervalNanos(Rate rate) {
        return NANOS_PER_SECOND / rate.perSecond();
    }
}
