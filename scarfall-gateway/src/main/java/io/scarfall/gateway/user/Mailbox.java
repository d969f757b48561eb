package io.scarfall.gateway.user;

import io.scarfall.gateway.delivery.OverloadedException;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Runs the blocking handlers of one session on an executor: one at a time, in the order of the events, and with a bound on
 * how many may wait. Thread-safe.
 */
final class Mailbox {

    /** How many events may wait. */
    static final int CAPACITY = 64;

    private final Executor executor;
    private final MailboxCounts counts;
    private final Queue<Runnable> waiting = new ArrayDeque<>();
    private boolean running;

    Mailbox(Executor executor, MailboxCounts counts) {
        this.executor = executor;
        this.counts = counts;
    }

    /** Runs something after all that was posted before; the stage completes with its answer, or that of its stage. */
    CompletionStage<@Nullable Object> post(Callable<?> work) {
        CompletableFuture<@Nullable Object> answer = new CompletableFuture<>();
        Runnable task = () -> {
            try {
                answer.complete(work.call());
            } catch (Throwable e) {
                answer.completeExceptionally(e);
            }
        };
        synchronized (waiting) {
            if (waiting.size() == CAPACITY) {
                counts.full();
                return CompletableFuture.failedFuture(new OverloadedException(CAPACITY));
            }
            waiting.add(task);
            counts.added();
            if (running) {
                return flat(answer);
            }
            running = true;
        }
        executor.execute(this::run);
        return flat(answer);
    }

    private static CompletionStage<@Nullable Object> flat(CompletableFuture<@Nullable Object> answer) {
        return answer.thenCompose(Mailbox::stage);
    }

    @SuppressWarnings("unchecked") // every object is an Object
    private static CompletionStage<@Nullable Object> stage(@Nullable Object value) {
        return value instanceof CompletionStage<?> stage
                ? (CompletionStage<@Nullable Object>) stage
                : CompletableFuture.completedFuture(value);
    }

    private void run() {
        for (Runnable task; (task = next()) != null; ) {
            task.run();
        }
    }

    private @Nullable Runnable next() {
        synchronized (waiting) {
            Runnable task = waiting.poll();
            running = task != null;
            if (running) {
                counts.taken();
            }
            return task;
        }
    }
}
