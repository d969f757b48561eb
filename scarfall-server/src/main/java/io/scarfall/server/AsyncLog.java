package io.scarfall.server;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.spi.ILoggingEvent;
import java.util.concurrent.atomic.LongAdder;

/**
 * Takes log events without ever making a thread wait, and leaves the writing to a thread of its own: a console that nobody
 * reads or a disk that hangs must not hold an event loop. When the queue is nearly full it drops what is below WARN, when it
 * is full everything, and counts what it drops. Thread-safe.
 */
public final class AsyncLog extends AsyncAppender {

    private static final int EVENTS = 8192;

    /** So many places are kept for warnings and errors. */
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
