package io.scarfall.engineio;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The event loops that servers of one process share: epoll where the system has it, else NIO. Thread-safe.
 */
public final class EventLoops implements AutoCloseable {

    private static final long QUIET_MILLIS = 0;
    private static final long TIMEOUT_MILLIS = 2000;

    private final EventLoopGroup group;
    private final List<Probe> probes = new ArrayList<>();
    private final Class<? extends ServerChannel> serverChannel;

    private EventLoops(EventLoopGroup group, Class<? extends ServerChannel> serverChannel) {
        this.group = group;
        this.serverChannel = serverChannel;
        for (EventExecutor loop : group) {
            probes.add(new Probe(loop));
        }
    }

    /** A task that waits for its turn on an event loop; at most one at a time. */
    private static final class Probe {

        private final EventExecutor loop;
        private long waitsSinceNanos;
        private boolean waits;

        Probe(EventExecutor loop) {
            this.loop = loop;
        }

        synchronized long lagNanos() {
            if (waits) {
                return System.nanoTime() - waitsSinceNanos;
            }
            if (!loop.isShuttingDown()) {
                waits = true;
                waitsSinceNanos = System.nanoTime();
                loop.execute(this::ran);
            }
            return 0;
        }

        private synchronized void ran() {
            waits = false;
        }
    }

    /**
     * Starts event loops.
     *
     * @param threads how many; 0 for one per processor
     */
    public static EventLoops start(int threads) {
        if (threads < 0) {
            throw new IllegalArgumentException("threads: " + threads + " (expected: >= 0)");
        }
        int count = threads == 0 ? Runtime.getRuntime().availableProcessors() : threads;
        DefaultThreadFactory names = new DefaultThreadFactory("scarfall-loop", true);
        return Epoll.isAvailable()
                ? new EventLoops(
                        new MultiThreadIoEventLoopGroup(count, names, EpollIoHandler.newFactory()),
                        EpollServerSocketChannel.class)
                : new EventLoops(
                        new MultiThreadIoEventLoopGroup(count, names, NioIoHandler.newFactory()),
                        NioServerSocketChannel.class);
    }

    EventLoopGroup group() {
        return group;
    }

    Class<? extends ServerChannel> serverChannel() {
        return serverChannel;
    }

    /**
     * How long the event loop that is furthest behind has not run a task that waits: every call leaves a task on each loop that
     * has none, and looks at those that earlier calls left. So it takes two calls to see that a loop is stuck.
     */
    public Duration lag() {
        long lag = 0;
        for (Probe probe : probes) {
            lag = Math.max(lag, probe.lagNanos());
        }
        return Duration.ofNanos(lag);
    }

    /** Stops the event loops, and waits at most two seconds for that. Not to be called on one of them. */
    @Override
    public void close() {
        group.shutdownGracefully(QUIET_MILLIS, TIMEOUT_MILLIS, TimeUnit.MILLISECONDS)
                .awaitUninterruptibly(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
    }
}
