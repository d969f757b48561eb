package io.scarfall.gateway;

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
