package io.scarfall.engineio;

import io.netty.util.concurrent.EventExecutor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Wakes the sessions of one event loop when their heartbeat is due: a wheel of buckets, swept by one task per loop, so that
 * a session costs no timer, and a heartbeat allocates nothing. A session is woken at most one tick late, never early.
 * Confined to its event loop.
 */
final class Heartbeats implements Runnable {

    private static final long LONGEST_TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
    private static final int TICKS_PER_INTERVAL = 32;

    private final EventExecutor home;
    private final long tickNanos;
    private final List<List<EngineSession>> buckets;
    private long sweptTick;
    private int size;
    private boolean isRunning;

    /** A session's place on the wheel, kept by the session. */
    static final class Place {
        private @Nullable List<EngineSession> bucket;
        private int index;
        private long tick;
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

    /** Wakes a session at a time of the home loop's clock, in place of any other time. */
    void wake(EngineSession session, long atNanos) {
        remove(session);
        if (!isRunning) {
            sweptTick = Math.floorDiv(home.ticker().nanoTime(), tickNanos);
        }
        Place place = session.heartbeatPlace();
        place.tick = Math.max(Math.floorDiv(atNanos + tickNanos - 1, tickNanos), sweptTick + 1);
        List<EngineSession> bucket = buckets.get((int) Math.floorMod(place.tick, (long) buckets.size()));
        place.bucket = bucket;
        place.index = bucket.size();
        bucket.add(session);
        size++;
        if (!isRunning) {
            isRunning = true;
            scheduleSweep();
        }
    }

    /** Lets a session sleep. */
    void remove(EngineSession session) {
        Place place = session.heartbeatPlace();
        List<EngineSession> bucket = place.bucket;
        if (bucket != null) {
            EngineSession last = bucket.remove(bucket.size() - 1);
            if (last != session) {
                bucket.set(place.index, last);
                last.heartbeatPlace().index = place.index;
            }
            place.bucket = null;
            size--;
        }
    }

    private void scheduleSweep() {
        long delay = (sweptTick + 1) * tickNanos - home.ticker().nanoTime();
        var unused = home.schedule(this, Math.max(0, delay), TimeUnit.NANOSECONDS);
    }

    @Override
    public void run() {
        try {
            long now = Math.floorDiv(home.ticker().nanoTime(), tickNanos);
            while (sweptTick < now) {
                sweptTick++;
                sweep(buckets.get((int) Math.floorMod(sweptTick, (long) buckets.size())));
            }
        } finally { // no failure of one session may stop the heartbeats of all
            isRunning = size > 0;
            if (isRunning) {
                scheduleSweep();
            }
        }
    }

    /** Goes backwards, because a session that is removed has the last one put into its place. */
    private void sweep(List<EngineSession> bucket) {
        for (int i = bucket.size() - 1; i >= 0; i--) {
            if (i < bucket.size() && bucket.get(i).heartbeatPlace().tick <= sweptTick) {
                EngineSession session = bucket.get(i);
                remove(session);
                session.woken();
            }
        }
    }
}
