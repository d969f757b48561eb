package io.scarfall.engineio;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.haproxy.HAProxyCommand;
import io.netty.handler.codec.haproxy.HAProxyMessage;
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
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import io.scarfall.engineio.EngineError.Refusal;
import io.scarfall.engineio.packet.Bytes;
import io.scarfall.engineio.packet.Limit;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
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

    /** When a client that was refused for want of room should come again. */
    static final String RETRY_AFTER_SECONDS = "5";

    private final SessionRegistry sessions;
    private final EngineConfig config;
    private final Deque<HttpObject> pipelined = new ArrayDeque<>(0);
    private @Nullable Exchange current;

    /** What came behind the request for an upgrade: frames, for the transport that takes this handler's place. */
    private @Nullable ByteBuf behind;

    /** For whom a proxy said that it speaks, by the PROXY protocol. */
    private @Nullable InetSocketAddress proxied;

    private Awaited awaited = Awaited.FIRST_REQUEST;
    private long awaitedUntilNanos;
    private boolean isHeadComplete;

    /** The connection closes after an answer that was given: requests behind it have no effect (RFC 9112, section 9.6). */
    private boolean isLastAnswered;

    private @Nullable Future<?> timer;
    private long timerNanos;

    /** Null until this is in its pipeline. */
    private @Nullable HttpHoldings holdings;
    /** What of an answer waited for the client when it was looked at last, and how often it had taken nothing since. */
    private long unreadBytes;

    private int idleLooks;
    private boolean isStuck;

    /** What of the client is waited for, and only so long. */
    private enum Awaited {
        /** The head of the first request, of which nothing has come. */
        FIRST_REQUEST,
        /** The rest of a request's head. */
        HEAD,
        /** The rest of a request's body. */
        BODY,
        /** That it takes the answer to the last request. */
        READING,
        /** A further request, of which nothing has come. */
        REQUEST,
        /** Nothing: the server has to answer. */
        NOTHING
    }

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

        /** The session that is opened. */
        private @Nullable String openedId;

        /** Headers of the application's own answer; they win over those of all responses. */
        private Map<String, String> ownHeaders = Map.of();

        /** Whether pages of other origins may read the answer, as far as the policy lets them. */
        private boolean isShared = true;

        /** The session that this polls or posts to, and the body of a post while it is wanted. */
        private @Nullable EngineSession session;

        private @Nullable PartialBytes body;
        private long bodyBytes;
        private boolean isPosted;

        /** The part of the head that is more than usual. */
        private final long headBytes;

        Exchange(ChannelHandlerContext ctx, HttpRequest request) {
            this.ctx = ctx;
            this.request = request;
            handshake = handshake(ctx, request);
            headBytes = Math.max(0, handshake.length() - EngineSession.USUAL_HEAD_BYTES);
            keepsAlive = HttpUtil.isKeepAlive(request) && (!sessions.isDraining() || isOfSession());
        }

        /** What is held for this request; a body until the session has taken all its packets. */
        long heldBytes() {
            if (isAnswered && isRead) {
                return 0;
            }
            PartialBytes part = body;
            return headBytes + (part != null ? part.capacity() : isPosted && !isAnswered ? bodyBytes : 0);
        }

        /** Of one that takes leave: its client cannot connect again to fetch what is left. */
        private boolean isOfSession() {
            String sid = handshake.query("sid");
            return sid != null && sessions.session(sid) != null;
        }

        @Override
        public void reply(int status, String contentType, Bytes content, Consumer<@Nullable CloseReason> left) {
            onLoop(() -> {
                try {
                    answer(response(status, contentType, content), left);
                } catch (RuntimeException e) { // an application's headers failed: that costs the connection only
                    left.accept(null);
                    throw e;
                }
            });
        }

        @Override
        public void refuse(Refusal refusal) {
            onLoop(() -> {
                tellRefused(refusal.error().status(), refusal.message());
                FullHttpResponse response = response(refusal.error().status(), JSON, refusal.body());
                if (refusal.error().isPassing()) {
                    response.headers().set(HttpHeaderNames.RETRY_AFTER, RETRY_AFTER_SECONDS);
                }
                answer(response);
            });
        }

        private void tellRefused(int status, String reason) {
            if (!isAnswered) {
                sessions.refused(handshake, status, reason);
            }
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
            if (!cors.isEnabled() || !isShared) {
                return;
            }
            String origin = handshake.header("Origin");
            String allowed = cors.allowOrigin(origin);
            if (allowed != null) {
                headers.set(HttpHeaderNames.ACCESS_CONTROL_ALLOW_ORIGIN, allowed);
                if (cors.allowsCredentials(origin)) {
                    headers.set(HttpHeaderNames.ACCESS_CONTROL_ALLOW_CREDENTIALS, "true");
                }
            }
            if (cors.varies()) {
                headers.add(HttpHeaderNames.VARY, HttpHeaderNames.ORIGIN);
            }
        }

        void answer(FullHttpResponse response) {
            answer(response, failure -> {});
        }

        private void answer(FullHttpResponse response, Consumer<@Nullable CloseReason> left) {
            if (isAnswered || !ctx.channel().isActive()) {
                response.release();
                left.accept(CloseReason.TRANSPORT_ERROR);
                return;
            }
            isAnswered = true;
            String sessionId = session == null ? openedId : session.id();
            config.responseHeaders().add(new ResponseHead(handshake, sessionId, opensSession, response.headers()));
            ownHeaders.forEach((name, value) -> response.headers().set(name, value));
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
                isLastAnswered |= !keepsAlive;
            }
            ChannelFuture written = ctx.writeAndFlush(response).addListener(sent -> {
                if (!keepsAlive || !sent.isSuccess()) {
                    ctx.close();
                }
                left.accept(sent.isSuccess() ? null : lost());
            });
            if (!informational) {
                next(ctx);
            }
            reportHeld();
            if (!written.isDone()) {
                // In a task: an answer counts as unsent until its listeners have been told.
                written.addListener(sent -> ctx.executor().execute(EngineHttpHandler.this::reportHeld));
            }
        }
    }

    private void reportHeld() {
        if (holdings != null) {
            holdings.report(current == null ? 0 : current.heldBytes());
        }
    }

    /** Why an answer did not reach the network. */
    private CloseReason lost() {
        return isStuck ? CloseReason.TOO_SLOW : CloseReason.TRANSPORT_ERROR;
    }

    private Handshake handshake(ChannelHandlerContext ctx, HttpRequest request) {
        HttpHeaders headers = request.headers();
        InetSocketAddress peer = (InetSocketAddress) ctx.channel().remoteAddress();
        InetSocketAddress client = proxied == null ? peer : proxied;
        boolean isSecure = ctx.pipeline().get(SslHandler.class) != null;
        if (config.trustedProxies().contains(client)) {
            isSecure |= isForwardedSecurely(headers.getAll("X-Forwarded-Proto"));
            client = config.trustedProxies().client(client, headers.getAll("X-Forwarded-For"));
        }
        return new Handshake(
                request.method().name(),
                request.uri(),
                headers,
                client,
                peer,
                isSecure,
                Clock.systemUTC().instant());
    }

    /** What the nearest proxy said is at the end. */
    private static boolean isForwardedSecurely(List<String> values) {
        String last = values.isEmpty() ? "" : values.get(values.size() - 1);
        String scheme = last.substring(last.lastIndexOf(',') + 1).strip();
        return scheme.equalsIgnoreCase("https") || scheme.equalsIgnoreCase("wss");
    }

    // Reading requests

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        holdings = new HttpHoldings(ctx, sessions);
        await(ctx, Awaited.FIRST_REQUEST);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof SslHandshakeCompletionEvent handshake) {
            if (handshake.isSuccess()) {
                await(ctx, Awaited.FIRST_REQUEST);
            } else if (handshake.cause() instanceof SslHandshakeTimeoutException) {
                sessions.exceeded(Limit.TLS_HANDSHAKE_TIMEOUT);
            }
        }
        ctx.fireUserEventTriggered(event);
    }

    /** Says what is waited for now; the time for it begins. */
    private void await(ChannelHandlerContext ctx, Awaited what) {
        awaited = what;
        if (what != Awaited.NOTHING && !ctx.isRemoved()) {
            HttpLimits limits = config.http();
            Duration time = switch (what) {
                case REQUEST -> limits.idleTimeout();
                case READING -> config.slowTimeout().dividedBy(Backlog.LOOKS);
                case BODY -> limits.bodyTimeout();
                default -> limits.headTimeout();
            };
            awaitedUntilNanos = ctx.executor().ticker().nanoTime() + time.toNanos();
            startTimer(ctx);
        }
    }

    /**
     * One timer per connection: it is not moved when there is more time than when it was started, as there is with every
     * request of a busy connection, but looks again when it is due.
     */
    private void startTimer(ChannelHandlerContext ctx) {
        if (timer != null) {
            if (timerNanos - awaitedUntilNanos <= 0) {
                return;
            }
            timer.cancel(false);
        }
        timerNanos = awaitedUntilNanos;
        long delay = timerNanos - ctx.executor().ticker().nanoTime();
        timer = ctx.executor().schedule(() -> timeIsOver(ctx), delay, TimeUnit.NANOSECONDS);
    }

    private void timeIsOver(ChannelHandlerContext ctx) {
        timer = null;
        if (awaited == Awaited.NOTHING || isShakingHands(ctx)) { // which has a time of its own
            return;
        }
        if (awaitedUntilNanos - ctx.executor().ticker().nanoTime() > 0) {
            startTimer(ctx);
            return;
        }
        if (awaited == Awaited.READING && !isStuck(ctx)) {
            await(ctx, unreadBytes > 0 ? Awaited.READING : Awaited.REQUEST);
            return;
        }
        log.debug("client is too slow address={} awaited={}", ctx.channel().remoteAddress(), awaited);
        switch (awaited) {
            case REQUEST -> ctx.close();
            case READING -> {
                isStuck = true;
                sessions.exceeded(Limit.SLOW_TIMEOUT);
                // past TLS, which would wait for the client to read of the end
                ctx.channel().unsafe().close(ctx.channel().unsafe().voidPromise());
            }
            case FIRST_REQUEST -> {
                sessions.exceeded(Limit.HEAD_TIMEOUT);
                ctx.close();
            }
            case BODY -> {
                sessions.exceeded(Limit.BODY_TIMEOUT);
                refuseSlowBody(ctx);
            }
            default -> {
                sessions.exceeded(Limit.HEAD_TIMEOUT);
                refuse(ctx, HttpResponseStatus.REQUEST_TIMEOUT, Handshake.UNREAD);
            }
        }
    }

    /** Looks how much of an answer the client has taken; answers whether it takes nothing for too long. */
    private boolean isStuck(ChannelHandlerContext ctx) {
        long unread = WebSocketTransport.unsentBytes(ctx.channel());
        boolean progressed = unread == 0 || unreadBytes - unread >= Backlog.LEAST_PROGRESS_BYTES;
        if (progressed) {
            unreadBytes = unread;
        }
        idleLooks = progressed ? 0 : idleLooks + 1;
        return idleLooks >= Backlog.LOOKS;
    }

    private void refuseSlowBody(ChannelHandlerContext ctx) {
        Exchange exchange = current;
        EngineSession session = exchange == null ? null : exchange.session;
        if (exchange == null || exchange.isAnswered) {
            ctx.close();
        } else if (session != null && exchange.body != null) {
            awaited = Awaited.NOTHING;
            exchange.body = null;
            exchange.keepsAlive = false;
            session.execute(() -> session.refusePost(exchange, HttpResponseStatus.REQUEST_TIMEOUT.code()));
        } else {
            refuse(ctx, HttpResponseStatus.REQUEST_TIMEOUT, exchange.handshake);
        }
    }

    /** A client that does not read its answers gets no more of them. */
    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        ctx.channel().config().setAutoRead(ctx.channel().isWritable());
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (message instanceof ByteBuf bytes) {
            behind = bytes;
            return;
        }
        if (message instanceof HAProxyMessage header) {
            proxied = header.command() == HAProxyCommand.LOCAL
                    ? null // the proxy speaks for itself
                    : TrustedProxies.address(header.sourceAddress(), header.sourcePort());
            header.release();
            return;
        }
        isHeadComplete = true;
        HttpObject object = (HttpObject) message;
        if (current != null && current.isRead) {
            pipelined.add(object);
            if (holdings != null) {
                holdings.waits(object);
            }
            if (pipelined.size() == MAX_PIPELINED + 1) { // once: the rest of a read still comes
                log.debug(
                        "too many pipelined requests address={}", ctx.channel().remoteAddress());
                sessions.exceeded(Limit.PIPELINED_REQUESTS);
                ctx.close();
            }
            return;
        }
        read(ctx, object);
    }

    /** Also called when what came was not enough for a message. */
    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        boolean isBegun = !isHeadComplete;
        isHeadComplete = false;
        if (holdings != null) {
            if (isBegun) {
                holdings.unfinished();
            } else {
                holdings.finished();
            }
            reportHeld();
        }
        if (current != null) {
            awaitRestOf(ctx, current);
        } else if (isBegun && (awaited == Awaited.REQUEST || awaited == Awaited.READING)) {
            await(ctx, Awaited.HEAD);
        } else if (isBegun && awaited == Awaited.FIRST_REQUEST && !isShakingHands(ctx)) {
            awaited = Awaited.HEAD; // its time has begun with the connection
        }
    }

    private void awaitRestOf(ChannelHandlerContext ctx, Exchange exchange) {
        if (exchange.isRead) {
            awaited = Awaited.NOTHING;
        } else if (awaited != Awaited.BODY) {
            await(ctx, Awaited.BODY);
        }
    }

    private static boolean isShakingHands(ChannelHandlerContext ctx) {
        SslHandler tls = ctx.pipeline().get(SslHandler.class);
        return tls != null && !tls.handshakeFuture().isDone();
    }

    private void read(ChannelHandlerContext ctx, HttpObject object) {
        try {
            if (object instanceof HttpRequest
                    && (isLastAnswered || !ctx.channel().isActive())) {
                return; // nobody would get its answer
            }
            if (object.decoderResult().isFailure()) {
                refuseMalformed(ctx, object);
            } else if (object instanceof HttpRequest request) {
                HttpResponseStatus problem = RequestHead.problem(request);
                if (problem == null) {
                    current = new Exchange(ctx, request);
                    if (holdings != null) {
                        holdings.begins(current.handshake.address());
                    }
                    begin(current);
                } else {
                    log.debug(
                            "malformed request address={} status={}",
                            ctx.channel().remoteAddress(),
                            problem);
                    refuse(ctx, problem, handshake(ctx, request));
                }
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

    private void refuseMalformed(ChannelHandlerContext ctx, HttpObject object) {
        Throwable cause = object.decoderResult().cause();
        HttpResponseStatus status = HttpResponseStatus.BAD_REQUEST;
        if (object instanceof HttpRequest && cause instanceof TooLongHttpLineException) {
            sessions.exceeded(Limit.REQUEST_LINE);
            status = HttpResponseStatus.REQUEST_URI_TOO_LONG;
        } else if (cause instanceof BoundedHeaders.TooManyException) {
            sessions.exceeded(Limit.HEADERS);
            status = HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE;
        } else if (cause instanceof TooLongHttpHeaderException) {
            sessions.exceeded(Limit.HEADER_BYTES);
            status = HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE;
        }
        log.debug(
                "malformed request address={} error={}",
                ctx.channel().remoteAddress(),
                cause.getClass().getSimpleName());
        refuse(ctx, status, object instanceof HttpRequest request ? handshake(ctx, request) : Handshake.UNREAD);
    }

    /** Answers what is no good request, and reads no further one. */
    private void refuse(ChannelHandlerContext ctx, HttpResponseStatus status, Handshake request) {
        Exchange unfinished = current;
        current = null;
        if (unfinished != null && unfinished.isAnswered) { // and another answer would be taken for the next one
            ctx.close();
            return;
        }
        if (!ctx.channel().isWritable()) { // it does not even read the answers before
            HttpHoldings.cutOff(ctx.channel());
            return;
        }
        sessions.refused(request, status.code(), status.reasonPhrase());
        FullHttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, Unpooled.EMPTY_BUFFER);
        HttpHeaders headers = response.headers();
        config.responseHeaders().add(new ResponseHead(request, headers));
        headers.set(HttpHeaderNames.CONTENT_LENGTH, 0).set(HttpHeaderNames.CONNECTION, "close");
        if (unfinished != null) {
            unfinished.isAnswered = true;
            abort(unfinished);
        }
        ctx.pipeline().replace(this, null, new LingeringClose(response));
    }

    /** Goes on with the next request when the current one is read and answered. */
    private void next(ChannelHandlerContext ctx) {
        if (current == null || !current.isRead || !current.isAnswered) {
            return;
        }
        current = null;
        unreadBytes = WebSocketTransport.unsentBytes(ctx.channel());
        idleLooks = 0;
        await(ctx, unreadBytes > 0 ? Awaited.READING : Awaited.REQUEST);
        while (!pipelined.isEmpty() && (current == null || !current.isRead)) {
            HttpObject next = pipelined.remove();
            if (holdings != null) {
                holdings.goesOn(next);
            }
            read(ctx, next);
        }
        if (current != null) { // it came earlier, so no read of the channel will end
            awaitRestOf(ctx, current);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (current != null && !current.isAnswered) {
            abort(current);
        }
    }

    private static void abort(Exchange exchange) {
        EngineSession session = exchange.session;
        if (session != null) {
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
        awaited = Awaited.NOTHING;
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
        if (holdings != null) {
            holdings.end();
            holdings = null;
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof IOException || cause instanceof DecoderException) { // the peer's doing
            log.debug(
                    "connection lost address={} error={}",
                    ctx.channel().remoteAddress(),
                    LogText.of(cause.getMessage()));
        } else {
            log.error("request failed address={}", ctx.channel().remoteAddress(), cause);
        }
        ctx.close();
    }

    // Routing

    private void begin(Exchange exchange) {
        boolean isOurs = isOurs(exchange.handshake.path());
        String refusal = config.requests().refusal(exchange.handshake, isOurs);
        if (refusal != null) {
            exchange.isShared = false;
            if (isOurs && isUpgrade(exchange.request)) {
                refuseUpgrade(exchange, refusal);
            } else {
                exchange.refuse(new Refusal(EngineError.FORBIDDEN, refusal));
            }
        } else if (!isOurs) {
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
                log.error("fallback failed path={}", LogText.of(exchange.handshake.path()), error);
                exchange.refuse(HttpExchange.INTERNAL_ERROR);
            } else if (value == null) {
                exchange.reply(404, HttpExchange.TEXT, Bytes.utf8("Not Found"));
            } else {
                exchange.ownHeaders = value.headers();
                exchange.answer(exchange.response(value.status(), value.contentType(), value.body()));
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
        return request.protocolVersion().equals(HttpVersion.HTTP_1_1) // of an older client it is ignored (RFC 9110 7.8)
                && request.headers().containsValue(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET, true)
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
            if (holdings != null) {
                holdings.belongsTo(exchange.session);
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
        if (sessions.isDraining()) { // the connection is older than the drain
            exchange.keepsAlive = false;
            exchange.tellRefused(HttpExchange.UNAVAILABLE, "Server is shutting down");
            exchange.refuse(HttpExchange.UNAVAILABLE);
            return;
        }
        if (!sessions.mayConnect(
                exchange.handshake, exchange.ctx.executor().ticker().nanoTime())) {
            log.debug("connects too often address={}", LogText.of(exchange.handshake.address()));
            refused.accept(EngineError.TOO_MANY_REQUESTS.asRefusal());
            return;
        }
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
        log.error("admission guard failed path={}", LogText.of(exchange.handshake.path()), cause);
        return EngineError.FORBIDDEN.asRefusal();
    }

    private void checkVersion(Exchange exchange, Runnable admitted, Consumer<Refusal> refused) {
        if (!VERSION.equals(exchange.handshake.query("EIO"))) {
            refused.accept(EngineError.UNSUPPORTED_PROTOCOL_VERSION.asRefusal());
        } else if (exchange.ctx.channel().isActive()) {
            if (sessions.reserve(exchange.handshake)) {
                admitted.run();
            } else {
                log.debug("too many sessions address={}", LogText.of(exchange.handshake.address()));
                refused.accept(EngineError.OVERLOADED.asRefusal());
            }
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
        exchange.openedId = sessions.nextId();
        sessions.open(
                exchange.openedId,
                exchange.ctx.channel().eventLoop(),
                exchange.handshake,
                session -> new PollingTransport(session, exchange));
    }

    private void beginPost(Exchange exchange, EngineSession session) {
        session.execute(() -> session.beginPost(exchange));
        long length = HttpUtil.getContentLength(exchange.request, -1L);
        if ("application/octet-stream".equalsIgnoreCase(exchange.handshake.header("Content-Type"))) {
            session.execute(() -> session.refusePost(exchange, HttpExchange.BAD_REQUEST));
        } else if (length > session.maxMessageBytes()) {
            exchange.keepsAlive &= !HttpUtil.is100ContinueExpected(exchange.request); // else the body may come or not
            refuseTooLarge(exchange, session, length);
        } else {
            exchange.body = new PartialBytes(length < 0 ? session.maxMessageBytes() : (int) length);
            if (HttpUtil.is100ContinueExpected(exchange.request)) {
                exchange.ctx.writeAndFlush(new DefaultFullHttpResponse(
                        HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE, Unpooled.EMPTY_BUFFER));
            }
        }
    }

    private static void refuseTooLarge(Exchange exchange, EngineSession session, long length) {
        session.tooLarge(length);
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
        } else if (exchange.bodyBytes > session.maxMessageBytes()) {
            refuseTooLarge(exchange, session, exchange.bodyBytes);
        } else {
            exchange.body.add(content);
        }
    }

    private void endBody(Exchange exchange) {
        EngineSession session = exchange.session;
        if (exchange.isUpgrade && !exchange.isAnswered) {
            upgrade(exchange);
        } else if (exchange.body != null && session != null) {
            Bytes body = exchange.body.complete();
            exchange.body = null;
            exchange.isPosted = true;
            session.execute(() -> session.post(exchange, body));
        }
    }

    // Upgrading the connection to WebSocket (RFC 6455 section 4.2)

    private void upgrade(Exchange exchange) {
        EngineSession session = exchange.session;
        String whyNot = WebSocketHandshake.whyNot(exchange.handshake);
        if (whyNot != null) {
            refuseUpgrade(exchange, whyNot);
        } else if (session == null) {
            admit(
                    exchange,
                    () -> {
                        String id = sessions.nextId();
                        exchange.opensSession = true;
                        exchange.openedId = id;
                        try {
                            switchProtocols(exchange);
                        } catch (RuntimeException e) { // an application's headers failed
                            sessions.giveBack(exchange.handshake);
                            throw e;
                        }
                        EventLoop loop = exchange.ctx.channel().eventLoop();
                        sessions.open(id, loop, exchange.handshake, opened -> transport(exchange, opened));
                        leave(exchange);
                    },
                    refusal -> refuseUpgrade(exchange, refusal));
        } else {
            moveHome(exchange, session, () -> probe(exchange, session));
        }
    }

    private void probe(Exchange exchange, EngineSession session) {
        switchProtocols(exchange);
        WebSocketTransport candidate = transport(exchange, session);
        if (session.isUpgradable()) {
            session.probe(candidate);
        } else {
            sessions.refused(exchange.handshake, 101, "Session cannot be upgraded");
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
                .set(HttpHeaderNames.SEC_WEBSOCKET_ACCEPT, WebSocketHandshake.accept(exchange.handshake));
        String protocol = WebSocketHandshake.protocol(exchange.handshake);
        if (protocol != null) {
            response.headers().set(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL, protocol);
        }
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

    private static void refuseUpgrade(Exchange exchange, Refusal refusal) {
        if (refusal.error().isPassing()) {
            exchange.keepsAlive = false;
            exchange.refuse(refusal);
        } else {
            refuseUpgrade(exchange, refusal.message());
        }
    }

    /** Refuses an upgrade in plain words, as the reference implementation does, and closes the connection. */
    private static void refuseUpgrade(Exchange exchange, String message) {
        exchange.keepsAlive = false;
        exchange.tellRefused(HttpExchange.BAD_REQUEST, message);
        FullHttpResponse response = exchange.response(HttpExchange.BAD_REQUEST, HttpExchange.HTML, Bytes.utf8(message));
        response.headers().set(HttpHeaderNames.SEC_WEBSOCKET_VERSION, WebSocketHandshake.VERSIONS);
        exchange.answer(response);
    }
}
