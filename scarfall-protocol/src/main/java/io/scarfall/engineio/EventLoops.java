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
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The event loops that servers of one process share: epoll where the system has it, else NIO. Thread-safe.
 */
public final class EventLoops implements AutoCloseable {

    /**
     * How much is read of a connection before the loop turns to the next one. Small frames are dear by the byte: with
     * Netty's defaults of a megabyte, few connections that flood kept the others of their loop waiting for seconds.
     */
    static final int READ_BYTES = 4 * 1024;

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

    /** The loops, for tasks of others: each runs its tasks on one thread, and they must not block. */
    public List<Executor> executors() {
        List<Executor> executors = new ArrayList<>();
        group.forEach(executors::add);
        return List.copyOf(executors);
    }

    /**
     * Timers whose tasks run on the loops, and must not block. Unlike those of the JDK they take no lock, so that loops
     * may set them. They end with the loops, and are not to be shut down.
     */
    public ScheduledExecutorService timers() {
        return group;
    }

    /**
     * Whether all loops run, as far as these were not closed. A loop ends for good when an {@link Error} reaches it, such as an
     * {@link OutOfMemoryError} while it asks the system what happened; its connections are lost then.
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

    /** Completes when a loop has ended though these were not closed; on any thread. */
    public CompletionStage<@Nullable Void> broken() {
        return broken.minimalCompletionStage();
    }

    EventLoopGroup group() {
        return group;
    }

    Class<? extends ServerChannel> serverChannel() {
        return serverChannel;
    }

    /** Stops the event loops, and waits at most two seconds for that. Not to be called on one of them. */
    @Override
    public void close() {
        isClosed = true;
        group.shutdownGracefully(QUIET_MILLIS, TIMEOUT_MILLIS, TimeUnit.MILLISECONDS)
                .awaitUninterruptibly(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
    }
}
