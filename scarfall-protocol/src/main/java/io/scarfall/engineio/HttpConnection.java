package io.scarfall.engineio;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.haproxy.HAProxyCommand;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import io.netty.util.ReferenceCountUtil;
import io.scarfall.engineio.internal.InMemory;
import io.scarfall.engineio.internal.LogText;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection that speaks HTTP. It reads the requests, one after the other, and hands them to the {@link
 * EngineRouter}. A pipelined request waits here until the request before it is answered. Confined to the connection's
 * event loop.
 */
final class HttpConnection extends ChannelInboundHandlerAdapter implements Exchange.Owner, RequestTimer.Listener {

    private static final Logger log = LoggerFactory.getLogger(HttpConnection.class);

    /** How many parts of pipelined requests may wait. */
    private static final int MAX_PIPELINED = 64;

    private final SessionRegistry sessions;
    private final EngineRouter router;
    private final RequestTimer timer;
    private final HttpHoldings holdings;
    private final Deque<HttpObject> pipelined = new ArrayDeque<>(0);
    private @Nullable Exchange current;

    /** The frames that came after the request for an upgrade, for the transport that replaces this handler. */
    private @Nullable ByteBuf trailing;

    /** The client's address by the PROXY protocol; null without that protocol. */
    private @Nullable InetSocketAddress proxied;

    private boolean isHeadComplete;

    /**
     * Whether the last answer was given, after which the connection closes: further requests have no effect (RFC 9112,
     * section 9.6).
     */
    private boolean isLastAnswered;

    private boolean isStuck;

    HttpConnection(Channel channel, SessionRegistry sessions, EngineRouter router) {
        this.sessions = sessions;
        this.router = router;
        timer = new RequestTimer(sessions.config(), this);
        holdings = new HttpHoldings(channel, sessions);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        timer.awaitFirstRequest(ctx);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof SslHandshakeCompletionEvent handshake) {
            if (handshake.isSuccess()) {
                timer.awaitFirstRequest(ctx);
            } else if (handshake.cause() instanceof SslHandshakeTimeoutException) {
                sessions.exceeded(Limit.TLS_HANDSHAKE_TIMEOUT);
            }
        }
        ctx.fireUserEventTriggered(event);
    }

    @Override
    public void tooSlow(ChannelHandlerContext ctx, RequestTimer.Awaited what) {
        log.debug(
                "client is too slow, closing address={} awaited={}",
                ctx.channel().remoteAddress(),
                what);
        switch (what) {
            case REQUEST -> ctx.close();
            case READING -> {
                isStuck = true;
                sessions.exceeded(Limit.SLOW_TIMEOUT);
                // bypasses TLS, which would wait until the client reads
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

    private void refuseSlowBody(ChannelHandlerContext ctx) {
        Exchange exchange = current;
        if (exchange == null || exchange.isAnswered()) {
            ctx.close();
        } else if (router.refuseSlowBody(exchange)) {
            timer.awaitNothing();
        } else {
            refuse(ctx, HttpResponseStatus.REQUEST_TIMEOUT, exchange.handshake());
        }
    }

    // Reading requests

    /** While a client does not read its answers, none of its further requests is read. */
    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        ctx.channel().config().setAutoRead(ctx.channel().isWritable());
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (message instanceof ByteBuf bytes) {
            trailing = bytes;
            return;
        }
        if (message instanceof HAProxyMessage header) {
            proxied = header.command() == HAProxyCommand.LOCAL
                    ? null // the proxy itself is the client, as for a health check
                    : TrustedProxies.address(header.sourceAddress(), header.sourcePort());
            header.release();
            return;
        }
        isHeadComplete = true;
        HttpObject object = (HttpObject) message;
        if (current != null && current.isRead()) {
            pipelined.add(object);
            holdings.waits(object);
            if (pipelined.size() == MAX_PIPELINED + 1) { // only once: the rest of the read still comes
                log.debug(
                        "too many pipelined requests, closing address={}",
                        ctx.channel().remoteAddress());
                sessions.exceeded(Limit.PIPELINED_REQUESTS);
                ctx.close();
            }
            return;
        }
        read(ctx, object);
    }

    /** Netty calls this also if the bytes that came do not complete a message. */
    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        boolean isBegun = !isHeadComplete;
        isHeadComplete = false;
        if (isBegun) {
            holdings.unfinished();
        } else {
            holdings.finished();
        }
        reportHeld();
        if (current != null) {
            awaitRestOf(ctx, current);
        } else if (isBegun) {
            timer.awaitHead(ctx);
        }
    }

    private void awaitRestOf(ChannelHandlerContext ctx, Exchange exchange) {
        if (exchange.isRead()) {
            timer.awaitNothing();
        } else {
            timer.awaitBody(ctx);
        }
    }

    private void read(ChannelHandlerContext ctx, HttpObject object) {
        try {
            if (object instanceof HttpRequest
                    && (isLastAnswered || !ctx.channel().isActive())) {
                return; // no client would get its answer
            }
            if (object.decoderResult().isFailure()) {
                refuseMalformed(ctx, object);
            } else if (object instanceof HttpRequest request) {
                begin(ctx, request);
            } else if (object instanceof HttpContent content && current != null) {
                router.continueBody(current, content.content());
                if (object instanceof LastHttpContent) {
                    current.endRead();
                    router.endBody(current);
                    next(ctx);
                }
            }
        } finally {
            ReferenceCountUtil.release(object);
        }
    }

    private void begin(ChannelHandlerContext ctx, HttpRequest request) {
        Handshake handshake = handshake(ctx, request);
        HttpResponseStatus problem = RequestHead.problem(request);
        if (problem == null) {
            current = new Exchange(ctx, sessions, this, request, handshake);
            holdings.begins(handshake.address());
            router.begin(current);
        } else {
            log.debug("malformed request address={} status={}", ctx.channel().remoteAddress(), problem);
            refuse(ctx, problem, handshake);
        }
    }

    private Handshake handshake(ChannelHandlerContext ctx, HttpRequest request) {
        HttpHeaders headers = request.headers();
        InetSocketAddress peer = InMemory.peer(ctx.channel());
        InetSocketAddress client = proxied == null ? peer : proxied;
        boolean isSecure = ctx.pipeline().get(SslHandler.class) != null;
        if (sessions.config().trustedProxies().contains(client)) {
            isSecure |= isForwardedSecurely(headers.getAll("X-Forwarded-Proto"));
            client = sessions.config().trustedProxies().client(client, headers.getAll("X-Forwarded-For"));
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

    /** The nearest proxy appends its value at the end. */
    private static boolean isForwardedSecurely(List<String> values) {
        String last = values.isEmpty() ? "" : values.get(values.size() - 1);
        String scheme = last.substring(last.lastIndexOf(',') + 1).strip();
        return scheme.equalsIgnoreCase("https") || scheme.equalsIgnoreCase("wss");
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

    /** Answers a request that is refused because of its HTTP, and then closes the connection. */
    private void refuse(ChannelHandlerContext ctx, HttpResponseStatus status, Handshake request) {
        Exchange unfinished = current;
        current = null;
        if (unfinished != null
                && unfinished.isAnswered()) { // the client would take a second answer for that of its next request
            ctx.close();
            return;
        }
        if (!ctx.channel().isWritable()) { // the client does not even read earlier answers
            ChannelOutput.cutOff(ctx.channel());
            return;
        }
        sessions.refused(request, status.code(), status.reasonPhrase());
        FullHttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, Unpooled.EMPTY_BUFFER);
        HttpHeaders headers = response.headers();
        sessions.config().responseHeaders().add(new ResponseHead(request, headers));
        headers.set(HttpHeaderNames.CONTENT_LENGTH, 0).set(HttpHeaderNames.CONNECTION, "close");
        if (unfinished != null) {
            unfinished.giveUp();
            router.abort(unfinished);
        }
        ctx.pipeline().replace(this, null, new LingeringClose(response));
    }

    // Calls of a request to its connection

    @Override
    public void answered(ChannelHandlerContext ctx, Exchange exchange) {
        isLastAnswered |= !exchange.keepsAlive();
        next(ctx);
    }

    /** Begins the next request, if the current one is read and answered. */
    private void next(ChannelHandlerContext ctx) {
        if (current == null || !current.isRead() || !current.isAnswered()) {
            return;
        }
        current = null;
        timer.awaitRequest(ctx);
        while (!pipelined.isEmpty() && (current == null || !current.isRead())) {
            HttpObject next = pipelined.remove();
            holdings.goesOn(next);
            read(ctx, next);
        }
        if (current != null) { // it was read before, so no channelReadComplete follows
            awaitRestOf(ctx, current);
        }
    }

    @Override
    public void reportHeld() {
        holdings.report(current == null ? 0 : current.heldBytes());
    }

    @Override
    public void belongsTo(Session session) {
        holdings.belongsTo(session);
    }

    @Override
    public CloseReason lost() {
        return isStuck ? CloseReason.TOO_SLOW : CloseReason.TRANSPORT_ERROR;
    }

    @Override
    public void failed(ChannelHandlerContext ctx, Throwable cause) {
        exceptionCaught(ctx, cause);
    }

    @Override
    public void leave(ChannelHandlerContext ctx) {
        if (trailing != null) {
            ByteBuf frames = trailing;
            trailing = null;
            ctx.fireChannelRead(frames);
            ctx.fireChannelReadComplete();
        }
        ctx.pipeline().remove(this);
        ctx.channel().config().setAutoRead(true);
    }

    // The end

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (current != null && !current.isAnswered()) {
            router.abort(current);
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        pipelined.forEach(ReferenceCountUtil::release);
        pipelined.clear();
        if (trailing != null) {
            trailing.release();
            trailing = null;
        }
        timer.stop();
        holdings.end();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof IOException || cause instanceof DecoderException) { // caused by the peer
            log.debug(
                    "connection lost address={} error={}",
                    ctx.channel().remoteAddress(),
                    LogText.of(cause.getMessage()));
        } else {
            log.error("request failed address={}", ctx.channel().remoteAddress(), cause);
        }
        ctx.close();
    }
}
