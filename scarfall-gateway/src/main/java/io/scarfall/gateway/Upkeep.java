package io.scarfall.gateway;

import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs what a gateway does at intervals. */
final class Upkeep {

    private static final Logger log = LoggerFactory.getLogger(Upkeep.class);

    private final ScheduledExecutorService scheduler;

    Upkeep(ScheduledExecutorService scheduler) {
        this.scheduler = scheduler;
    }

    /** A scheduler with one daemon thread. */
    static ScheduledExecutorService scheduler(String name) {
        ScheduledThreadPoolExecutor scheduler = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        });
        scheduler.setRemoveOnCancelPolicy(true);
        return scheduler;
    }

    /** Runs a task again and again, also after it failed. */
    void every(Duration delay, Runnable task) {
        Runnable guarded = () -> {
            try {
                task.run();
            } catch (Throwable e) { // of whatever kind, it would end the repetition for good
                log.error("upkeep failed", e);
            }
        };
        long millis = Math.max(1, delay.toMillis());
        var unused = scheduler.scheduleWithFixedDelay(guarded, millis, millis, TimeUnit.MILLISECONDS);
    }

    /** Runs a task once, after a while. */
    void later(Duration delay, Runnable task) {
        var unused = scheduler.schedule(task, delay.toMillis(), TimeUnit.MILLISECONDS);
    }
}
