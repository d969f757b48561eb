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
 * Serves Engine.IO on a port, from {@code start} to {@link #close}. Thread-safe.
 *
 * <pre>{@code
 * EngineServer server = EngineServer.start(EngineConfig.builder().build(), session -> new Echo(session));
 * }</pre>
 */
public final class EngineServer implements AutoCloseable {

    private static final int BACKLOG = 4096;

    /**
     * How much unsent data the kernel takes for a connection (Linux doubles the value). By default it takes megabytes
     * for a slow peer, which no budget counts. And it reports room only after a third of them has left, so a peer that
     * reads steadily, but slowly, looked stuck.
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
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        connections.add(channel);
                        acceptor.accept(channel);
                    }
                });
        try {
            listening = loops.areInMemory()
                    ? Listening.inMemory(bootstrap, config.address().getPort())
                    : Listening.start(overTcp(bootstrap), config.address());
        } catch (UncheckedIOException e) {
            close();
            throw e;
        }
    }

    private static ServerBootstrap overTcp(ServerBootstrap bootstrap) {
        return bootstrap
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_SNDBUF, SEND_BUFFER_BYTES)
                .childOption(
                        NettyVersion.readSizes(),
                        new FixedRecvByteBufAllocator(EventLoops.READ_BYTES).maxMessagesPerRead(1));
    }

    /**
     * Starts a server with event loops of its own, one per processor. Blocks until the server listens.
     *
     * @throws UncheckedIOException if the server cannot listen on the address
     * @throws IllegalArgumentException if the files of {@link EngineConfig#tls} cannot be read or do not belong
     *     together
     */
    public static EngineServer start(EngineConfig config, EngineListener listener) {
        ServerTls tls = tls(config);
        return new EngineServer(config, listener, EventLoops.start(0), true, tls);
    }

    /**
     * Starts a server on shared event loops, which {@link #close} leaves running. Blocks until the server listens.
     *
     * @throws UncheckedIOException if the server cannot listen on the address
     * @throws IllegalArgumentException if the files of {@link EngineConfig#tls} cannot be read or do not belong
     *     together
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

    /**
     * The address that the server listens on. For {@code localhost}, which is an IPv4 and an IPv6 address, it is the
     * first of them. For event loops in memory, it is a loopback address, whose port exists in this process only.
     */
    public InetSocketAddress address() {
        return listening.address();
    }

    /** How many TCP connections are open. */
    public int connectionCount() {
        return acceptor.size();
    }

    /**
     * How many sessions use a transport, {@code polling} or {@code websocket}. This takes time in proportion to all
     * sessions.
     */
    public int sessionCount(String transport) {
        return sessions.count(transport);
    }

    /** When the certificate in use expires; null without TLS. */
    public @Nullable Instant certificateEnd() {
        return tls == null ? null : tls.certificateEnd();
    }

    /** How many sessions are open. */
    public int sessionCount() {
        return sessions.size();
    }

    /**
     * Stops listening, and ends all sessions as {@link CloseReason#SERVER_SHUTTING_DOWN}, in batches, so that their
     * clients do not all reconnect to another server at the same moment; a few hundred sessions end in one batch. What
     * was sent to a client before leaves first, for at most the {@link EngineConfig#closeTimeout}. Open connections get
     * no new session. Call {@link #close} afterwards.
     *
     * @param spread the time over which the batches are spread
     * @return completes with the number of sessions, when nothing is left to send to any of them; on any thread
     */
    public CompletionStage<Integer> drain(Duration spread) {
        listening.close();
        return sessions.drain(spread, loops.group());
    }

    /**
     * Stops listening, ends all sessions as {@link CloseReason#SERVER_SHUTTING_DOWN}, and closes all connections.
     * Blocks for a few seconds at most; do not call it on an event loop.
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
        // A last answer may still move from the home loop of its session to the loop of its connection. So first all
        // loops finish their tasks, then all connections close.
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
