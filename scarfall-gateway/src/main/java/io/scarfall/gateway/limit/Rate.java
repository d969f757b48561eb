package io.scarfall.gateway.limit;

/**
 * How much may be spent: so much at once, and so much a second from then on. This is the arithmetic of a token bucket whose
 * whole state is one number, the time at which it is full again (as in the generic cell rate algorithm of ATM): who keeps
 * that number also decides how it is shared between threads.
 *
 * @param perSecond what comes back each second, evenly; 1 to 1,000,000
 * @param burst what a full bucket holds; 1 to 1,000,000. Whatever costs more costs this
 */
public record Rate(int perSecond, int burst) {

    /** The most that either number may be. */
    public static final int LARGEST = 1_000_000;

    private static final long NANOS_PER_SECOND = 1_000_000_000;

    public Rate {
        require("perSecond", perSecond);
        require("burst", burst);
    }

    private static void require(String name, int value) {
        if (value < 1 || value > LARGEST) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: 1 to " + LARGEST + ")");
        }
    }

    /** The time of a bucket that is full now. Times are those of {@link System#nanoTime}, and compared as it asks for. */
    static long full(long now) {
        return now;
    }

    /** When a bucket will be full again after a cost was taken from it, whether or not that may be taken. */
    long after(long fullAt, long now, int cost) {
        long from = fullAt - now > 0 ? fullAt : now;
        return from + Math.min(cost, burst) * intervalNanos();
    }

    /** When a bucket will be full again after a cost was taken from it, or given back where it is negative, in any case. */
    long settled(long fullAt, long now, int cost) {
        return cost >= 0 ? after(fullAt, now, cost) : fullAt + Math.max(cost, -burst) * intervalNanos();
    }

    /** How long to wait until what {@link #after} says may be taken, in nanoseconds; at most 0 if it may be now. */
    long waitNanos(long after, long now) {
        return after - now - burst * intervalNanos();
    }

    /** Between two that come back. */
    long intervalNanos() {
        return NANOS_PER_SECOND / perSecond;
    }

    /** {@code perSecond/burst}. */
    @Override
    public String toString() {
        return perSecond + "/" + burst;
    }
}
