package io.scarfall.engineio;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Begins new connections at a pace that leaves time for connected clients. A connection is expensive at its first
 * bytes: a TLS handshake, a token, a session to open. When thousands of clients reconnect at the same moment, epoll
 * reports all of them at once, and one pass of an event loop would take seconds. So in each pass only a few connections
 * begin, and the others wait unread, in their order. A busy loop makes fewer passes, so the pace adapts to the load.
 * Thread-safe; each loop has a queue of its own.
 */
final class Arrivals {

    /** How many connections begin in one pass of a loop. */
    static final int AT_ONCE = 8;

    /** How long a loop serves other connections before the next ones begin. */
    static final Duration PAUSE = Duration.ofMillis(5);

    private final int maxWaiting;
    private final long maxWaitNanos;
    private final AtomicInteger waiting = new AtomicInteger();
    private final Map<EventLoop, Line> lines = new ConcurrentHashMap<>();

    /**
     * @param maxWaiting how many connections may wait
     * @param maxWait how long one may wait
     */
    Arrivals(int maxWaiting, Duration maxWait) {
        this.maxWaiting = maxWaiting;
        maxWaitNanos = maxWait.toNanos();
    }

    /**
     * Begins a connection now, or when its turn comes; a connection that was closed before its turn does not begin.
     * Call this on the loop of the connection, before the first read.
     *
     * @param refuse runs instead of {@code begin} if too many connections wait, or this one has waited for too long
     */
    void arrive(Channel channel, Runnable begin, Runnable refuse) {
        EventLoop loop = channel.eventLoop();
        lines.computeIfAbsent(loop, Line::new).arrive(channel, begin, refuse);
    }

    /** How many connections wait. */
    int waiting() {
        return waiting.get();
    }

    private record Arrival(Channel channel, Runnable begin, Runnable refuse, long sinceNanos) {}

    /** The connections that wait on one loop. Confined to that loop. */
    private final class Line {

        private final EventLoop loop;
        private final Queue<Arrival> arrivals = new ArrayDeque<>();
        private int begun;
        private long sinceNanos;

        Line(EventLoop loop) {
            this.loop = loop;
        }

        void arrive(Channel channel, Runnable begin, Runnable refuse) {
            long now = NettyVersion.nanoTime(loop);
            if (arrivals.isEmpty()) {
                if (begun == 0 || now - sinceNanos >= PAUSE.toNanos()) {
                    begun = 0;
                    sinceNanos = now;
                }
                if (begun < AT_ONCE) {
                    begun++;
                    begin.run();
                    return;
                }
            }
            if (waiting.incrementAndGet() > maxWaiting) {
                waiting.decrementAndGet();
                refuse.run();
                return;
            }
            channel.config().setAutoRead(false);
            arrivals.add(new Arrival(channel, begin, refuse, now));
            if (arrivals.size() == 1) {
                pause();
            }
        }

        private void pause() {
            var unused = loop.schedule(this::goOn, PAUSE.toNanos(), TimeUnit.NANOSECONDS);
        }

        private void goOn() {
            begun = 0;
            sinceNanos = NettyVersion.nanoTime(loop);
            for (Arrival next; begun < AT_ONCE && (next = next()) != null; ) {
                if (sinceNanos - next.sinceNanos > maxWaitNanos) {
                    next.refuse.run();
                } else {
                    begun++;
                    next.begin.run();
                    next.channel.config().setAutoRead(true);
                }
            }
            if (!arrivals.isEmpty()) {
                pause();
            }
        }

        private @Nullable Arrival next() {
            Arrival next;
            do {
                next = arrivals.poll();
                if (next != null) {
                    waiting.decrementAndGet();
                }
            } while (next != null && !next.channel.isActive());
            return next;
        }
    }
}
