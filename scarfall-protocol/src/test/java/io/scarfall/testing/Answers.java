package io.scarfall.testing;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** Waits for stages that event loops and other threads complete. */
public final class Answers {

    private static final long PATIENCE_SECONDS = 20;

    private Answers() {}

    /**
     * Waits at most twenty seconds, and then fails.
     *
     * <p>It does not use {@link CompletableFuture#orTimeout}: the thread that completes such a stage takes the lock of
     * the JDK's timers, which an event loop must not wait for. If BlockHound ends such a wait, the lock keeps the
     * loop's thread in its queue, no thread after it ever gets the lock, and the test run hangs.
     *
     * @throws CompletionException with the cause, if the stage fails
     */
    public static <T> T await(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new CompletionException(e.getCause());
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    /**
     * Runs a blocking task on a thread of its own. It does not use the common pool, which has one thread on a small
     * machine, and the in-memory bus needs that thread.
     */
    public static <T> CompletableFuture<T> aside(Supplier<T> task) {
        return CompletableFuture.supplyAsync(task, command -> new Thread(command, "aside").start());
    }

    public static CompletableFuture<Void> aside(Runnable task) {
        return CompletableFuture.runAsync(task, command -> new Thread(command, "aside").start());
    }
}
