package io.scarfall.testkit;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.DefaultEventLoopGroup;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.local.LocalAddress;
import io.netty.channel.local.LocalChannel;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolConfig;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrameAggregator;
import io.netty.handler.codec.http.websocketx.WebSocketVersion;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.scarfall.engineio.Bytes;
import io.scarfall.socketio.internal.packet.Packet;
import io.scarfall.socketio.internal.packet.PacketDecoder;
import io.scarfall.socketio.internal.packet.PacketEncoder;
import io.scarfall.socketio.packet.EncodedPacket;
import io.scarfall.socketio.packet.JsonLimits;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One Engine.IO session over WebSocket, as a client: through the memory of this process, or over a port. It answers heartbeats.
 * Thread-safe; what it receives is handled on its event loop.
 */
final class ClientWire {

    /** The words of Socket.IO clients for a connection that ended. */
    static final String TRANSPORT_CLOSE = "transport close";

    private static final int MAX_RESPONSE_BYTES = 64 * 1024;

    /** A client takes everything that a server sends. */
    private static final JsonLimits NO_LIMITS = new JsonLimits(1000, 10_000, Integer.MAX_VALUE, Integer.MAX_VALUE);

    private static final int MAX_ATTACHMENTS = 1000;

    /** What a wire tells about one namespace, on its event loop. */
    interface Listener {

        void received(Packet packet);

        /**
         * The client has left the namespace.
         *
         * @param reason in the words of Socket.IO
         */
        void ended(String reason);
    }

    /** Where a server listens, and what the request for a session says. */
    record Request(SocketAddress server, URI uri, Map<String, String> headers) {}

    /** The threads of all clients. They are daemons, and stay for the tests that follow. */
    private static final class Loops {

        private static final EventLoopGroup IN_MEMORY = inMemory();

        private Loops() {}

        @SuppressWarnings("deprecation") // its replacement exists in Netty 4.2 only
        private static EventLoopGroup inMemory() {
            return new DefaultEventLoopGroup(1, new DefaultThreadFactory("scarfall-test-client", true));
        }

        /** Started when the first client uses a port. */
        private static final class OverTcp {

            private static final EventLoopGroup GROUP = group();

            private OverTcp() {}

            @SuppressWarnings("deprecation") // its replacement exists in Netty 4.2 only
            private static EventLoopGroup group() {
                return new NioEventLoopGroup(1, new DefaultThreadFactory("scarfall-test-client-tcp", true));
            }
        }
    }

    private final CompletableFuture<ClientWire> opened = new CompletableFuture<>();
    private final Map<String, Listener> listeners = new ConcurrentHashMap<>();
    private final Map<Long, CompletableFuture<Boolean>> fences = new ConcurrentHashMap<>();
    private final AtomicLong lastFence = new AtomicLong();
    private final Channel channel;

    private ClientWire(Request request) {
        Bootstrap bootstrap = request.server() instanceof LocalAddress
                ? new Bootstrap().group(Loops.IN_MEMORY).channel(LocalChannel.class)
                : new Bootstrap().group(Loops.OverTcp.GROUP).channel(NioSocketChannel.class);
        HttpHeaders headers = new DefaultHttpHeaders();
        request.headers().forEach(headers::set);
        WebSocketClientProtocolConfig config = WebSocketClientProtocolConfig.newBuilder()
                .webSocketUri(request.uri())
                .version(WebSocketVersion.V13)
                .customHeaders(headers)
                .maxFramePayloadLength(Integer.MAX_VALUE)
                .dropPongFrames(false)
                .build();
        ChannelFuture connecting = bootstrap
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel created) {
                        created.pipeline()
                                .addLast(new HttpClientCodec())
                                .addLast(new HttpObjectAggregator(MAX_RESPONSE_BYTES))
                                .addLast(new WebSocketClientProtocolHandler(config))
                                .addLast(new WebSocketFrameAggregator(Integer.MAX_VALUE))
                                .addLast(new Receiver());
                    }
                })
                .connect(request.server());
        channel = connecting.channel();
        connecting.addListener(connected -> {
            if (!connected.isSuccess()) {
                opened.completeExceptionally(connected.cause());
            }
        });
    }

    /**
     * Opens a session.
     *
     * @throws AssertionError if the server does not open one
     */
    static ClientWire open(Request request, Duration patience) {
        ClientWire wire = new ClientWire(request);
        try {
            return await(wire.opened, patience, "the server did not open a session");
        } catch (AssertionError e) {
            wire.drop();
            throw e;
        }
    }

    /**
     * Waits for a result on the thread of a test.
     *
     * @throws AssertionError if it fails, or does not come in time
     */
    static <T> T await(Future<T> result, Duration patience, String problem) {
        try {
            return result.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new AssertionError(problem + ": " + cause.getMessage(), cause);
        } catch (TimeoutException e) {
            throw new AssertionError(problem + " within " + patience.toMillis() + " ms", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("the test was interrupted", e);
        }
    }

    /**
     * Adds the listener of a namespace. If the session has ended, the listener is told at once.
     *
     * @throws IllegalStateException if this session is in the namespace
     */
    void listen(String namespace, Listener listener) {
        if (listeners.putIfAbsent(namespace, listener) != null) {
            throw new IllegalStateException("namespace: " + namespace + " (expected: one that this session is not in)");
        }
        if (!channel.isActive()) {
            end();
        }
    }

    /** Forgets a namespace; returns whether the session has others. */
    boolean leave(String namespace) {
        listeners.remove(namespace);
        return !listeners.isEmpty();
    }

    /** Sends a packet with its attachments. */
    void send(Packet packet) {
        EncodedPacket encoded = PacketEncoder.encode(packet);
        channel.eventLoop().execute(() -> {
            ByteBuf text =
                    Unpooled.wrappedBuffer(new byte[] {'4'}, encoded.text().toByteArray());
            channel.write(new TextWebSocketFrame(text));
            encoded.attachments()
                    .forEach(bytes ->
                            channel.write(new BinaryWebSocketFrame(Unpooled.wrappedBuffer(bytes.toByteArray()))));
            channel.flush();
        });
    }

    /**
     * Waits until everything has arrived that the server had sent, or had to do on the session's event loop. It asks twice, because an
     * event loop reads before it runs its tasks. Returns at once if the session has ended.
     */
    void fence(Duration patience) {
        for (int i = 0; i < 2; i++) {
            long id = lastFence.incrementAndGet();
            CompletableFuture<Boolean> answered = new CompletableFuture<>();
            fences.put(id, answered);
            channel.eventLoop().execute(() -> {
                if (channel.isActive()) {
                    channel.writeAndFlush(new PingWebSocketFrame(Unpooled.copyLong(id)));
                } else {
                    answered.complete(false);
                }
            });
            await(answered, patience, "the server did not answer");
        }
    }

    /** Closes the session as a client does that leaves. Waits until the server has closed the connection. */
    void close(Duration patience) {
        channel.eventLoop().execute(() -> channel.writeAndFlush(new CloseWebSocketFrame()));
        if (!channel.closeFuture().awaitUninterruptibly(patience.toMillis())) {
            drop();
        }
    }

    /** Closes the connection without a word, as a lost network does. */
    void drop() {
        channel.close().awaitUninterruptibly();
    }

    /** Lets clients in memory notice that their server has closed them, before its event loop ends. */
    static void settle(Duration patience) {
        for (int i = 0; i < 2; i++) {
            await(Loops.IN_MEMORY.submit(() -> true), patience, "the clients in memory are busy");
        }
    }

    private void end() {
        listeners.values().forEach(listener -> listener.ended(TRANSPORT_CLOSE));
        fences.values().forEach(fence -> fence.complete(false));
    }

    private void received(@Nullable Packet packet) {
        if (packet == null) {
            return; // its attachments follow
        }
        Listener listener = listeners.get(packet.namespace());
        if (listener != null) {
            listener.received(packet);
        }
    }

    /** Confined to the event loop of the channel. */
    private final class Receiver extends SimpleChannelInboundHandler<WebSocketFrame> {

        private final PacketDecoder decoder = new PacketDecoder(MAX_ATTACHMENTS, NO_LIMITS);

        @Override
        protected void channelRead0(ChannelHandlerContext ctx, WebSocketFrame frame) {
            if (frame instanceof TextWebSocketFrame) {
                text(ctx, ByteBufUtil.getBytes(frame.content()));
            } else if (frame instanceof BinaryWebSocketFrame) {
                received(decoder.binary(Bytes.wrap(ByteBufUtil.getBytes(frame.content()))));
            } else if (frame instanceof PongWebSocketFrame) {
                CompletableFuture<Boolean> fence = fences.remove(frame.content().readLong());
                if (fence != null) {
                    fence.complete(true);
                }
            }
        }

        private void text(ChannelHandlerContext ctx, byte[] bytes) {
            switch (bytes[0]) {
                case '0' -> opened.complete(ClientWire.this);
                case '1' -> ctx.close();
                case '2' -> ctx.writeAndFlush(new TextWebSocketFrame("3"));
                case '4' -> received(decoder.text(Bytes.wrap(bytes, 1, bytes.length - 1)));
                case '6' -> {} // the end of a poll, which a WebSocket ignores
                default ->
                    throw new IllegalStateException(
                            "a packet that Engine.IO does not have: " + new String(bytes, StandardCharsets.UTF_8));
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            opened.completeExceptionally(new IllegalStateException("the server closed the connection"));
            end();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            opened.completeExceptionally(cause);
            ctx.close();
        }
    }

    /** The address of a server on a port. */
    static SocketAddress address(URI url) {
        return new InetSocketAddress(url.getHost(), url.getPort() < 0 ? 80 : url.getPort());
    }
}
