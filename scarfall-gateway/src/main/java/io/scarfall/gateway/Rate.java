package io.scarfall.gateway;

/**
 * A rate of a token bucket: how much may be spent at once, and how much comes back each second. Immutable.
 *
 * @param perSecond what comes back each second, evenly; 1 to 1,000,000
 * @param burst what a full bucket holds; 1 to 1,000,000. A higher cost counts as this
 */
public record Rate(int perSecond, int burst) {

    /** The largest value of both numbers. */
    public static final int LARGEST = 1_000_000;

    public Rate {
        Check.range("perSecond", perSecond, 1, LARGEST);
        Check.range("burst", burst, 1, LARGEST);
    }

    /** {@code perSecond/burst}. */
    @Override
    public String toString() {
        return perSecond + "/" + burst;
    }
}
