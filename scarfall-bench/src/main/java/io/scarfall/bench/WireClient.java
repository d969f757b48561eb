package io.scarfall.bench;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketClientHandshaker;
import io.netty.handler.codec.http.websocketx.WebSocketClientHandshakerFactory;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketVersion;
import io.netty.handler.ssl.SslContext;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A connection of a Socket.IO client, light enough that one event loop holds thousands. It uses WebSocket, or polling with the upgrade that
 * the official client asks for at once. Confined to its event loop. It ends once and is not reused.
 */
final class WireClient {

    /** The transport of a client. */
    enum Path {
        WEBSOCKET,
        POLLING,
        UPGRADE
    }

    /** The listener of a connection. It is called on the event loop of the connection. */
    interface Listener {

        /** A Socket.IO message arrived: its text without the Engine.IO type. */
        void message(WireClient client, String text);

        /** The connection has ended. */
        void ended(WireClient client, String reason);
    }

    private static final int MAX_BYTES = 64 << 20;
    private static final int CONNECT_TIMEOUT_MILLIS = 20_000;

    private final EventLoop loop;
    private final int port;
    private final @Nullable SslContext tls;
    private final Path path;
    private final String join;
    private final Listener listener;
    private final List<Channel> channels = new ArrayList<>(3);
    private final Queue<String> unsent = new ArrayDeque<>(2);

    private String sid = "";
    private @Nullable Channel webSocket;
    private @Nullable Exchange gets;
    private @Nullable Exchange posts;
    private boolean posting;
    private boolean polling;
    private boolean polls;
    private boolean probed;
    private boolean upgraded;
    private boolean ended;

    private WireClient(EventLoop loop, int port, @Nullable SslContext tls, Path path, String join, Listener listener) {
        this.loop = loop;
        this.port = port;
        this.tls = tls;
        this.path = path;
        this.join = join;
        this.listener = listener;
    }

    /**
     * Starts to connect.
     *
     * @param tls uses https and wss; null for plain text
     * @param join the packet that joins the namespace, such as {@code 40{"token":"..."}}
     */
    static WireClient open(
            EventLoop loop, int port, @Nullable SslContext tls, Path path, String join, Listener listener) {
        WireClient client = new WireClient(loop, port, tls, path, join, listener);
        loop.execute(client::start);
        return client;
    }

    private void start() {
        if (path == Path.WEBSOCKET) {
            webSocket("");
        } else {
            get(this::opened);
        }
    }

    /** Sends a Socket.IO message. */
    void send(String text) {
        loop.execute(() -> {
            Channel channel = webSocket;
            if (channel != null && (path == Path.WEBSOCKET || upgraded)) {
                channel.writeAndFlush(new TextWebSocketFrame('4' + text));
            } else {
                unsent.add('4' + text);
                post();
            }
        });
    }

    /** Stops reading and polling. */
    void stopReading() {
        loop.execute(() -> {
            polls = false;
            channels.forEach(channel -> channel.config().setAutoRead(false));
        });
    }

    /** Resets all connections, like a network that breaks. */
    void cut() {
        loop.execute(() -> {
            for (Channel channel : channels) {
                channel.config().setOption(ChannelOption.SO_LINGER, 0);
            }
            end("cut");
        });
    }

    /** Closes the connection. */
    void close() {
        loop.execute(() -> end("closed"));
    }

    private void end(String reason) {
        if (ended) {
            return;
        }
        ended = true;
        List.copyOf(channels).forEach(Channel::close);
        listener.ended(this, reason);
    }

    private void connect(Consumer<ChannelPipeline> handlers, Consumer<Channel> connected) {
        new Bootstrap()
                .group(loop)
                .channel(NioSocketChannel.class)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MILLIS)
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        if (tls != null) {
                            channel.pipeline().addLast(tls.newHandler(channel.alloc()));
                        }
                        channel.pipeline().addLast(new HttpClientCodec(), new HttpObjectAggregator(MAX_BYTES));
                        handlers.accept(channel.pipeline());
                    }
                })
                .connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
                .addListener(future -> {
                    if (!future.isSuccess()) {
                        end("not connected");
                        return;
                    }
                    Channel channel = ((io.netty.channel.ChannelFuture) future).channel();
                    if (ended) {
                        channel.close();
                        return;
                    }
                    channels.add(channel);
                    channel.closeFuture().addListener(closed -> channelClosed(channel));
                    connected.accept(channel);
                });
    }

    private void channelClosed(Channel channel) {
        channels.remove(channel);
        if (channel == webSocket) {
            end("closed by the server");
        } else if (!upgraded && !probed) {
            end("closed by the server while polling");
        }
    }

    // Polling: one connection for polls, and one for posts.

    /** A connection that sends one request after the other. */
    private static final class Exchange extends SimpleChannelInboundHandler<FullHttpResponse> {

        private Consumer<FullHttpResponse> answered = response -> {};
        private @Nullable Channel channel;

        @Override
        protected void channelRead0(ChannelHandlerContext ctx, FullHttpResponse response) {
            answered.accept(response);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close();
        }
    }

    private String uri(String transport) {
        return "/socket.io/?EIO=4&transport=" + transport + (sid.isEmpty() ? "" : "&sid=" + sid);
    }

    private void request(
            @Nullable Exchange open, Consumer<Exchange> keep, HttpMethod method, String body, Consumer<String> answer) {
        FullHttpRequest request = new DefaultFullHttpRequest(
                HttpVersion.HTTP_1_1, method, uri("polling"), Unpooled.copiedBuffer(body, StandardCharsets.UTF_8));
        request.headers().set(HttpHeaderNames.HOST, "localhost");
        request.headers().set(HttpHeaderNames.CONTENT_TYPE, "text/plain;charset=UTF-8");
        request.headers().set(HttpHeaderNames.CONTENT_LENGTH, request.content().readableBytes());
        Exchange exchange = open == null ? new Exchange() : open;
        exchange.answered = response -> {
            if (response.status().code() == 200) {
                answer.accept(response.content().toString(StandardCharsets.UTF_8));
            } else {
                end("status " + response.status().code());
            }
        };
        Channel channel = exchange.channel;
        if (channel != null) {
            channel.writeAndFlush(request);
            return;
        }
        connect(pipeline -> pipeline.addLast(exchange), connected -> {
            exchange.channel = connected;
            keep.accept(exchange);
            connected.writeAndFlush(request);
        });
    }

    private void get(Consumer<String> answer) {
        request(gets, exchange -> gets = exchange, HttpMethod.GET, "", answer);
    }

    private void opened(String body) {
        int start = body.indexOf("\"sid\":\"") + 7;
        sid = body.substring(start, body.indexOf('"', start));
        polls = true;
        unsent.add(join);
        post();
        if (path == Path.UPGRADE) {
            webSocket("&sid=" + sid);
        }
        poll();
    }

    private void poll() {
        polling = true;
        get(body -> {
            polling = false;
            for (String packet : body.split("\u001e", -1)) {
                receive(packet);
            }
            if (probed) {
                upgraded();
            } else if (polls && !ended) {
                poll();
            }
        });
    }

    private void post() {
        if (posting || unsent.isEmpty() || probed || sid.isEmpty()) {
            return;
        }
        posting = true;
        String body = String.join("\u001e", unsent);
        unsent.clear();
        request(posts, exchange -> posts = exchange, HttpMethod.POST, body, ok -> {
            posting = false;
            if (probed) {
                upgraded();
            } else {
                post();
            }
        });
    }

    // WebSocket

    private void webSocket(String query) {
        String scheme = tls == null ? "ws" : "wss";
        WebSocketClientHandshaker handshaker = WebSocketClientHandshakerFactory.newHandshaker(
                URI.create(scheme + "://localhost:" + port + "/socket.io/?EIO=4&transport=websocket" + query),
                WebSocketVersion.V13,
                null,
                false,
                new DefaultHttpHeaders(),
                MAX_BYTES);
        connect(pipeline -> pipeline.addLast(new Frames(handshaker)), channel -> {
            webSocket = channel;
            handshaker.handshake(channel);
        });
    }

    /** Reads the answer to the HTTP upgrade, then frames. */
    private final class Frames extends SimpleChannelInboundHandler<Object> {

        private final WebSocketClientHandshaker handshaker;

        Frames(WebSocketClientHandshaker handshaker) {
            this.handshaker = handshaker;
        }

        @Override
        protected void channelRead0(ChannelHandlerContext ctx, Object message) {
            if (message instanceof FullHttpResponse response) {
                if (response.status().code() != 101) {
                    end("status " + response.status().code());
                    return;
                }
                handshaker.finishHandshake(ctx.channel(), response);
                if (path == Path.UPGRADE) {
                    ctx.writeAndFlush(new TextWebSocketFrame("2probe"));
                }
            } else if (message instanceof WebSocketFrame frame) {
                ByteBuf content = frame.content();
                if (frame instanceof TextWebSocketFrame) {
                    receive(content.toString(StandardCharsets.UTF_8));
                }
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close();
        }
    }

    private void receive(String packet) {
        if (packet.isEmpty()) {
            return;
        }
        switch (packet.charAt(0)) {
            case '0' -> sendRaw(join);
            case '1' -> end("closed by a packet");
            case '2' -> sendRaw("3");
            case '3' -> probed = true; // the current poll ends now, then the connection moves
            case '4' -> listener.message(this, packet.substring(1));
            default -> {
                // NOOP
            }
        }
    }

    private void sendRaw(String packet) {
        Channel channel = webSocket;
        if (channel != null && (path == Path.WEBSOCKET || upgraded)) {
            channel.writeAndFlush(new TextWebSocketFrame(packet));
        } else if (!packet.equals(join)) {
            unsent.add(packet);
            post();
        }
    }

    /** Moves to the WebSocket once no poll and no post is in progress. */
    private void upgraded() {
        Channel channel = webSocket;
        if (posting || polling || upgraded || channel == null) {
            return;
        }
        upgraded = true;
        channel.write(new TextWebSocketFrame("5"));
        for (String packet; (packet = unsent.poll()) != null; ) {
            channel.write(new TextWebSocketFrame(packet));
        }
        channel.flush();
        for (Exchange exchange : new Exchange[] {gets, posts}) {
            if (exchange != null && exchange.channel != null) {
                exchange.channel.close();
            }
        }
    }
}
