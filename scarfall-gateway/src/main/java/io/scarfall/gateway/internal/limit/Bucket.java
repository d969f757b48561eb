package io.scarfall.gateway.internal.limit;

import io.scarfall.gateway.Rate;

/**
 * The arithmetic of a token bucket. Its whole state is one number, the time at which the bucket is full again, as in the
 * generic cell rate algorithm of ATM. The owner of that number decides how threads share it. Times are those of {@link
 * System#nanoTime}, and are compared by their difference, because they may overflow.
 */
final class Bucket {

    private static final long NANOS_PER_SECOND = 1_000_000_000;

    private Bucket() {}

    /** The state of a bucket that is full now. */
    static long full(long now) {
        return now;
    }

    /**
     * When a bucket would be full again after a cost was taken from it. {@link #waitNanos} says whether the cost may be
     * taken.
     */
    static long after(Rate rate, long fullAt, long now, int cost) {
        long from = fullAt - now > 0 ? fullAt : now;
        return from + Math.min(cost, rate.burst()) * intervalNanos(rate);
    }

    /** When a bucket is full again after a cost was taken from it unconditionally. A negative cost is given back. */
    static long settled(Rate rate, long fullAt, long now, int cost) {
        return cost >= 0
                ? after(rate, fullAt, now, cost)
                : fullAt + Math.max(cost, -rate.burst()) * intervalNanos(rate);
    }

    /** How long to wait until the cost in {@link #after} may be taken, in nanoseconds; at most 0 if it may be taken now. */
    static long waitNanos(Rate rate, long after, long now) {
        return after - now - rate.burst() * intervalNanos(rate);
    }

    /** The time in which one unit returns. */
    static long intervalNanos(Rate rate) {
        return NANOS_PER_SECOND / rate.perSecond();
    }
}
