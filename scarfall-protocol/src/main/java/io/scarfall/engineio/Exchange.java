package io.scarfall.engineio;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.scarfall.engineio.EngineError.Refusal;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A request of one connection, from its head until it is read and answered. Confined to the connection's event loop,
 * except for the methods of {@link HttpExchange}, which continue there.
 */
final class Exchange implements HttpExchange {

    /** After how many seconds a client that was refused by a limit should retry. */
    static final String RETRY_AFTER_SECONDS = "5";

    /** The connection that carries the requests, one after the other. */
    interface Owner {

        /** The answer to a request was written. */
        void answered(ChannelHandlerContext ctx, Exchange exchange);

        /** The memory that is held for the connection may have changed. */
        void reportHeld();

        /** Requests of the connection belong to a session. */
        void belongsTo(Session session);

        /** Why an answer did not reach the network. */
        CloseReason lost();

        /** A request failed; the connection closes. */
        void failed(ChannelHandlerContext ctx, Throwable cause);

        /** The connection no longer speaks HTTP. What came after the request goes to the handlers after this one. */
        void leave(ChannelHandlerContext ctx);
    }

    private final ChannelHandlerContext ctx;
    private final SessionRegistry sessions;
    private final Owner owner;
    private final HttpRequest request;
    private final Handshake handshake;

    /** How much larger than usual the head is. */
    private final long headBytes;

    private boolean isUpgrade;
    private boolean isRead;
    private boolean isAnswered;
    private boolean keepsAlive;

    /** Whether pages of other origins may read the answer, if the policy allows them. */
    private boolean isShared = true;

    /** The id of the session that the request opens. */
    private @Nullable String openedId;

    /** The session that the request polls, posts to or upgrades. */
    private @Nullable Session session;

    /** The body of a POST while the session wants it. */
    private @Nullable PartialBytes body;

    private long bodyBytes;
    private boolean isPosted;

    Exchange(
            ChannelHandlerContext ctx,
            SessionRegistry sessions,
            Owner owner,
            HttpRequest request,
            Handshake handshake) {
        this.ctx = ctx;
        this.sessions = sessions;
        this.owner = owner;
        this.request = request;
        this.handshake = handshake;
        headBytes = handshake.heldBytes();
        keepsAlive = HttpUtil.isKeepAlive(request) && (!sessions.isDraining() || isOfSession());
    }

    /** While the server drains, the client of a session that is ending could not reconnect to fetch what is left. */
    private boolean isOfSession() {
        String sid = handshake.query("sid");
        return sid != null && sessions.session(sid) != null;
    }

    // The request

    ChannelHandlerContext ctx() {
        return ctx;
    }

    Owner owner() {
        return owner;
    }

    HttpRequest request() {
        return request;
    }

    HttpMethod method() {
        return request.method();
    }

    Handshake handshake() {
        return handshake;
    }

    /** Marks the request: when it is read, the connection becomes a WebSocket. */
    void expectUpgrade() {
        isUpgrade = true;
    }

    boolean isUpgrade() {
        return isUpgrade;
    }

    /** Sets the session that the request belongs to. */
    void belongsTo(Session known) {
        session = known;
        owner.belongsTo(known);
    }

    @Nullable
    Session session() {
        return session;
    }

    /** Sets the id of the session that the request opens. */
    void opens(String sessionId) {
        openedId = sessionId;
    }

    // The body

    /** Starts to keep the body. */
    void collect(int expectedBytes) {
        body = new PartialBytes(expectedBytes);
    }

    boolean isCollecting() {
        return body != null;
    }

    /** From now on ignores the body. */
    void discardBody() {
        body = null;
    }

    /**
     * Counts a part of the body.
     *
     * @return how many bytes have come so far
     */
    long came(ByteBuf content) {
        bodyBytes += content.readableBytes();
        return bodyBytes;
    }

    void add(ByteBuf content) {
        if (body != null) {
            body.add(content);
        }
    }

    /** Hands the body over to the session; null if the body is not wanted. */
    @Nullable
    Bytes takeBody() {
        if (body == null) {
            return null;
        }
        Bytes complete = body.complete();
        body = null;
        isPosted = true;
        return complete;
    }

    void endRead() {
        isRead = true;
    }

    boolean isRead() {
        return isRead;
    }

    /** How many bytes are held for this request; a body counts until the session has taken all its packets. */
    long heldBytes() {
        if (isAnswered && isRead) {
            return 0;
        }
        PartialBytes part = body;
        return headBytes + (part != null ? part.capacity() : isPosted && !isAnswered ? bodyBytes : 0);
    }

    // The answer

    boolean isAnswered() {
        return isAnswered;
    }

    /** Makes the connection close after the answer. */
    void closesAfterAnswer() {
        keepsAlive = false;
    }

    boolean keepsAlive() {
        return keepsAlive;
    }

    /** Forbids pages of other origins to read the answer, whatever the CORS policy is. */
    void isNotShared() {
        isShared = false;
    }

    /** Marks the request as answered: the connection itself has given its last answer. */
    void giveUp() {
        isAnswered = true;
    }

    @Override
    public void reply(int status, String contentType, Bytes content, Consumer<@Nullable CloseReason> left) {
        onLoop(() -> {
            try {
                answer(response(status, contentType, content), Map.of(), left);
            } catch (RuntimeException e) { // an application's headers failed: that costs the connection only
                left.accept(null);
                throw e;
            }
        });
    }

    @Override
    public void refuse(Refusal refusal) {
        onLoop(() -> {
            reportRefused(refusal.error().status(), refusal.message());
            FullHttpResponse response = response(refusal.error().status(), JSON, refusal.body());
            if (refusal.error().isTemporary()) {
                response.headers().set(HttpHeaderNames.RETRY_AFTER, RETRY_AFTER_SECONDS);
            }
            answer(response);
        });
    }

    /** Calls the {@link RefusalListener}, if the request is not answered yet. */
    void reportRefused(int status, String reason) {
        if (!isAnswered) {
            sessions.refused(handshake, status, reason);
        }
    }

    @Override
    public void destroy() {
        onLoop(() -> ctx.close());
    }

    /**
     * Runs a task on the connection's event loop. If the task fails, the connection closes; the caller is not affected.
     */
    void onLoop(Runnable task) {
        if (!ctx.executor().inEventLoop()) {
            ctx.executor().execute(() -> onLoop(task));
            return;
        }
        try {
            task.run();
        } catch (RuntimeException e) {
            owner.failed(ctx, e);
        }
    }

    /** @param contentType null for an answer without a body */
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
        CorsPolicy cors = sessions.config().cors();
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
        answer(response, Map.of());
    }

    /** @param ownHeaders headers of the application's own answer; they replace those of all responses */
    void answer(FullHttpResponse response, Map<String, String> ownHeaders) {
        answer(response, ownHeaders, failure -> {});
    }

    private void answer(
            FullHttpResponse response, Map<String, String> ownHeaders, Consumer<@Nullable CloseReason> left) {
        if (isAnswered || !ctx.channel().isActive()) {
            response.release();
            left.accept(CloseReason.TRANSPORT_ERROR);
            return;
        }
        isAnswered = true;
        boolean isInformational = response.status().code() == HttpResponseStatus.SWITCHING_PROTOCOLS.code();
        addHeaders(response, ownHeaders, isInformational);
        if (request.method().equals(HttpMethod.HEAD)) {
            response.content().clear();
        }
        ChannelFuture written = ctx.writeAndFlush(response).addListener(sent -> {
            if (!keepsAlive || !sent.isSuccess()) {
                ctx.close();
            }
            left.accept(sent.isSuccess() ? null : owner.lost());
        });
        if (!isInformational) {
            owner.answered(ctx, this);
        }
        owner.reportHeld();
        if (!written.isDone()) {
            // In a task: an answer counts as unsent until its listeners were called.
            written.addListener(sent -> ctx.executor().execute(owner::reportHeld));
        }
    }

    private void addHeaders(FullHttpResponse response, Map<String, String> ownHeaders, boolean isInformational) {
        HttpHeaders headers = response.headers();
        String sessionId = session == null ? openedId : session.id();
        sessions.config().responseHeaders().add(new ResponseHead(handshake, sessionId, openedId != null, headers));
        ownHeaders.forEach((name, value) -> headers.set(name, value));
        if (isInformational) {
            return;
        }
        if (response.status().code() != HttpResponseStatus.NO_CONTENT.code()) {
            headers.setInt(HttpHeaderNames.CONTENT_LENGTH, response.content().readableBytes());
        }
        HttpUtil.setKeepAlive(headers, request.protocolVersion(), keepsAlive);
    }
}
