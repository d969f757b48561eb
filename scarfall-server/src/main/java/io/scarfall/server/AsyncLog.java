package io.scarfall.server;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.spi.ILoggingEvent;
import java.util.concurrent.atomic.LongAdder;

/**
 * Queues log events, and writes them on a thread of its own: a blocked console or a slow disk must not block an event loop. When the
 * queue is nearly full, it drops events below WARN; when it is full, it drops every event. It counts what it drops. Thread-safe.
 */
public final class AsyncLog extends AsyncAppender {

    private static final int EVENTS = 8192;

    /** Places in the queue that only warnings and errors may use. */
    private static final int KEPT = EVENTS / 8;

    private static final LongAdder DROPPED = new LongAdder();

    /** Made by logback. */
    public AsyncLog() {
        setQueueSize(EVENTS);
        setDiscardingThreshold(KEPT);
        setNeverBlock(true);
    }

    @Override
    protected void append(ILoggingEvent event) {
        int room = getRemainingCapacity();
        if (room == 0 || (room < KEPT && isDiscardable(event))) {
            DROPPED.increment();
        }
        super.append(event);
    }

    /** How many events were dropped since the start. */
    static long dropped() {
        return DROPPED.sum();
    }
}
