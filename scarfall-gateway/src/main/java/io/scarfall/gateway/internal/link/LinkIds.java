package io.scarfall.gateway.internal.link;

import java.security.SecureRandom;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Makes the ids of the links that carry the same and begin at one process. They differ only in their last {@value
 * #COUNTER_BITS} bits, in which later ones are higher: so a receiver knows which link is the newest. Thread-safe.
 */
final class LinkIds {

    private static final int COUNTER_BITS = 24;

    private final AtomicLong last = new AtomicLong(new SecureRandom().nextLong() << COUNTER_BITS);

    long next() {
        return last.incrementAndGet();
    }

    /** What all links of one sender that carry the same have in common. */
    static long sourceOf(long link) {
        return link >> COUNTER_BITS;
    }
}
