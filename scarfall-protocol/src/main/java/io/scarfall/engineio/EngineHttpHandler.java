package io.scarfall.engineio;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.FastThreadLocal;
import io.netty.util.concurrent.Future;
import io.scarfall.engineio.EngineError.Refusal;
import io.scarfall.engineio.packet.Bytes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Routes the HTTP requests of one connection, one after the other: open, poll, post or upgrade, or what the application
 * answers itself; and answers those that break the protocol, in the order in which the reference implementation checks
 * them. Confined to the connection's event loop; polls and posts hop to the home loop of their session.
 */
final class EngineHttpHandler extends ChannelInboundHandlerAdapter {

    private static final Logger log = LoggerFactory.getLogger(EngineHttpHandler.class);

    /** The revision of the protocol, as clients name it. */
    private static final String VERSION = "4";

    /** How many parts of further requests may wait while one is being answered. */
    private static final int MAX_PIPELINED = 64;

    /**
     * How much is read of a body that nobody wants, in largest payloads: a connection that is closed while the peer still
     * writes loses the answer on its way.
     */
    private static final long DISCARDED_PAYLOADS = 10;

    /** How often a connection is looked at that waits for its client; it is closed if nothing has come since. */
    private static final long IDLE_SECONDS = 60;

    private static final FastThreadLocal<MessageDigest> SHA1 = new FastThreadLocal<>() {
        @Override
        protected MessageDigest initialValue() throws NoSuchAlgorithmException {
            return MessageDigest.getInstance("SHA-1");
        }
    };

    private final SessionRegistry sessions;
    private final EngineConfig config;
    private final Deque<HttpObject> pipelined = new ArrayDeque<>(0);
    private @Nullable Exchange current;

    /** What came behind the request for an upgrade: frames, for the transport that takes this handler's place. */
    private @Nullable ByteBuf behind;

    private @Nullable Future<?> idleCheck;
    private boolean isIdle;

    EngineHttpHandler(SessionRegistry sessions) {
        this.sessions = sessions;
        config = sessions.config();
    }

    /** A request of this connection, from its head until it is answered and read. */
    private final class Exchange implements HttpExchange {

        private final ChannelHandlerContext ctx;
        private final HttpRequest request;
        private final Handshake handshake;
        private boolean isUpgrade;
        private boolean isRead;
        private boolean isAnswered;
        private boolean keepsAlive;
        private boolean opensSession;

        /** The session that this polls or posts to, and the body of a post while it is wanted. */
        private @Nullable EngineSession session;

        private @Nullable ByteArrayOutputStream body;
        private long bodyBytes;

        Exchange(ChannelHandlerContext ctx, HttpRequest request) {
            this.ctx = ctx;
            this.request = request;
            keepsAlive = HttpUtil.isKeepAlive(request);
            handshake = new Handshake(
                    request.method().name(),
                    request.uri(),
                    request.headers(),
                    (InetSocketAddress) ctx.channel().remoteAddress(),
                    ctx.pipeline().get(SslHandler.class) != null,
                    Clock.systemUTC().instant());
        }

        @Override
        public void reply(int status, String contentType, Bytes content) {
            onLoop(() -> answer(response(status, contentType, content)));
        }

        @Override
        public void destroy() {
            onLoop(() -> ctx.close());
        }

        /** Runs a task on the connection's event loop. If it fails that costs the connection, and not the caller. */
        private void onLoop(Runnable task) {
            if (!ctx.executor().inEventLoop()) {
                ctx.executor().execute(() -> onLoop(task));
                return;
            }
            try {
                task.run();
            } catch (RuntimeException e) {
                exceptionCaught(ctx, e);
            }
        }

        FullHttpResponse response(int status, @Nullable String contentType, Bytes content) {
            FullHttpResponse response = new DefaultFullHttpResponse(
                    HttpVersion.HTTP_1_1,
                    HttpResponseStatus.valueOf(status),
                    Unpooled.wrappedBuffer(content.array(), content.offset(), content.length()));
            HttpHeaders headers = response.headers();
            if (contentType != null) {
                headers.set(HttpHeaderNames.CONTENT_TYPE, contentType);
                headers.set(HttpHeaderNames.CACHE_CONTROL, HttpHeaderValues.NO_STORE);
            }
            addCors(headers);
            return response;
        }

        private void addCors(HttpHeaders headers) {
            CorsPolicy cors = config.cors();
            if (!cors.isEnabled()) {
                return;
            }
            String allowed = cors.allowOrigin(handshake.header("Origin"));
            if (allowed != null) {
                headers.set(HttpHeaderNames.ACCESS_CONTROL_ALLOW_ORIGIN, allowed);
                if (cors.varies()) {
                    headers.set(HttpHeaderNames.ACCESS_CONTROL_ALLOW_CREDENTIALS, "true");
                }
            }
            if (cors.varies()) {
                headers.add(HttpHeaderNames.VARY, HttpHeaderNames.ORIGIN);
            }
        }

        void answer(FullHttpResponse response) {
            if (isAnswered || !ctx.channel().isActive()) {
                response.release();
                return;
            }
            isAnswered = true;
            config.responseHeaders()
                    .add(
                            handshake,
                            opensSession,
                            (name, value) -> response.headers().set(name, value));
            boolean informational = response.status().code() == 101;
            if (!informational && response.status().code() != 204) {
                response.headers()
                        .setInt(
                                HttpHeaderNames.CONTENT_LENGTH,
                                response.content().readableBytes());
            }
            if (request.method().equals(HttpMethod.HEAD)) {
                response.content().clear();
            }
            if (!informational) {
                HttpUtil.setKeepAlive(response.headers(), request.protocolVersion(), keepsAlive);
            }
            ctx.writeAndFlush(response).addListener(keepsAlive ? ChannelFutureListener.CLOSE_ON_FAILURE : CLOSE);
            if (!informational) {
                next(ctx);
            }
        }
    }

    private static final ChannelFutureListener CLOSE = ChannelFutureListener.CLOSE;

    // Reading requests

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        idleCheck = ctx.executor()
                .scheduleAtFixedRate(() -> closeIfIdle(ctx), IDLE_SECONDS, IDLE_SECONDS, TimeUnit.SECONDS);
    }

    private void closeIfIdle(ChannelHandlerContext ctx) {
        boolean waitsForClient = current == null || !current.isRead;
        if (isIdle && waitsForClient) {
            log.debug("idle connection address={}", ctx.channel().remoteAddress());
            ctx.close();
        }
        isIdle = true;
    }

    /** A client that does not read its answers gets no more of them. */
    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        ctx.channel().config().setAutoRead(ctx.channel().isWritable());
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        isIdle = false;
        if (message instanceof ByteBuf bytes) {
            behind = bytes;
            return;
        }
        HttpObject object = (HttpObject) message;
        if (current != null && current.isRead) {
            pipelined.add(object);
            if (pipelined.size() > MAX_PIPELINED) {
                log.debug(
                        "too many pipelined requests address={}", ctx.channel().remoteAddress());
                ctx.close();
            }
            return;
        }
        read(ctx, object);
    }

    private void read(ChannelHandlerContext ctx, HttpObject object) {
        try {
            if (object.decoderResult().isFailure()) {
                refuseMalformed(ctx, object);
            } else if (object instanceof HttpRequest request) {
                current = new Exchange(ctx, request);
                begin(current);
            } else if (object instanceof HttpContent content && current != null) {
                continueBody(current, content.content());
                if (object instanceof LastHttpContent) {
                    current.isRead = true;
                    endBody(current);
                    next(ctx);
                }
            }
        } finally {
            ReferenceCountUtil.release(object);
        }
    }

    private static void refuseMalformed(ChannelHandlerContext ctx, HttpObject object) {
        log.debug(
                "malformed request address={} error={}",
                ctx.channel().remoteAddress(),
                object.decoderResult().cause().getClass().getSimpleName());
        FullHttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, HttpResponseStatus.BAD_REQUEST, Unpooled.EMPTY_BUFFER);
        response.headers().set(HttpHeaderNames.CONTENT_LENGTH, 0).set(HttpHeaderNames.CONNECTION, "close");
        ctx.writeAndFlush(response).addListener(CLOSE);
    }

    /** Goes on with the next request when the current one is read and answered. */
    private void next(ChannelHandlerContext ctx) {
        if (current == null || !current.isRead || !current.isAnswered) {
            return;
        }
        current = null;
        while (!pipelined.isEmpty() && (current == null || !current.isRead)) {
            read(ctx, pipelined.remove());
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        Exchange exchange = current;
        if (exchange != null && !exchange.isAnswered && exchange.session != null) {
            EngineSession session = exchange.session;
            session.execute(() -> session.aborted(exchange));
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        pipelined.forEach(ReferenceCountUtil::release);
        pipelined.clear();
        if (behind != null) {
            behind.release();
            behind = null;
        }
        if (idleCheck != null) {
            idleCheck.cancel(false);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof IOException || cause instanceof DecoderException) { // the peer's doing
            log.debug("connection lost address={} error={}", ctx.channel().remoteAddress(), cause.getMessage());
        } else {
            log.error("request failed address={}", ctx.channel().remoteAddress(), cause);
        }
        ctx.close();
    }

    // Routing

    private void begin(Exchange exchange) {
        if (!isOurs(exchange.handshake.path())) {
            fallBack(exchange);
        } else if (config.cors().isEnabled() && exchange.request.method().equals(HttpMethod.OPTIONS)) {
            exchange.answer(preflight(exchange));
        } else {
            exchange.isUpgrade = isUpgrade(exchange.request);
            EngineError error = verify(exchange);
            if (error == null && !exchange.isUpgrade) {
                serve(exchange);
            } else if (error != null && exchange.isUpgrade) {
                refuseUpgrade(exchange, error.asRefusal().message());
            } else if (error != null) {
                exchange.refuse(error);
            }
        }
    }

    /** Whether the protocol answers a path; scripts below it, such as a client to download, are the application's. */
    private boolean isOurs(String path) {
        String ours = config.path();
        return path.startsWith(ours)
                && (path.length() == ours.length() || path.charAt(ours.length()) == '/')
                && !path.endsWith(".js")
                && !path.endsWith(".js.map");
    }

    private void fallBack(Exchange exchange) {
        CompletionStage<HttpReply> reply;
        try {
            reply = config.fallback().answer(exchange.handshake);
        } catch (RuntimeException e) {
            reply = CompletableFuture.failedStage(e);
        }
        if (reply == null) {
            reply = CompletableFuture.completedStage(null);
        }
        reply.whenComplete((value, error) -> exchange.onLoop(() -> {
            if (error != null) {
                log.error("fallback failed path={}", exchange.handshake.path(), error);
                exchange.refuse(HttpExchange.INTERNAL_ERROR);
            } else if (value == null) {
                exchange.reply(404, HttpExchange.TEXT, Bytes.utf8("Not Found"));
            } else {
                FullHttpResponse response = exchange.response(value.status(), value.contentType(), value.body());
                value.headers().forEach((name, text) -> response.headers().set(name, text));
                exchange.answer(response);
            }
        }));
    }

    private static FullHttpResponse preflight(Exchange exchange) {
        FullHttpResponse response = exchange.response(204, null, Bytes.EMPTY);
        HttpHeaders headers = response.headers();
        headers.set(HttpHeaderNames.ACCESS_CONTROL_ALLOW_METHODS, "GET,HEAD,PUT,PATCH,POST,DELETE");
        String requested = exchange.handshake.header("Access-Control-Request-Headers");
        if (requested != null) {
            headers.set(HttpHeaderNames.ACCESS_CONTROL_ALLOW_HEADERS, requested);
            headers.add(HttpHeaderNames.VARY, HttpHeaderNames.ACCESS_CONTROL_REQUEST_HEADERS);
        }
        return response;
    }

    private static boolean isUpgrade(HttpRequest request) {
        return request.headers().containsValue(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET, true)
                && request.headers().containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE, true);
    }

    /** Checks a request in the order of the reference implementation; null if it may go on. */
    private @Nullable EngineError verify(Exchange exchange) {
        Handshake request = exchange.handshake;
        String transport = request.query("transport");
        boolean websocket = "websocket".equals(transport);
        if (websocket ? !config.allowsWebSocket() : !config.allowsPolling() || !"polling".equals(transport)) {
            return EngineError.TRANSPORT_UNKNOWN;
        }
        boolean get = exchange.request.method().equals(HttpMethod.GET);
        String sid = request.query("sid");
        if (sid != null && !sid.isEmpty()) {
            exchange.session = sessions.session(sid);
            if (exchange.session == null) {
                return EngineError.SESSION_ID_UNKNOWN;
            }
            return websocket != exchange.isUpgrade || (websocket && !get) || !VERSION.equals(request.query("EIO"))
                    ? EngineError.BAD_REQUEST
                    : null;
        }
        if (!get) {
            return EngineError.BAD_HANDSHAKE_METHOD;
        }
        return websocket != exchange.isUpgrade ? EngineError.BAD_REQUEST : null;
    }

    /** Asks whether a request may open a session, then goes on on the connection's event loop. */
    private void admit(Exchange exchange, Runnable admitted, Consumer<Refusal> refused) {
        CompletionStage<?> verdict;
        try {
            verdict = config.admission().admit(exchange.handshake);
        } catch (AdmissionRefusedException | RuntimeException e) {
            refused.accept(refusal(exchange, e));
            return;
        }
        if (verdict == null) {
            checkVersion(exchange, admitted, refused);
            return;
        }
        verdict.whenComplete((value, error) -> exchange.onLoop(() -> {
            if (error == null) {
                checkVersion(exchange, admitted, refused);
            } else {
                refused.accept(refusal(exchange, error));
            }
        }));
    }

    private static Refusal refusal(Exchange exchange, Throwable error) {
        Throwable cause = error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
        if (cause instanceof AdmissionRefusedException refused) {
            return new Refusal(EngineError.FORBIDDEN, String.valueOf(refused.getMessage()));
        }
        log.error("admission guard failed path={}", exchange.handshake.path(), cause);
        return EngineError.FORBIDDEN.asRefusal();
    }

    private static void checkVersion(Exchange exchange, Runnable admitted, Consumer<Refusal> refused) {
        if (!VERSION.equals(exchange.handshake.query("EIO"))) {
            refused.accept(EngineError.UNSUPPORTED_PROTOCOL_VERSION.asRefusal());
        } else if (exchange.ctx.channel().isActive()) {
            admitted.run();
        }
    }

    // Opening, polling and posting

    private void serve(Exchange exchange) {
        EngineSession session = exchange.session;
        HttpMethod method = exchange.request.method();
        if (session == null) {
            admit(exchange, () -> openPolling(exchange), exchange::refuse);
        } else if (method.equals(HttpMethod.GET)) {
            session.execute(() -> session.poll(exchange));
        } else if (method.equals(HttpMethod.POST)) {
            beginPost(exchange, session);
        } else {
            exchange.refuse(HttpExchange.INTERNAL_ERROR);
        }
    }

    private void openPolling(Exchange exchange) {
        exchange.opensSession = true;
        sessions.open(
                exchange.ctx.channel().eventLoop(),
                exchange.handshake,
                session -> new PollingTransport(session, exchange));
    }

    private void beginPost(Exchange exchange, EngineSession session) {
        session.execute(() -> session.beginPost(exchange));
        if ("application/octet-stream".equalsIgnoreCase(exchange.handshake.header("Content-Type"))) {
            session.execute(() -> session.refusePost(exchange, HttpExchange.BAD_REQUEST));
        } else if (HttpUtil.getContentLength(exchange.request, 0L) > config.maxPayloadBytes()) {
            exchange.keepsAlive &= !HttpUtil.is100ContinueExpected(exchange.request); // else the body may come or not
            refuseTooLarge(exchange, session);
        } else {
            exchange.body = new ByteArrayOutputStream(0);
            if (HttpUtil.is100ContinueExpected(exchange.request)) {
                exchange.ctx.writeAndFlush(new DefaultFullHttpResponse(
                        HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE, Unpooled.EMPTY_BUFFER));
            }
        }
    }

    private static void refuseTooLarge(Exchange exchange, EngineSession session) {
        exchange.body = null;
        session.execute(() -> session.refusePost(exchange, HttpExchange.TOO_LARGE));
    }

    private void continueBody(Exchange exchange, ByteBuf content) {
        exchange.bodyBytes += content.readableBytes();
        EngineSession session = exchange.session;
        if (exchange.body == null || session == null) {
            if (exchange.bodyBytes > DISCARDED_PAYLOADS * config.maxPayloadBytes()) {
                exchange.ctx.close();
            }
        } else if (exchange.bodyBytes > config.maxPayloadBytes()) {
            refuseTooLarge(exchange, session);
        } else {
            exchange.body.writeBytes(ByteBufUtil.getBytes(content));
        }
    }

    private void endBody(Exchange exchange) {
        EngineSession session = exchange.session;
        if (exchange.isUpgrade && !exchange.isAnswered) {
            upgrade(exchange);
        } else if (exchange.body != null && session != null) {
            Bytes body = Bytes.wrap(exchange.body.toByteArray());
            exchange.body = null;
            session.execute(() -> session.post(exchange, body));
        }
    }

    // Upgrading the connection to WebSocket (RFC 6455 section 4.2)

    private void upgrade(Exchange exchange) {
        EngineSession session = exchange.session;
        if (!"13".equals(exchange.handshake.header("Sec-WebSocket-Version"))) {
            refuseUpgrade(exchange, "Missing or invalid Sec-WebSocket-Version header");
        } else if (!isKey(exchange.handshake.header("Sec-WebSocket-Key"))) {
            refuseUpgrade(exchange, "Missing or invalid Sec-WebSocket-Key header");
        } else if (session == null) {
            admit(
                    exchange,
                    () -> {
                        exchange.opensSession = true;
                        switchProtocols(exchange);
                        EventLoop loop = exchange.ctx.channel().eventLoop();
                        sessions.open(loop, exchange.handshake, opened -> transport(exchange, opened));
                        leave(exchange);
                    },
                    refusal -> refuseUpgrade(exchange, refusal.message()));
        } else {
            moveHome(exchange, session, () -> probe(exchange, session));
        }
    }

    private static boolean isKey(@Nullable String key) {
        return key != null && key.length() == 24 && key.endsWith("==");
    }

    private static String accept(String key) {
        MessageDigest sha1 = SHA1.get();
        byte[] digest = sha1.digest((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").getBytes(StandardCharsets.US_ASCII));
        return Base64.getEncoder().encodeToString(digest);
    }

    private void probe(Exchange exchange, EngineSession session) {
        switchProtocols(exchange);
        WebSocketTransport candidate = transport(exchange, session);
        if (session.isUpgradable()) {
            session.probe(candidate);
        } else {
            candidate.close(false, () -> {}); // as the reference implementation: clients take a refusal badly here
        }
        leave(exchange);
    }

    /** Moves a connection to the home loop of the session that it belongs to from now on. */
    private static void moveHome(Exchange exchange, EngineSession session, Runnable moved) {
        Channel channel = exchange.ctx.channel();
        if (session.isHome() || !(session.home() instanceof EventLoop home)) {
            moved.run();
            return;
        }
        channel.config().setAutoRead(false);
        channel.deregister()
                .addListener(left -> home.register(channel).addListener(registered -> {
                    if (!registered.isSuccess()) {
                        channel.close();
                    } else if (channel.isActive()) {
                        exchange.onLoop(moved);
                    }
                }));
    }

    /** Answers the request for an upgrade, and speaks no HTTP from then on. */
    private void switchProtocols(Exchange exchange) {
        FullHttpResponse response = exchange.response(101, null, Bytes.EMPTY);
        response.headers()
                .set(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET)
                .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE)
                .set(
                        HttpHeaderNames.SEC_WEBSOCKET_ACCEPT,
                        accept(String.valueOf(exchange.handshake.header("Sec-WebSocket-Key"))));
        exchange.answer(response);
        exchange.ctx.pipeline().remove(HttpServerCodec.class);
    }

    private static WebSocketTransport transport(Exchange exchange, EngineSession session) {
        WebSocketTransport transport = new WebSocketTransport(session, exchange.ctx.channel());
        exchange.ctx.pipeline().addLast(transport);
        return transport;
    }

    /** Leaves the connection to the transport, once its session can take what came behind the request. */
    private void leave(Exchange exchange) {
        ChannelHandlerContext ctx = exchange.ctx;
        if (behind != null) {
            ByteBuf frames = behind;
            behind = null;
            ctx.fireChannelRead(frames);
            ctx.fireChannelReadComplete();
        }
        ctx.pipeline().remove(this);
        ctx.channel().config().setAutoRead(true);
    }

    /** Refuses an upgrade in plain words, as the reference implementation does, and closes the connection. */
    private static void refuseUpgrade(Exchange exchange, String message) {
        exchange.keepsAlive = false;
        FullHttpResponse response = exchange.response(HttpExchange.BAD_REQUEST, HttpExchange.HTML, Bytes.utf8(message));
        response.headers().set(HttpHeaderNames.SEC_WEBSOCKET_VERSION, "13");
        exchange.answer(response);
    }
}
