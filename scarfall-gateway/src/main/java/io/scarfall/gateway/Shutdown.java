package io.scarfall.gateway;

import io.scarfall.engineio.internal.LogText;
import io.scarfall.gateway.internal.blocking.BlockingHandlers;
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
 * How a gateway ends: what was opened is closed in reverse order, and each step has a time limit. Thread-safe. Its methods wait,
 * so they must not be called on an event loop.
 */
final class Shutdown {

    private static final Logger log = LoggerFactory.getLogger(Shutdown.class);

    /** How long blocking handlers have to end when a gateway closes. */
    private static final Duration HANDLERS_TIMEOUT = Duration.ofSeconds(2);

    private static final Duration INTERRUPT_TIMEOUT = Duration.ofSeconds(1);

    /** The steps of {@link #run}, in reverse order. */
    private final Deque<Runnable> steps = new ArrayDeque<>();

    private final CountDownLatch closing = new CountDownLatch(1);
    private volatile boolean begun;

    /** The time limit of a drain, in {@link System#nanoTime}; null before a drain. */
    private volatile @Nullable Long drainedByNanos;

    /** Adds a step, which runs before all earlier ones. */
    void push(Runnable step) {
        synchronized (steps) {
            steps.push(step);
        }
    }

    /** Adds a step that closes a resource. */
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

    /** Adds a step that ends blocking handlers: it waits, interrupts them, and waits again. */
    void opened(BlockingHandlers handlers) {
        push(() -> {
            if (!handlers.idle().toCompletableFuture().isDone()) {
                await("finish blocking handlers", handlers.idle(), HANDLERS_TIMEOUT);
            }
            handlers.stop();
            await("interrupt blocking handlers", handlers.idle(), INTERRUPT_TIMEOUT);
        });
    }

    /** Whether a drain or a close has begun. */
    boolean hasBegun() {
        return begun;
    }

    /**
     * Waits for a stage of a start or stop. If it does not complete in time, this is logged and the stage continues by itself.
     */
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
     * Waits while load balancers notice that this node drains.
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

    /** Sets the time limit for all further steps together. */
    void limit(Duration timeout) {
        drainedByNanos = System.nanoTime() + timeout.toNanos();
    }

    /** Runs all remaining steps. Idempotent. */
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
