package io.scarfall.engineio;

import io.netty.channel.DefaultEventLoopGroup;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.local.LocalServerChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The event loops that the servers of a process share: epoll if the system has it, else NIO. Thread-safe.
 */
public final class EventLoops implements AutoCloseable {

    /**
     * How much the loop reads of a connection before it turns to the next one. Small frames cost much CPU per byte:
     * with Netty's default of a megabyte, a few flooding connections kept the others of their loop waiting for seconds.
     */
    static final int READ_BYTES = 4 * 1024;

    /**
     * No quiet period, since the servers have closed their connections by then. A busy loop that ends without one may leave
     * channels open.
     */
    private static final long QUIET_MILLIS = 0;

    private static final long TIMEOUT_MILLIS = 2000;

    private final EventLoopGroup group;
    private final Class<? extends ServerChannel> serverChannel;
    private final CompletableFuture<@Nullable Void> broken = new CompletableFuture<>();
    private volatile boolean isClosed;

    private EventLoops(EventLoopGroup group, Class<? extends ServerChannel> serverChannel) {
        this.group = group;
        this.serverChannel = serverChannel;
        group.forEach(loop -> loop.terminationFuture().addListener(ended -> isAlive()));
    }

    /**
     * Starts event loops.
     *
     * @param threads how many threads; 0 for one per processor
     * @throws IllegalArgumentException if the number is negative
     * @throws IllegalStateException if Netty is older than 4.1.102, or its jars are of different versions
     */
    public static EventLoops start(int threads) {
        if (threads < 0) {
            throw new IllegalArgumentException("threads: " + threads + " (expected: >= 0)");
        }
        NettyVersion.check();
        int count = threads == 0 ? Runtime.getRuntime().availableProcessors() : threads;
        DefaultThreadFactory names = new DefaultThreadFactory("scarfall-loop", true);
        return Epoll.isAvailable()
                ? new EventLoops(NettyVersion.epollLoops(count, names), EpollServerSocketChannel.class)
                : new EventLoops(NettyVersion.nioLoops(count, names), NioServerSocketChannel.class);
    }

    /**
     * Starts one event loop whose servers open no port of the network: only clients in this process reach them, such as
     * the {@code TestClient} of the test kit. The host of {@link EngineConfig#address} is ignored, and its port exists in
     * this process only. Everything else is as over TCP, except for slow clients: the memory in between has no bound, so
     * nothing ever waits to be sent.
     */
    @SuppressWarnings("deprecation") // its replacement exists in Netty 4.2 only
    public static EventLoops inMemory() {
        return new EventLoops(
                new DefaultEventLoopGroup(1, new DefaultThreadFactory("scarfall-memory-loop", true)),
                LocalServerChannel.class);
    }

    /** The loops, to run other tasks on: each loop runs its tasks on one thread. Tasks must not block. */
    public List<Executor> executors() {
        List<Executor> executors = new ArrayList<>();
        group.forEach(executors::add);
        return List.copyOf(executors);
    }

    /**
     * Timers whose tasks run on the loops, and must not block. Unlike timers of the JDK they take no lock, so event
     * loops may set them. They end with the loops; do not shut them down.
     */
    public ScheduledExecutorService timers() {
        return group;
    }

    /**
     * Whether all loops run; true after {@link #close}. An {@link Error}, such as an {@link OutOfMemoryError}, can end
     * a loop for good; its connections are then lost.
     */
    public boolean isAlive() {
        if (!isClosed && !broken.isDone()) {
            for (EventExecutor loop : group) {
                if (loop.isShuttingDown() && !isClosed) {
                    broken.complete(null);
                }
            }
        }
        return !broken.isDone();
    }

    /** Completes when a loop has ended before {@link #close}; on any thread. */
    public CompletionStage<@Nullable Void> broken() {
        return broken.minimalCompletionStage();
    }

    boolean areInMemory() {
        return serverChannel == LocalServerChannel.class;
    }

    EventLoopGroup group() {
        return group;
    }

    Class<? extends ServerChannel> serverChannel() {
        return serverChannel;
    }

    /** Stops the event loops, and blocks for two seconds at most. Do not call it on one of them. */
    @Override
    public void close() {
        isClosed = true;
        group.shutdownGracefully(QUIET_MILLIS, TIMEOUT_MILLIS, TimeUnit.MILLISECONDS)
                .awaitUninterruptibly(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
    }
}
