package io.scarfall.gateway.internal.blocking;

import io.scarfall.gateway.OverloadedException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Calls of blocking code that belong to no session, such as look-ups in a database. A bounded number runs at once, a bounded
 * number waits. A call fails if its turn does not come within the time limit, if it runs longer than this, or if all calls
 * that run are stuck. So every call ends. Thread-safe; callers do not block.
 */
public final class BlockingCalls {

    /** How many calls run at once. */
    public static final int RUNNING = 64;

    /** How many calls may wait. */
    public static final int WAITING = 10_000;

    private final Executor executor;
    private final int most;
    private final Duration limit;

    /** Also guards the fields below. */
    private final Queue<Call<?>> waiting = new ArrayDeque<>();

    /** Whether a timer fails the call that waits longest, at its time limit. */
    private boolean timed;

    private int running;

    /** How many calls go on beyond their time limit. They are among those that run. */
    private int stuck;

    private record Call<T extends @Nullable Object>(
            Callable<? extends T> work, CompletableFuture<T> answer, long calledNanos) {}

    /**
     * @param executor runs the calls; null for threads of its own
     * @param limit how long a call may wait, and how long it may run
     */
    public BlockingCalls(@Nullable Executor executor, Duration limit) {
        this(executor, RUNNING, limit);
    }

    /** @param most how many calls run at once; with one, calls are made in order */
    public BlockingCalls(@Nullable Executor executor, int most, Duration limit) {
        this.executor = executor == null ? BlockingThreads.start() : executor;
        this.most = most;
        this.limit = limit;
    }

    /**
     * Makes a call on another thread. The stage completes there, or fails: with what the call threw, with {@link
     * java.util.concurrent.TimeoutException}, or with {@link OverloadedException} if too many calls wait.
     */
    public <T extends @Nullable Object> CompletionStage<T> call(Callable<? extends T> work) {
        Call<T> call = new Call<>(work, new CompletableFuture<>(), System.nanoTime());
        boolean begins;
        synchronized (waiting) {
            if (waiting.size() >= WAITING || stuck == most) {
                call.answer.completeExceptionally(new OverloadedException(WAITING));
                return call.answer;
            }
            waiting.add(call);
            begins = running < most;
            running += begins ? 1 : 0;
            time();
        }
        if (begins) {
            begin();
        }
        return call.answer;
    }

    private void begin() {
        try {
            executor.execute(this::work);
        } catch (RuntimeException | OutOfMemoryError e) { // bounded or shut down; or the process has too many threads
            Call<?> refused;
            synchronized (waiting) {
                running--;
                refused = waiting.poll();
            }
            if (refused != null) {
                refused.answer.completeExceptionally(e);
            }
        }
    }

    private void work() {
        for (Call<?> call; (call = next()) != null; ) {
            run(call);
        }
    }

    private @Nullable Call<?> next() {
        synchronized (waiting) {
            Call<?> call = waiting.poll();
            running -= call == null ? 1 : 0;
            return call;
        }
    }

    private <T extends @Nullable Object> void run(Call<T> call) {
        boolean[] late = new boolean[1]; // guarded by waiting
        TimeLimit.run(call.work, call.answer, limit, () -> exceeded(late));
        synchronized (waiting) {
            stuck -= late[0] ? 1 : 0;
            late[0] = true; // a limit that is exceeded just now counts no more
        }
    }

    private void exceeded(boolean[] late) {
        synchronized (waiting) {
            stuck += late[0] ? 0 : 1;
            late[0] = true;
        }
    }

    /** Starts the timer if a call waits. Call it with the lock. */
    private void time() {
        Call<?> first = waiting.peek();
        if (first != null && !timed) {
            timed = true;
            BlockingThreads.watch().schedule(this::failLate, left(first), TimeUnit.NANOSECONDS);
        }
    }

    /** How long a call may go on waiting, in nanoseconds. */
    private long left(Call<?> call) {
        return limit.toNanos() - (System.nanoTime() - call.calledNanos);
    }

    /** Fails the calls that have waited too long: callers no longer want their answers, and they would delay later calls. */
    private void failLate() {
        List<Call<?>> late = new ArrayList<>();
        synchronized (waiting) {
            while (!waiting.isEmpty() && left(waiting.peek()) <= 0) {
                late.add(waiting.remove());
            }
            timed = false;
            time();
        }
        late.forEach(call -> call.answer.completeExceptionally(new OverloadedException(WAITING)));
    }
}
