package io.scarfall.gateway;

import io.scarfall.engineio.internal.LogText;
import io.scarfall.gateway.internal.session.BlockingHandlers;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a gateway ends: what was opened is closed, the last first, and each step waits a bounded time. Thread-safe. Not to be
 * used on an event loop: its methods wait.
 */
final class Shutdown {

    private static final Logger log = LoggerFactory.getLogger(Shutdown.class);

    /** How long handlers that may block have to end when a gateway closes, and again when they were interrupted. */
    private static final Duration HANDLERS_TIMEOUT = Duration.ofSeconds(2);

    private static final Duration INTERRUPT_TIMEOUT = Duration.ofSeconds(1);

    /** What {@link #run} does, the last first. */
    private final Deque<Runnable> steps = new ArrayDeque<>();

    private final CountDownLatch closing = new CountDownLatch(1);
    private volatile boolean begun;

    /** When a drain has to be over, in {@link System#nanoTime}; null while none has begun. */
    private volatile @Nullable Long drainedByNanos;

    /** Adds a step, which comes before all that were added earlier. */
    void push(Runnable step) {
        synchronized (steps) {
            steps.push(step);
        }
    }

    /** Adds the closing of a resource. */
    <T extends AutoCloseable> T opened(T resource) {
        push(() -> {
            try {
                resource.close();
            } catch (Exception e) {
                log.warn("cannot close {}", resource.getClass().getSimpleName(), e);
            }
        });
        return resource;
    }

    /** Adds the end of handlers that may block: they are awaited, then interrupted, then awaited again. */
    void opened(BlockingHandlers handlers) {
        push(() -> {
            if (!handlers.idle().toCompletableFuture().isDone()) {
                await("finish blocking handlers", handlers.idle(), HANDLERS_TIMEOUT);
            }
            handlers.stop();
            await("interrupt blocking handlers", handlers.idle(), INTERRUPT_TIMEOUT);
        });
    }

    /** Whether a drain or the end has begun. */
    boolean hasBegun() {
        return begun;
    }

    /** Waits for what a start or stop needs. What does not complete in time is logged, and goes on by itself. */
    void await(String what, CompletionStage<?> stage, Duration timeout) {
        Long drainedBy = drainedByNanos;
        long millis = timeout.toMillis();
        if (drainedBy != null) {
            millis = Math.max(0, Math.min(millis, TimeUnit.NANOSECONDS.toMillis(drainedBy - System.nanoTime())));
        }
        try {
            stage.toCompletableFuture().get(millis, TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            log.warn("could not {} in time error={}", what, LogText.of(e.toString()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Goes on serving while load balancers notice that this node leaves.
     *
     * @return whether {@link #run} was called meanwhile
     */
    boolean announce(Duration notice) {
        begun = true;
        try {
            return closing.await(notice.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** From now on all steps together have so long. */
    void limit(Duration timeout) {
        drainedByNanos = System.nanoTime() + timeout.toNanos();
    }

    /** Takes all steps that are left. Idempotent. */
    void run() {
        begun = true;
        closing.countDown();
        while (true) {
            Runnable next;
            synchronized (steps) {
                next = steps.poll();
            }
            if (next == null) {
                return;
            }
            next.run();
        }
    }
}
