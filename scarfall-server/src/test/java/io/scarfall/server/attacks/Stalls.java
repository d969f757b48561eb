package io.scarfall.server.attacks;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * How long this machine gave a thread no turn that wanted one: that is no fault of a server which runs here too. A thread of
 * its own asks for a turn a hundred times a second.
 */
final class Stalls implements AutoCloseable {

    private static final long PERIOD_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final AtomicLong longest = new AtomicLong();
    private final Thread thread = new Thread(this::watch, "stalls");
    private volatile boolean isOver;

    Stalls() {
        thread.setDaemon(true);
        thread.start();
    }

    private void watch() {
        while (!isOver) {
            long start = System.nanoTime();
            LockSupport.parkNanos(PERIOD_NANOS);
            long late = System.nanoTime() - start - PERIOD_NANOS;
            longest.accumulateAndGet(late, Math::max);
        }
    }

    void reset() {
        longest.set(0);
    }

    /** The longest since {@link #reset}. */
    long longestNanos() {
        return Math.max(0, longest.get());
    }

    @Override
    public void close() {
        isOver = true;
    }
}
