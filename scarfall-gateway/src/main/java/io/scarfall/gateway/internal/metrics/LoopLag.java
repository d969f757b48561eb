package io.scarfall.gateway.internal.metrics;

import io.scarfall.gateway.Metrics;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.LongSupplier;

/**
 * How late event loops are: how long an empty task waits for its turn, asked of each loop at every {@link #probe}. A loop
 * that has not come to the last task yet gets no other. Thread-safe.
 */
public final class LoopLag {

    private static final double NANOS_PER_SECOND = 1e9;

    private final List<Loop> loops;
    private final LongSupplier nanoTime;
    private final Metrics.Timer timer;

    /** Gives the worst of the last period as {@code scarfall.eventloop.lag.worst.seconds}, and a timer of all. */
    public LoopLag(List<? extends Executor> loops, Metrics metrics, LongSupplier nanoTime) {
        this.loops = loops.stream().map(Loop::new).toList();
        this.nanoTime = nanoTime;
        timer = metrics.timer("scarfall.eventloop.lag");
        metrics.gauge("scarfall.eventloop.lag.worst.seconds", () -> worstNanos() / NANOS_PER_SECOND);
    }

    /** Sends the next tasks. To be called once per period, by one thread at a time. */
    public void probe() {
        loops.forEach(Loop::probe);
    }

    /** The worst of the last period, in nanoseconds; that of a task that still waits is the time it has waited. */
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
            } catch (RejectedExecutionException e) { // the loops were closed, and lag no more
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
