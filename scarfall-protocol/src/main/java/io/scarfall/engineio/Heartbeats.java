package io.scarfall.engineio;

import io.netty.util.concurrent.EventExecutor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Wakes the sessions of one event loop when their heartbeats are due. It is a wheel of buckets that one task per loop
 * sweeps, so a session needs no timer and a heartbeat allocates nothing. A session wakes at most one tick late, never
 * early. Confined to its event loop.
 */
final class Heartbeats implements Runnable {

    private static final long LONGEST_TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
    private static final int TICKS_PER_INTERVAL = 32;

    private final EventExecutor home;
    private final long tickNanos;
    private final List<List<Sleeper>> buckets;
    private long sweptTick;
    private int size;
    private boolean isRunning;

    /** Something that the wheel wakes, with its place on the wheel. */
    abstract static class Sleeper {
        private @Nullable List<Sleeper> bucket;
        private int index;
        private long tick;

        /** Called on the event loop when the requested time has come. */
        abstract void woken();
    }

    Heartbeats(EventExecutor home, Duration pingInterval, Duration pingTimeout) {
        this.home = home;
        long shorter = Math.min(pingInterval.toNanos(), pingTimeout.toNanos());
        long longer = Math.max(pingInterval.toNanos(), pingTimeout.toNanos());
        tickNanos = Math.max(1, Math.min(LONGEST_TICK_NANOS, shorter / TICKS_PER_INTERVAL));
        int count = (int) Math.min(1 << 16, longer / tickNanos + 2);
        buckets = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            buckets.add(new ArrayList<>(0));
        }
    }

    /** Wakes a sleeper at a time of the home loop's clock. This replaces an earlier request. */
    void wake(Sleeper sleeper, long atNanos) {
        remove(sleeper);
        if (!isRunning) {
            sweptTick = Math.floorDiv(NettyVersion.nanoTime(home), tickNanos);
        }
        sleeper.tick = Math.max(Math.floorDiv(atNanos + tickNanos - 1, tickNanos), sweptTick + 1);
        List<Sleeper> bucket = buckets.get((int) Math.floorMod(sleeper.tick, (long) buckets.size()));
        sleeper.bucket = bucket;
        sleeper.index = bucket.size();
        bucket.add(sleeper);
        size++;
        if (!isRunning) {
            isRunning = true;
            scheduleSweep();
        }
    }

    /** Cancels the waking of a sleeper. */
    void remove(Sleeper sleeper) {
        List<Sleeper> bucket = sleeper.bucket;
        if (bucket != null) {
            Sleeper last = bucket.remove(bucket.size() - 1);
            if (last != sleeper) {
                bucket.set(sleeper.index, last);
                last.index = sleeper.index;
            }
            sleeper.bucket = null;
            size--;
        }
    }

    private void scheduleSweep() {
        long delay = (sweptTick + 1) * tickNanos - NettyVersion.nanoTime(home);
        var unused = home.schedule(this, Math.max(0, delay), TimeUnit.NANOSECONDS);
    }

    @Override
    public void run() {
        try {
            long now = Math.floorDiv(NettyVersion.nanoTime(home), tickNanos);
            while (sweptTick < now) {
                sweptTick++;
                sweep(buckets.get((int) Math.floorMod(sweptTick, (long) buckets.size())));
            }
        } finally { // a failure of one session must not stop the heartbeats of all
            isRunning = size > 0;
            if (isRunning) {
                scheduleSweep();
            }
        }
    }

    /** Goes backwards, because {@link #remove} moves the last sleeper of the bucket into the gap. */
    private void sweep(List<Sleeper> bucket) {
        for (int i = bucket.size() - 1; i >= 0; i--) {
            if (i < bucket.size() && bucket.get(i).tick <= sweptTick) {
                Sleeper sleeper = bucket.get(i);
                remove(sleeper);
                sleeper.woken();
            }
        }
    }
}
