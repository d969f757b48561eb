package io.scarfall.engineio;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.FastThreadLocal;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The flushes that are due at the end of an event loop's current pass: one for each transport, however many packets
 * were sent on it. One queue per event loop, confined to it.
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

    /** Runs a flush at the end of this pass. The caller must queue each flush only once. */
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
                log.error("flush failed", e); // it must not stop the others
            }
        }
        flushes.clear();
    }
}
