package io.scarfall.engineio;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Serves Engine.IO on a port. Thread-safe.
 *
 * <pre>{@code
 * EngineServer server = EngineServer.start(EngineConfig.builder().build(), session -> new Echo(session));
 * }</pre>
 */
public final class EngineServer implements AutoCloseable {

    private static final int BACKLOG = 4096;

    /**
     * How much the kernel takes for a connection that it has not sent (Linux doubles it). By default that is megabytes for a
     * slow peer, where no budget sees them, and the kernel tells of room only when a third of them has left: a peer that
     * reads all the time, but slowly, looked stuck.
     */
    private static final int SEND_BUFFER_BYTES = 128 * 1024;

    private static final long CLOSE_TIMEOUT_MILLIS = 2000;

    private final SessionRegistry sessions;
    private final EventLoops loops;
    private final boolean ownsLoops;
    private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);
    private final @Nullable ServerTls tls;
    private final Acceptor acceptor;
    private final Listening listening;

    private EngineServer(
            EngineConfig config,
            EngineListener listener,
            EventLoops loops,
            boolean ownsLoops,
            @Nullable ServerTls tls) {
        this.tls = tls;
        this.loops = loops;
        this.ownsLoops = ownsLoops;
        sessions = new SessionRegistry(config, listener);
        acceptor = new Acceptor(sessions, tls);
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(loops.group())
                .channel(loops.serverChannel())
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_SNDBUF, SEND_BUFFER_BYTES)
                .childOption(
                        ChannelOption.RECVBUF_ALLOCATOR,
                        new FixedRecvByteBufAllocator(EventLoops.READ_BYTES).maxMessagesPerRead(1))
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        connections.add(channel);
                        acceptor.accept(channel);
                    }
                });
        try {
            listening = Listening.start(bootstrap, config.address());
        } catch (UncheckedIOException e) {
            close();
            throw e;
        }
    }

    /**
     * Starts a server with event loops of its own.
     *
     * @throws UncheckedIOException if the address cannot be listened on
     * @throws IllegalArgumentException if the files of {@link EngineConfig#tls} are of no use
     */
    public static EngineServer start(EngineConfig config, EngineListener listener) {
        ServerTls tls = tls(config);
        return new EngineServer(config, listener, EventLoops.start(0), true, tls);
    }

    /**
     * Starts a server on event loops that outlive it.
     *
     * @throws UncheckedIOException if the address cannot be listened on
     * @throws IllegalArgumentException if the files of {@link EngineConfig#tls} are of no use
     */
    public static EngineServer start(EngineConfig config, EngineListener listener, EventLoops loops) {
        return start(config, listener, loops, tls(config));
    }

    /** @param tls closed with the server */
    static EngineServer start(EngineConfig config, EngineListener listener, EventLoops loops, @Nullable ServerTls tls) {
        return new EngineServer(config, listener, loops, false, tls);
    }

    private static @Nullable ServerTls tls(EngineConfig config) {
        return config.tls() == null ? null : config.tls().start();
    }

    /** The address that the server listens on; the first of them for {@code localhost}, which stands for IPv4 and IPv6. */
    public InetSocketAddress address() {
        return listening.address();
    }

    /** How many TCP connections there are. */
    public int connectionCount() {
        return acceptor.size();
    }

    /** How many sessions use a transport, {@code polling} or {@code websocket}. Looks at every session. */
    public int sessionCount(String transport) {
        return sessions.count(transport);
    }

    /** When the certificate in use ends; null without TLS. Thread-safe. */
    public @Nullable Instant certificateEnd() {
        return tls == null ? null : tls.certificateEnd();
    }

    /** How many sessions are open. */
    public int sessionCount() {
        return sessions.size();
    }

    /**
     * Stops listening, and ends all sessions as {@link CloseReason#SERVER_SHUTTING_DOWN} in batches, so that their clients do
     * not all come to another server in the same moment. Few are ended at once. What was sent to them before leaves first, for
     * at most the {@link EngineConfig#closeTimeout}. Connections that are open get no new session. Thread-safe. To be followed
     * by {@link #close}.
     *
     * @param spread the time in which the batches leave
     * @return completes with how many sessions there were, when nothing is left to be sent to any of them
     */
    public CompletionStage<Integer> drain(Duration spread) {
        listening.close();
        return sessions.drain(spread, loops.group());
    }

    /**
     * Stops listening, ends all sessions as {@link CloseReason#SERVER_SHUTTING_DOWN}, and closes all connections. Waits at
     * most some seconds. Not to be called on an event loop.
     */
    @Override
    public void close() {
        sessions.stopOpening();
        if (listening != null) {
            listening.close(CLOSE_TIMEOUT_MILLIS);
        }
        for (Session session : sessions.all()) {
            session.close(CloseReason.SERVER_SHUTTING_DOWN);
        }
        // A last answer may have to go from the home loop to that of a connection: first all homes, then all
        // connections.
        for (EventExecutor loop : loops.group()) {
            if (!loop.isShuttingDown()) {
                loop.submit(() -> {}).awaitUninterruptibly(CLOSE_TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
            }
        }
        connections.close().awaitUninterruptibly(CLOSE_TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
        if (tls != null) {
            tls.close();
        }
        if (ownsLoops) {
            loops.close();
        }
    }
}
