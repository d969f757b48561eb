package io.scarfall.engineio;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/**
 * Serves Engine.IO on a port. Thread-safe.
 *
 * <pre>{@code
 * EngineServer server = EngineServer.start(EngineConfig.builder().build(), session -> new Echo(session));
 * }</pre>
 */
public final class EngineServer implements AutoCloseable {

    private static final int BACKLOG = 4096;
    private static final int MAX_REQUEST_LINE_BYTES = 16 * 1024;
    private static final int MAX_HEADER_BYTES = 32 * 1024;
    private static final long CLOSE_TIMEOUT_MILLIS = 2000;

    private final SessionRegistry sessions;
    private final EventLoops loops;
    private final boolean ownsLoops;
    private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);
    private final Channel listening;

    private EngineServer(EngineConfig config, EngineListener listener, EventLoops loops, boolean ownsLoops) {
        this.loops = loops;
        this.ownsLoops = ownsLoops;
        sessions = new SessionRegistry(config, listener);
        ChannelFuture bound = new ServerBootstrap()
                .group(loops.group())
                .channel(loops.serverChannel())
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        connections.add(channel);
                        layPipeline(channel, sessions);
                    }
                })
                .bind(config.address())
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            close();
            throw new UncheckedIOException(
                    "cannot listen on " + config.address() + ": "
                            + bound.cause().getMessage(),
                    new IOException(bound.cause()));
        }
        listening = bound.channel();
    }

    /** Puts the handlers of a new connection in place. */
    static void layPipeline(Channel channel, SessionRegistry sessions) {
        channel.pipeline()
                .addLast(new HttpServerCodec(new HttpDecoderConfig()
                        .setMaxInitialLineLength(MAX_REQUEST_LINE_BYTES)
                        .setMaxHeaderSize(MAX_HEADER_BYTES)))
                .addLast(new EngineHttpHandler(sessions));
    }

    /**
     * Starts a server with event loops of its own.
     *
     * @throws UncheckedIOException if the address cannot be listened on
     */
    public static EngineServer start(EngineConfig config, EngineListener listener) {
        return new EngineServer(config, listener, EventLoops.start(0), true);
    }

    /**
     * Starts a server on event loops that outlive it.
     *
     * @throws UncheckedIOException if the address cannot be listened on
     */
    public static EngineServer start(EngineConfig config, EngineListener listener, EventLoops loops) {
        return new EngineServer(config, listener, loops, false);
    }

    /** The address that the server listens on. */
    public InetSocketAddress address() {
        return (InetSocketAddress) listening.localAddress();
    }

    /** How many sessions are open. */
    public int sessionCount() {
        return sessions.size();
    }

    /**
     * Stops listening, ends all sessions as {@link CloseReason#SERVER_SHUTTING_DOWN}, and closes all connections. Waits at
     * most some seconds. Not to be called on an event loop.
     */
    @Override
    public void close() {
        if (listening != null) {
            listening.close().awaitUninterruptibly(CLOSE_TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
        }
        for (EngineSession session : sessions.all()) {
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
        if (ownsLoops) {
            loops.close();
        }
    }
}
