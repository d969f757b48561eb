package io.scarfall.server.attacks;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Measures for how long this machine did not schedule a thread that was ready to run, so that a test does not blame the
 * server for it. Its own thread wakes up a hundred times a second and measures how late it is.
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

    /** The longest stall since {@link #reset}. */
    long longestNanos() {
        return Math.max(0, longest.get());
    }

    @Override
    public void close() {
        isOver = true;
    }
}
