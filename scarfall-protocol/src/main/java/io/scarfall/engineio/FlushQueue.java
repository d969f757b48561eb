package io.scarfall.engineio;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.FastThreadLocal;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What an event loop has to flush at the end of its current pass: each transport once, however many packets were sent on
 * it. One queue per event loop, confined to it.
 */
final class FlushQueue implements Runnable {

    private static final Logger log = LoggerFactory.getLogger(FlushQueue.class);

    private static final FastThreadLocal<FlushQueue> CURRENT = new FastThreadLocal<>() {
        @Override
        protected FlushQueue initialValue() {
            return new FlushQueue();
        }
    };

    private List<Runnable> waiting = new ArrayList<>();
    private List<Runnable> flushing = new ArrayList<>();

    private FlushQueue() {}

    /** Flushes something at the end of this pass. The caller sees to it that it is queued once only. */
    static void add(EventExecutor home, Runnable flush) {
        assert home.inEventLoop();
        FlushQueue queue = CURRENT.get();
        if (queue.waiting.isEmpty()) {
            home.execute(queue);
        }
        queue.waiting.add(flush);
    }

    @Override
    public void run() {
        List<Runnable> flushes = waiting;
        waiting = flushing;
        flushing = flushes;
        for (int i = 0; i < flushes.size(); i++) {
            try {
                flushes.get(i).run();
            } catch (Throwable e) {
                log.error("flush failed", e); // the others must not wait for it
            }
        }
        flushes.clear();
    }
}
