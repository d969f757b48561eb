package io.scarfall.gateway.internal.link;

import java.security.SecureRandom;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Makes the ids of the links of one kind that begin at one process. They differ only in their last {@value #COUNTER_BITS}
 * bits, and a later link has the higher number there. So a receiver knows which link is the newest. Thread-safe.
 */
final class LinkIds {

    private static final int COUNTER_BITS = 24;

    private final AtomicLong last = new AtomicLong(new SecureRandom().nextLong() << COUNTER_BITS);

    long next() {
        return last.incrementAndGet();
    }

    /** The part of an id that all links of one kind of one sender have in common. */
    static long sourceOf(long link) {
        return link >> COUNTER_BITS;
    }
}
