package io.scarfall.testing;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** Waits for what event loops and other threads will complete. */
public final class Answers {

    private static final long PATIENCE_SECONDS = 20;

    private Answers() {}

    /**
     * Waits at most twenty seconds, and then fails.
     *
     * <p>Not by {@link CompletableFuture#orTimeout}: there whoever completes the stage takes the lock of the JDK's timers,
     * which an event loop must not wait for. Where BlockHound ends such a wait, the JDK's lock keeps the loop's thread in
     * its queue, and nobody behind it ever gets the lock: that is then a test run that hangs.
     *
     * @throws CompletionException with the cause, if it fails
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
     * Runs what may block on a thread of its own. Not in the common pool: on a small machine it has one thread, which the bus in memory
     * needs.
     */
    public static <T> CompletableFuture<T> aside(Supplier<T> task) {
        return CompletableFuture.supplyAsync(task, command -> new Thread(command, "aside").start());
    }

    public static CompletableFuture<Void> aside(Runnable task) {
        return CompletableFuture.runAsync(task, command -> new Thread(command, "aside").start());
    }
}
