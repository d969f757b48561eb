package io.scarfall.presence.redis;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinWorkerThread;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * Work on large answers, on threads of its own, because the threads of the connections answer all callers. At most
 * {@value #AT_ONCE} tasks are in progress, fetching included, which bounds the memory for large lists. The others
 * wait in order. Beyond {@value #MOST_WAITING} waiting tasks, or after the timeout of a command, a task fails.
 * Thread-safe. Nothing blocks.
 */
final class LargeWork implements AutoCloseable {

    static final int AT_ONCE = 4;
    static final int MOST_WAITING = 10_000;

    private final ForkJoinPool threads; // takes work from event loops without a lock
    private final StoreTime time;
    private final long timeoutNanos;
    private final Queue<Piece<?>> waiting = new ConcurrentLinkedQueue<>();

    /** How many tasks wait or are in progress. */
    private final AtomicInteger left = new AtomicInteger();

    private record Piece<T>(
            Supplier<? extends CompletionStage<T>> work, long calledNanos, CompletableFuture<T> answer) {}

    /** @param timeout how long a task may wait before it fails */
    LargeWork(StoreTime time, Duration timeout) {
        this.time = time;
        this.timeoutNanos = timeout.toNanos();
        int parallelism = Math.max(1, Runtime.getRuntime().availableProcessors() / 4);
        threads = new ForkJoinPool(
                parallelism,
                pool -> {
                    ForkJoinWorkerThread thread = ForkJoinPool.defaultForkJoinWorkerThreadFactory.newThread(pool);
                    thread.setName("scarfall-large-" + thread.getPoolIndex());
                    return thread;
                },
                null,
                true,
                0,
                parallelism,
                1,
                null,
                10,
                TimeUnit.SECONDS);
    }

    /** Starts a task in its turn: at once, or on one of the threads. */
    <T> CompletionStage<T> admit(Supplier<? extends CompletionStage<T>> work) {
        if (left.get() >= AT_ONCE + MOST_WAITING) {
            return CompletableFuture.failedFuture(
                    new NotSentException("not sent: more than " + MOST_WAITING + " large lists wait already"));
        }
        Piece<T> piece = new Piece<>(work, time.nanos(), new CompletableFuture<>());
        waiting.add(piece);
        if (left.getAndIncrement() < AT_ONCE) {
            begin();
        }
        return piece.answer;
    }

    /** Computes something on one of the threads. For {@link #admit}ted tasks only. */
    <T> CompletionStage<T> compute(Supplier<T> work) {
        return CompletableFuture.supplyAsync(work, threads);
    }

    private void begin() {
        while (true) {
            Piece<?> piece = waiting.remove(); // the caller has added a task, or counted one that was added
            if (time.nanos() - piece.calledNanos <= timeoutNanos) {
                run(piece);
                return;
            }
            piece.answer.completeExceptionally(
                    new NotSentException("not sent in time: other large lists are in progress"));
            if (left.getAndDecrement() <= AT_ONCE) {
                return;
            }
        }
    }

    private <T> void run(Piece<T> piece) {
        CompletionStage<T> done;
        try {
            done = piece.work.get();
        } catch (RuntimeException e) { // would block all later tasks
            done = CompletableFuture.failedFuture(e);
        }
        done.whenComplete((answer, failure) -> {
            if (left.getAndDecrement() > AT_ONCE) {
                threads.execute(this::begin); // not recursively: many may fail at once
            }
            if (failure == null) {
                piece.answer.complete(answer);
            } else {
                piece.answer.completeExceptionally(failure);
            }
        });
    }

    @Override
    public void close() {
        threads.shutdown();
    }
}
