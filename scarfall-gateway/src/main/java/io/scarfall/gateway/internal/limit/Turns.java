package io.scarfall.gateway.internal.limit;

import io.scarfall.gateway.RateLimits;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Bounds the work in progress for one user or connection. Further work waits in order, up to a bound. Thread-safe; nothing
 * blocks.
 */
final class Turns {

    private final RateLimits.UnderWay bound;
    private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();

    /** The amount of work in progress or waiting. */
    private final AtomicInteger left = new AtomicInteger();

    Turns(RateLimits.UnderWay bound) {
        this.bound = bound;
    }

    /**
     * Starts some work: now, or after other work has {@link #end}ed, on the thread that ended it.
     *
     * @return whether the work starts now or later; false if too much work waits already
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

    /** Some work has ended. */
    void end() {
        if (left.getAndDecrement() > bound.most()) {
            waiting.remove().run();
        }
    }
}
