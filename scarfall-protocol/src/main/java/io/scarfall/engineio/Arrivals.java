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
 * Lets new connections begin at a pace that leaves time for those that are being served. What makes a connection dear comes
 * with its first bytes (a TLS handshake, a token, a session to open), and epoll hands all of them over at once: when thousands
 * come back in the same moment, one pass of a loop would take seconds. So in a pass only a few begin, and the others wait,
 * unread and in their order. A loop that is busy makes fewer passes, so the pace follows what the machine can bear.
 * Thread-safe; each loop has a line of its own.
 */
final class Arrivals {

    /** How many connections begin at once. */
    static final int AT_ONCE = 8;

    /** How long a loop serves others before the next ones begin. */
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
     * Lets a connection begin, now or when it is its turn; one that is closed before does not. To be called on its loop,
     * before it is read.
     *
     * @param refuse run in place of {@code begin} if too many wait, or it has waited for too long
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

    /** Those of one loop, to which it is confined. */
    private final class Line {

        private final EventLoop loop;
        private final Queue<Arrival> arrivals = new ArrayDeque<>();
        private int begun;
        private long sinceNanos;

        Line(EventLoop loop) {
            this.loop = loop;
        }

        void arrive(Channel channel, Runnable begin, Runnable refuse) {
            long now = loop.ticker().nanoTime();
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
            sinceNanos = loop.ticker().nanoTime();
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
