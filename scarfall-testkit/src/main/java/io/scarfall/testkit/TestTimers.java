package io.scarfall.testkit;

import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Delayed;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.RunnableScheduledFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** The timers of one node, which use the time of a test. Tasks that become due while they are frozen run after the thaw. Thread-safe. */
final class TestTimers extends AbstractExecutorService implements ScheduledExecutorService {

    private final TestTime time;
    private final Set<Task<?>> tasks = ConcurrentHashMap.newKeySet();
    private final Queue<Task<?>> held = new ConcurrentLinkedQueue<>();
    private volatile boolean frozen;
    private volatile boolean closed;

    TestTimers(TestTime time) {
        this.time = time;
    }

    /** A task that is due once or periodically. */
    final class Task<V> extends FutureTask<V> implements RunnableScheduledFuture<V> {

        private final long periodNanos;

        /** The time of the next run. */
        long dueNanos;

        /** The order among tasks of the same time; set by {@link TestTime}. */
        long order;

        Task(Callable<V> task, long delayNanos, long periodNanos) {
            super(task);
            this.periodNanos = periodNanos;
            dueNanos = time.nanoTime() + Math.max(0, delayNanos);
        }

        @Override
        public void run() {
            if (closed) {
                cancel(false);
            } else if (frozen) {
                held.add(this);
            } else if (periodNanos == 0) {
                super.run();
            } else if (runAndReset()) {
                dueNanos = time.nanoTime() + periodNanos;
                time.add(this);
            }
        }

        @Override
        protected void done() {
            tasks.remove(this);
            time.remove(this);
        }

        @Override
        public boolean isPeriodic() {
            return periodNanos != 0;
        }

        @Override
        public long getDelay(TimeUnit unit) {
            return unit.convert(dueNanos - time.nanoTime(), TimeUnit.NANOSECONDS);
        }

        @Override
        public int compareTo(Delayed other) {
            return Long.compare(getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
        }
    }

    void freeze() {
        frozen = true;
    }

    void thaw() {
        frozen = false;
        for (Task<?> task = held.poll(); task != null; task = held.poll()) {
            time.execute(task);
        }
    }

    private <V> Task<V> add(Callable<V> task, long delay, long period, TimeUnit unit) {
        if (closed) {
            throw new RejectedExecutionException("shut down");
        }
        Task<V> added = new Task<>(task, unit.toNanos(delay), unit.toNanos(period));
        tasks.add(added);
        time.add(added);
        return added;
    }

    @Override
    public void execute(Runnable command) {
        add(Executors.callable(command), 0, 0, TimeUnit.NANOSECONDS);
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
        return add(Executors.callable(command), delay, 0, unit);
    }

    @Override
    public <V> ScheduledFuture<V> schedule(Callable<V> callable, long delay, TimeUnit unit) {
        return add(callable, delay, 0, unit);
    }

    /** The same as a fixed delay, because a task takes no time here. */
    @Override
    public ScheduledFuture<?> scheduleAtFixedRate(Runnable command, long initialDelay, long period, TimeUnit unit) {
        return scheduleWithFixedDelay(command, initialDelay, period, unit);
    }

    @Override
    public ScheduledFuture<?> scheduleWithFixedDelay(Runnable command, long initialDelay, long delay, TimeUnit unit) {
        if (delay <= 0) {
            throw new IllegalArgumentException("delay: " + delay + " (expected: > 0)");
        }
        return add(Executors.callable(command), initialDelay, delay, unit);
    }

    @Override
    public void shutdown() {
        shutdownNow();
    }

    @Override
    public List<Runnable> shutdownNow() {
        closed = true;
        List<Runnable> waiting = List.copyOf(tasks);
        tasks.forEach(task -> task.cancel(false));
        return waiting;
    }

    @Override
    public boolean isShutdown() {
        return closed;
    }

    @Override
    public boolean isTerminated() {
        return closed;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
        return closed;
    }
}
