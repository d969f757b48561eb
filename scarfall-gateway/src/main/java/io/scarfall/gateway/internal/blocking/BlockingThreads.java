package io.scarfall.gateway.internal.blocking;

import io.scarfall.engineio.internal.LogText;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes the threads for code that may block: virtual ones if the JVM has them (Java 21 and newer), else a pool. */
final class BlockingThreads {

    /** How many tasks may block at once if the JVM has no virtual threads. */
    static final int POOL_THREADS = 64;

    private static final Logger log = LoggerFactory.getLogger(BlockingThreads.class);

    private static final String THREAD_NAME = "scarfall-blocking-";
    private static final long POOL_IDLE_SECONDS = 10;

    private BlockingThreads() {}

    /** Starts an executor. Its threads are daemons; without work it soon has none, so it need not be shut down. */
    static ExecutorService start() {
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
                    return daemon(task, THREAD_NAME + number.sum());
                });
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    private static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    /** The thread that interrupts what takes too long, for all gateways of the process. */
    static ScheduledThreadPoolExecutor watch() {
        return Watch.TIMER;
    }

    /** Starts the thread when it is needed; it ends when it has been idle for a while. */
    private static final class Watch {

        static final ScheduledThreadPoolExecutor TIMER =
                new ScheduledThreadPoolExecutor(1, task -> daemon(task, THREAD_NAME + "watch"));

        static {
            TIMER.setRemoveOnCancelPolicy(true);
            TIMER.setKeepAliveTime(POOL_IDLE_SECONDS, TimeUnit.SECONDS);
            TIMER.allowCoreThreadTimeOut(true);
        }

        private Watch() {}
    }
}
