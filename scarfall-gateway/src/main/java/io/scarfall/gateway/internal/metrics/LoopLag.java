package io.scarfall.gateway.internal.metrics;

import io.scarfall.gateway.Metrics;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.LongSupplier;

/**
 * Measures how late event loops are. Each {@link #probe} gives every loop an empty task, and measures how long the task
 * waits for its turn. A loop gets no new task while the last one still waits. Thread-safe.
 */
public final class LoopLag {

    private static final double NANOS_PER_SECOND = 1e9;

    private final List<Loop> loops;
    private final LongSupplier nanoTime;
    private final Metrics.Timer timer;

    /**
     * Registers the worst lag of the last period as {@code scarfall.eventloop.lag.worst.seconds}, and a timer of all
     * tasks.
     */
    public LoopLag(List<? extends Executor> loops, Metrics metrics, LongSupplier nanoTime) {
        this.loops = loops.stream().map(Loop::new).toList();
        this.nanoTime = nanoTime;
        timer = metrics.timer("scarfall.eventloop.lag");
        metrics.gauge("scarfall.eventloop.lag.worst.seconds", () -> worstNanos() / NANOS_PER_SECOND);
    }

    /** Sends the next tasks. Call it once per period, on one thread at a time. */
    public void probe() {
        loops.forEach(Loop::probe);
    }

    /** The worst lag of the last period, in nanoseconds. A task that still waits counts with its wait so far. */
    public long worstNanos() {
        long worst = 0;
        for (Loop loop : loops) {
            worst = Math.max(worst, loop.lagNanos());
        }
        return worst;
    }

    private final class Loop {

        private final Executor executor;
        private volatile long sentNanos;
        private volatile boolean waits;
        private volatile long lagNanos;

        Loop(Executor executor) {
            this.executor = executor;
        }

        void probe() {
            if (waits) {
                return;
            }
            sentNanos = nanoTime.getAsLong();
            waits = true;
            try {
                executor.execute(this::arrived);
            } catch (RejectedExecutionException e) { // the loops are closed
                waits = false;
                lagNanos = 0;
            }
        }

        private void arrived() {
            long lag = nanoTime.getAsLong() - sentNanos;
            lagNanos = lag;
            waits = false;
            timer.record(lag);
        }

        long lagNanos() {
            return waits ? Math.max(lagNanos, nanoTime.getAsLong() - sentNanos) : lagNanos;
        }
    }
}
