package io.scarfall.gateway.internal.limit;

import io.scarfall.gateway.RateLimits;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Bounds the work that is under way for one user or connection: the rest waits in order, up to a bound. Thread-safe; nothing
 * blocks.
 */
final class Turns {

    private final RateLimits.UnderWay bound;
    private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();

    /** How many are under way or waiting. */
    private final AtomicInteger left = new AtomicInteger();

    Turns(RateLimits.UnderWay bound) {
        this.bound = bound;
    }

    /**
     * Begins something: at once, or when others have {@link #end}ed, and then on the thread of one of those.
     *
     * @return whether it is, or will be, begun; else too much waits already
     */
    boolean begin(Runnable work) {
        if (left.get() >= bound.most() + bound.waiting()) {
            return false;
        }
        waiting.add(work);
        if (left.getAndIncrement() < bound.most()) {
            waiting.remove().run();
        }
        return true;
    }

    /** Something that was begun is over. */
    void end() {
        if (left.getAndDecrement() > bound.most()) {
            waiting.remove().run();
        }
    }
}
