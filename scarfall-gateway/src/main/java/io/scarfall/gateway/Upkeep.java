package io.scarfall.gateway;

import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs the periodic tasks of a gateway. */
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

    /** Runs a task repeatedly, even after it failed. */
    void every(Duration delay, Runnable task) {
        Runnable guarded = () -> {
            try {
                task.run();
            } catch (Throwable e) { // any throwable would end the repetition for good
                log.error("upkeep failed", e);
            }
        };
        long millis = Math.max(1, delay.toMillis());
        var unused = scheduler.scheduleWithFixedDelay(guarded, millis, millis, TimeUnit.MILLISECONDS);
    }

    /** Runs a task once, after a delay. */
    void later(Duration delay, Runnable task) {
        var unused = scheduler.schedule(task, delay.toMillis(), TimeUnit.MILLISECONDS);
    }
}
