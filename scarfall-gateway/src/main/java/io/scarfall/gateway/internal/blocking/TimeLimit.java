package io.scarfall.gateway.internal.blocking;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The time limit of blocking work that runs. Beyond it the work has failed, and its thread is interrupted: only while the
 * work runs, because the thread may belong to others.
 */
final class TimeLimit implements Runnable {

    private final CompletableFuture<?> answer;
    private final Duration limit;
    private final Runnable exceeded;
    private @Nullable Thread thread = Thread.currentThread();
    private boolean interrupted;

    private TimeLimit(CompletableFuture<?> answer, Duration limit, Runnable exceeded) {
        this.answer = answer;
        this.limit = limit;
        this.exceeded = exceeded;
    }

    /**
     * Runs the work on this thread, which must not be an event loop, and completes the answer. The answer fails with {@link
     * TimeoutException} if the work takes longer.
     *
     * @param exceeded runs before the answer fails, on another thread, while the work may still go on
     */
    static <T extends @Nullable Object> void run(
            Callable<? extends T> work, CompletableFuture<T> answer, Duration limit, Runnable exceeded) {
        TimeLimit running = new TimeLimit(answer, limit, exceeded);
        Future<?> timer = BlockingThreads.watch().schedule(running, limit.toNanos(), TimeUnit.NANOSECONDS);
        T value = null;
        Throwable failure = null;
        try {
            value = work.call();
        } catch (Throwable e) { // no failure may end the thread or the session
            failure = e;
        }
        timer.cancel(false);
        running.ended();
        if (failure == null) {
            answer.complete(value);
        } else {
            answer.completeExceptionally(failure);
        }
    }

    @Override
    public void run() {
        if (hasEnded()) {
            return;
        }
        exceeded.run();
        // first, because interrupted work may return a value at once
        answer.completeExceptionally(
                new TimeoutException("blocking code took longer than " + limit.toMillis() + " ms"));
        interrupt();
    }

    private synchronized boolean hasEnded() {
        return thread == null;
    }

    private synchronized void interrupt() {
        if (thread != null) {
            interrupted = true;
            thread.interrupt();
        }
    }

    private synchronized void ended() {
        thread = null;
        if (interrupted) {
            var unused = Thread.interrupted();
        }
    }
}
