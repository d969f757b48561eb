package io.scarfall.gateway.internal.session;

import io.scarfall.engineio.internal.LogText;
import io.scarfall.gateway.GatewayLimit;
import io.scarfall.gateway.Metrics;
import io.scarfall.gateway.internal.limit.LimitCounter;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs handlers that may block. Each session's handlers run one at a time, by its {@link Mailbox}. On Java 21 and newer,
 * each runs on a virtual thread. On older versions a pool of {@value #POOL_THREADS} threads runs them, and a handler waits
 * while all threads are blocked. An embedder may supply an executor instead. Thread-safe.
 */
public final class BlockingHandlers {

    /** How many handlers may block at once if the JVM has no virtual threads. */
    static final int POOL_THREADS = 64;

    private static final Logger log = LoggerFactory.getLogger(BlockingHandlers.class);

    private static final String THREAD_NAME = "scarfall-blocking-";
    private static final long POOL_IDLE_SECONDS = 10;

    private final Executor executor;

    /** The executor, if this object owns it and must shut it down. */
    private final @Nullable ExecutorService own;

    private final LimitCounter limits;
    private final LongAdder waiting = new LongAdder();
    private final Set<Turn> turns = ConcurrentHashMap.newKeySet();
    private final CompletableFuture<@Nullable Void> idle = new CompletableFuture<>();
    private volatile boolean ending;
    private volatile boolean stopped;

    /** @param executor the embedder's, which stays open; null for threads of its own */
    public BlockingHandlers(@Nullable Executor executor, LimitCounter limits, Metrics metrics) {
        this.limits = limits;
        if (executor == null) {
            ExecutorService threads = threads();
            own = threads;
            this.executor = threads;
        } else {
            own = null;
            this.executor = executor;
        }
        metrics.gauge("scarfall.mailbox.waiting", waiting::sum);
    }

    private static ExecutorService threads() {
        ThreadFactory virtual = virtualThreads();
        return virtual == null ? pool() : perTask(virtual);
    }

    /** By reflection, because this code is compiled for Java 17, whose library does not have these methods. */
    private static @Nullable ThreadFactory virtualThreads() {
        try {
            Class<?> type = Class.forName("java.lang.Thread$Builder");
            Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
            Object named = type.getMethod("name", String.class, long.class).invoke(builder, THREAD_NAME, 0L);
            return (ThreadFactory) type.getMethod("factory").invoke(named);
        } catch (ReflectiveOperationException e) { // also if they are a preview feature
            log.debug("no virtual threads error={}", LogText.of(e.toString()));
            return null;
        }
    }

    private static ExecutorService perTask(ThreadFactory virtual) {
        try {
            return (ExecutorService) Executors.class
                    .getMethod("newThreadPerTaskExecutor", ThreadFactory.class)
                    .invoke(null, virtual);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("a JVM with virtual threads lacks this method", e);
        }
    }

    private static ExecutorService pool() {
        LongAdder number = new LongAdder();
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                POOL_THREADS,
                POOL_THREADS,
                POOL_IDLE_SECONDS,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(), // one entry per session at most
                task -> {
                    number.increment();
                    Thread thread = new Thread(task, THREAD_NAME + number.sum());
                    thread.setDaemon(true);
                    return thread;
                });
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    // Mailboxes call the methods below.

    void added() {
        waiting.increment();
    }

    void taken(int count) {
        waiting.add(-count);
    }

    void full() {
        limits.crossed(GatewayLimit.MAILBOX);
    }

    /** Whether no more work may start. */
    boolean isStopped() {
        return stopped;
    }

    /**
     * Runs the work of a mailbox on another thread.
     *
     * @throws java.util.concurrent.RejectedExecutionException if the executor does not accept it
     */
    void begin(Runnable work) {
        Turn turn = new Turn(work);
        turns.add(turn);
        try {
            executor.execute(turn);
        } catch (RuntimeException e) {
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

    /** Completes when no handler runs any more. Call it when no more events arrive. */
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
