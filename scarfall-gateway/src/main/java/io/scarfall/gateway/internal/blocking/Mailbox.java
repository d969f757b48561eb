package io.scarfall.gateway.internal.blocking;

import io.scarfall.gateway.OverloadedException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Runs the blocking handlers of one session, one at a time and in the order of the events. When many events wait, the
 * session is not read until half of them are done. Call {@link #post} on the session's home loop.
 */
public final class Mailbox {

    /** When this many events wait, the session is not read. */
    static final int CAPACITY = 64;

    /** How many events a thread handles before it turns to another session. */
    private static final int TURN = 16;

    private final BlockingHandlers handlers;
    private final Runnable pause;
    private final Runnable resume;

    /** Also guards the fields below. */
    private final Queue<Task> waiting = new ArrayDeque<>();

    private boolean running;
    private boolean full;

    private record Task(Callable<?> work, CompletableFuture<@Nullable Object> answer) {}

    /**
     * @param pause stops reading from the session; called by {@link #post}
     * @param resume starts reading again; called on any thread
     */
    public Mailbox(BlockingHandlers handlers, Runnable pause, Runnable resume) {
        this.handlers = handlers;
        this.pause = pause;
        this.resume = resume;
    }

    /**
     * Runs some work after all that was posted before. The stage completes with the result of the work, or with that of the
     * stage which it returns. It fails with {@link OverloadedException} if the work was not begun, because the executor
     * refused it or the gateway closes, and with {@link java.util.concurrent.TimeoutException} if the work took too long.
     */
    public CompletionStage<@Nullable Object> post(Callable<?> work) {
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

    @SuppressWarnings("unchecked") // the result of any stage is an Object
    private static CompletionStage<@Nullable Object> stage(@Nullable Object value) {
        return value instanceof CompletionStage<?> stage
                ? (CompletionStage<@Nullable Object>) stage
                : CompletableFuture.completedFuture(value);
    }

    private void begin() {
        try {
            handlers.begin(this::run);
        } catch (RuntimeException | OutOfMemoryError e) { // bounded or shut down; or the process has too many threads
            boolean resumes;
            List<Task> refused;
            synchronized (waiting) {
                resumes = full;
                refused = clear();
            }
            if (resumes) {
                resume.run();
            }
            refuse(refused);
        }
    }

    private void run() {
        for (int i = 0; i < TURN; i++) {
            Task task = next();
            if (task == null) {
                return;
            }
            TimeLimit.run(task.work, task.answer, handlers.timeLimit(), () -> {});
        }
        begin();
    }

    private @Nullable Task next() {
        Task task = null;
        boolean resumes = false;
        List<Task> refused = List.of();
        synchronized (waiting) {
            if (handlers.isStopped()) {
                refused = clear();
            } else {
                task = waiting.poll();
                running = task != null;
                if (running) {
                    handlers.taken(1);
                }
                resumes = full && waiting.size() <= CAPACITY / 2;
                full &= !resumes;
            }
        }
        if (resumes) {
            resume.run();
        }
        refuse(refused);
        return task;
    }

    private List<Task> clear() {
        List<Task> all = List.copyOf(waiting);
        handlers.taken(all.size());
        waiting.clear();
        running = false;
        full = false;
        return all;
    }

    private static void refuse(List<Task> tasks) {
        tasks.forEach(task -> task.answer.completeExceptionally(new OverloadedException(CAPACITY)));
    }
}
