package io.scarfall.gateway.internal.session;

import io.scarfall.gateway.OverloadedException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Runs the blocking handlers of one session: one at a time and in the order of the events. When many events wait, no more of
 * the session are read until half of them are done. {@link #post} belongs on the session's home loop.
 */
final class Mailbox {

    /** So many events wait when the session is not read any further. */
    static final int CAPACITY = 64;

    /** So many are worked on before a thread turns to another session. */
    private static final int TURN = 16;

    private final BlockingHandlers handlers;
    private final Runnable pause;
    private final Runnable resume;

    /** Guards what follows, too. */
    private final Queue<Task> waiting = new ArrayDeque<>();

    private boolean running;
    private boolean full;

    private record Task(Callable<?> work, CompletableFuture<@Nullable Object> answer) {

        void run() {
            try {
                answer.complete(work.call());
            } catch (Throwable e) { // whatever it is, it ends no thread and no session
                answer.completeExceptionally(e);
            }
        }
    }

    /**
     * @param pause makes the session be read no further; called by {@link #post}
     * @param resume undoes that; called on any thread
     */
    Mailbox(BlockingHandlers handlers, Runnable pause, Runnable resume) {
        this.handlers = handlers;
        this.pause = pause;
        this.resume = resume;
    }

    /** Runs something after all that was posted before; the stage completes with its answer, or that of its stage. */
    CompletionStage<@Nullable Object> post(Callable<?> work) {
        CompletableFuture<@Nullable Object> answer = new CompletableFuture<>();
        boolean begins;
        boolean fills;
        synchronized (waiting) {
            waiting.add(new Task(work, answer));
            handlers.added();
            begins = !running;
            running = true;
            fills = waiting.size() >= CAPACITY && !full;
            full |= fills;
        }
        if (fills) {
            handlers.full();
            pause.run();
        }
        if (begins) {
            begin();
        }
        return answer.thenCompose(Mailbox::stage);
    }

    @SuppressWarnings("unchecked") // every object is an Object
    private static CompletionStage<@Nullable Object> stage(@Nullable Object value) {
        return value instanceof CompletionStage<?> stage
                ? (CompletionStage<@Nullable Object>) stage
                : CompletableFuture.completedFuture(value);
    }

    private void begin() {
        try {
            handlers.begin(this::run);
        } catch (RejectedExecutionException e) { // an executor of the embedder that has a bound, or was shut down
            List<Task> refused;
            boolean resumes;
            synchronized (waiting) {
                refused = List.copyOf(waiting);
                resumes = full;
                clear();
            }
            if (resumes) {
                resume.run();
            }
            refused.forEach(task -> task.answer.completeExceptionally(new OverloadedException(CAPACITY)));
        }
    }

    private void run() {
        for (int i = 0; i < TURN; i++) {
            Task task = next();
            if (task == null) {
                return;
            }
            task.run();
        }
        begin();
    }

    private @Nullable Task next() {
        Task task;
        boolean resumes;
        synchronized (waiting) {
            if (handlers.isStopped()) {
                clear();
                return null;
            }
            task = waiting.poll();
            running = task != null;
            if (running) {
                handlers.taken(1);
            }
            resumes = full && waiting.size() <= CAPACITY / 2;
            full &= !resumes;
        }
        if (resumes) {
            resume.run();
        }
        return task;
    }

    private void clear() {
        handlers.taken(waiting.size());
        waiting.clear();
        running = false;
        full = false;
    }
}
