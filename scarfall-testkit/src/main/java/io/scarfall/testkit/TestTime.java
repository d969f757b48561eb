package io.scarfall.testkit;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Time that stands still until a test moves it: both clocks, and the timers that use them. Due tasks and the messages of the bus run on
 * one dedicated thread, in the order of their times. Thread-safe.
 */
final class TestTime extends Clock implements Executor, AutoCloseable {

    /** Real time that a due task may take before the test fails. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Queue<TestTimers.Task<?>> tasks = new PriorityQueue<>(
            Comparator.<TestTimers.Task<?>>comparingLong(task -> task.dueNanos).thenComparingLong(task -> task.order));
    private final LinkedBlockingQueue<Runnable> due = new LinkedBlockingQueue<>();
    private final ThreadPoolExecutor thread = new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, due, task -> {
        Thread one = new Thread(task, "scarfall-test-time");
        one.setDaemon(true);
        return one;
    });
    /** The time at the start: the present, so that tokens from other sources are valid. */
    private final Instant beginning = Instant.now().truncatedTo(ChronoUnit.MILLIS);

    private volatile long nanos;
    private long order;

    /** New timers that use this time; shutting them down does not affect others. */
    TestTimers timers() {
        return new TestTimers(this);
    }

    /** Nanoseconds since the beginning; replaces {@link System#nanoTime}. */
    long nanoTime() {
        return nanos;
    }

    /** Lets time pass, from one due task to the next. Returns when all of them, and the messages that they sent, are done. */
    void advance(Duration duration) {
        long end = nanos + duration.toNanos();
        settle();
        for (TestTimers.Task<?> next = next(end); next != null; next = next(end)) {
            TestTimers.Task<?> task = next;
            nanos = Math.max(nanos, task.dueNanos);
            thread.execute(task);
            settle();
        }
        nanos = end;
    }

    private synchronized TestTimers.@Nullable Task<?> next(long end) {
        TestTimers.Task<?> first = tasks.peek();
        return first != null && first.dueNanos <= end ? tasks.poll() : null;
    }

    /** Waits for the due tasks, and for the tasks that they add to this thread. */
    private void settle() {
        try {
            do {
                thread.submit(() -> {}).get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            } while (!due.isEmpty());
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("a due task does not end", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Runs a task when it is due, which may be now. */
    void add(TestTimers.Task<?> task) {
        if (task.dueNanos <= nanos) {
            thread.execute(task);
            return;
        }
        synchronized (this) {
            task.order = order++;
            tasks.add(task);
        }
    }

    synchronized void remove(TestTimers.Task<?> task) {
        tasks.remove(task);
    }

    /** Runs a task on the thread of this time, as soon as possible. */
    @Override
    public void execute(Runnable task) {
        thread.execute(task);
    }

    @Override
    public Instant instant() {
        return beginning.plusNanos(nanos);
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    /** @throws UnsupportedOperationException always, because no code needs another zone */
    @Override
    public Clock withZone(ZoneId zone) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
