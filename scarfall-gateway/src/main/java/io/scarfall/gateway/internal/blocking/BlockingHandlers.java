package io.scarfall.gateway.internal.blocking;

import io.scarfall.gateway.Metrics;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs handlers that may block. Each session's handlers run one at a time, by its {@link Mailbox}. On Java 21 and newer,
 * each runs on a virtual thread. On older versions a pool of {@value BlockingThreads#POOL_THREADS} threads runs them, and a
 * handler waits while all threads are blocked. An embedder may supply an executor instead. Each handler has a time limit.
 * Thread-safe.
 */
public final class BlockingHandlers {

    private static final Logger log = LoggerFactory.getLogger(BlockingHandlers.class);

    private final Executor executor;

    /** The executor, if this object owns it and must shut it down. */
    private final @Nullable ExecutorService own;

    private final Duration timeLimit;
    private final Runnable full;
    private final LongAdder waiting = new LongAdder();
    private final Set<Turn> turns = ConcurrentHashMap.newKeySet();
    private final CompletableFuture<@Nullable Void> idle = new CompletableFuture<>();
    private volatile boolean ending;
    private volatile boolean stopped;

    /**
     * @param executor the embedder's, which stays open; null for threads of its own
     * @param timeLimit how long one handler may run; then it is interrupted
     * @param full called when a mailbox is full
     */
    public BlockingHandlers(@Nullable Executor executor, Duration timeLimit, Runnable full, Metrics metrics) {
        this.timeLimit = timeLimit;
        this.full = full;
        if (executor == null) {
            ExecutorService threads = BlockingThreads.start();
            own = threads;
            this.executor = threads;
        } else {
            own = null;
            this.executor = executor;
        }
        metrics.gauge("scarfall.mailbox.waiting", waiting::sum);
    }

    // Mailboxes call the methods below.

    void added() {
        waiting.increment();
    }

    void taken(int count) {
        waiting.add(-count);
    }

    void full() {
        full.run();
    }

    /** How long one handler may run. */
    Duration timeLimit() {
        return timeLimit;
    }

    /** Whether no more work may start. */
    boolean isStopped() {
        return stopped;
    }

    /**
     * Runs the work of a mailbox on another thread.
     *
     * @throws RuntimeException what the executor throws if it does not accept the work; most often {@link
     *     java.util.concurrent.RejectedExecutionException}
     * @throws OutOfMemoryError if the process cannot have another thread
     */
    void begin(Runnable work) {
        Turn turn = new Turn(work);
        turns.add(turn);
        try {
            executor.execute(turn);
        } catch (RuntimeException | OutOfMemoryError e) {
            end(turn);
            throw e;
        }
    }

    private void end(Turn turn) {
        turns.remove(turn);
        checkIdle();
    }

    private void checkIdle() {
        if (ending && turns.isEmpty()) {
            idle.complete(null);
        }
    }

    /**
     * The work of a mailbox on a thread. The thread may be interrupted only while the work runs, because it may belong to
     * others.
     */
    private final class Turn implements Runnable {

        private final Runnable work;
        private @Nullable Thread thread;
        private boolean interrupted;

        Turn(Runnable work) {
            this.work = work;
        }

        @Override
        public void run() {
            synchronized (this) {
                thread = Thread.currentThread();
            }
            try {
                work.run();
            } finally {
                synchronized (this) {
                    thread = null;
                    if (interrupted) {
                        var unused = Thread.interrupted();
                    }
                }
                end(this);
            }
        }

        synchronized void interrupt() {
            if (thread != null) {
                interrupted = true;
                thread.interrupt();
            }
        }
    }

    // Shutdown.

    /** Completes when no handler runs any more; what waits for a thread counts as running. Call it when no more events arrive. */
    public CompletionStage<@Nullable Void> idle() {
        ending = true;
        checkIdle();
        return idle;
    }

    /** Interrupts the handlers that run, and drops the events that wait. */
    public void stop() {
        stopped = true;
        long left = waiting.sum();
        List<Turn> running = List.copyOf(turns);
        if (!running.isEmpty()) {
            log.warn(
                    "interrupting blocking handlers, dropping waiting events running={} waiting={}",
                    running.size(),
                    left);
        }
        running.forEach(Turn::interrupt);
        if (own != null) {
            own.shutdown();
        }
    }
}
