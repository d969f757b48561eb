package io.scarfall.engineio;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.scarfall.engineio.EngineError.Refusal;
import io.scarfall.engineio.internal.LogText;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Routes each request: it opens, polls, posts to or upgrades a session, or the application answers it. Requests that
 * break the protocol get an error, checked in the order of the reference implementation. Stateless. Each call stays on
 * the event loop of its connection; polls and posts continue on the home loop of their session.
 */
final class EngineRouter {

    private static final Logger log = LoggerFactory.getLogger(EngineRouter.class);

    /**
     * How much of a refused body the server still reads, in units of the largest payload. If it closed the connection
     * while the peer writes, the answer could be lost on its way.
     */
    private static final long DISCARDED_PAYLOADS = 10;

    private final SessionRegistry sessions;
    private final EngineConfig config;
    private final SessionAdmission admission;
    private final WebSocketUpgrade upgrade;

    EngineRouter(SessionRegistry sessions) {
        this.sessions = sessions;
        config = sessions.config();
        admission = new SessionAdmission(sessions);
        upgrade = new WebSocketUpgrade(sessions, admission);
    }

    /** Begins to serve a request whose head was read. */
    void begin(Exchange exchange) {
        boolean isOurs = isOurs(exchange.handshake().path());
        String refusal = config.requests().refusal(exchange.handshake(), isOurs);
        if (refusal != null) {
            exchange.isNotShared();
            if (isOurs && WebSocketUpgrade.isAsked(exchange.request())) {
                WebSocketUpgrade.refuse(exchange, refusal);
            } else {
                exchange.refuse(new Refusal(EngineError.FORBIDDEN, refusal));
            }
        } else if (!isOurs) {
            routeToApplication(exchange);
        } else if (config.cors().isEnabled() && exchange.method().equals(HttpMethod.OPTIONS)) {
            exchange.answer(preflight(exchange));
        } else {
            route(exchange);
        }
    }

    private void route(Exchange exchange) {
        if (WebSocketUpgrade.isAsked(exchange.request())) {
            exchange.expectUpgrade();
        }
        EngineError error = verify(exchange);
        if (error == null && !exchange.isUpgrade()) {
            serve(exchange);
        } else if (error != null && exchange.isUpgrade()) {
            WebSocketUpgrade.refuse(exchange, error.asRefusal().message());
        } else if (error != null) {
            exchange.refuse(error);
        }
    }

    /**
     * Whether the protocol answers a path. Scripts below the path, such as a client to download, belong to the
     * application.
     */
    private boolean isOurs(String path) {
        String ours = config.path();
        return path.startsWith(ours)
                && (path.length() == ours.length() || path.charAt(ours.length()) == '/')
                && !path.endsWith(".js")
                && !path.endsWith(".js.map");
    }

    private void routeToApplication(Exchange exchange) {
        CompletionStage<HttpReply> reply;
        try {
            reply = config.routes().answer(exchange.handshake());
        } catch (RuntimeException e) {
            reply = CompletableFuture.failedStage(e);
        }
        if (reply == null) {
            reply = CompletableFuture.completedStage(null);
        }
        reply.whenComplete((value, error) -> exchange.onLoop(() -> {
            if (error != null) {
                log.error(
                        "HTTP route failed path={}",
                        LogText.of(exchange.handshake().path()),
                        error);
                exchange.refuse(HttpExchange.INTERNAL_ERROR);
            } else if (value == null) {
                exchange.reply(404, HttpExchange.TEXT, Bytes.utf8("Not Found"));
            } else {
                FullHttpResponse response = exchange.response(value.status(), value.contentType(), value.body());
                exchange.answer(response, value.headers());
            }
        }));
    }

    private static FullHttpResponse preflight(Exchange exchange) {
        FullHttpResponse response = exchange.response(204, null, Bytes.EMPTY);
        HttpHeaders headers = response.headers();
        headers.set(HttpHeaderNames.ACCESS_CONTROL_ALLOW_METHODS, "GET,HEAD,PUT,PATCH,POST,DELETE");
        String requested = exchange.handshake().header("Access-Control-Request-Headers");
        if (requested != null) {
            headers.set(HttpHeaderNames.ACCESS_CONTROL_ALLOW_HEADERS, requested);
            headers.add(HttpHeaderNames.VARY, HttpHeaderNames.ACCESS_CONTROL_REQUEST_HEADERS);
        }
        return response;
    }

    /** Checks a request in the order of the reference implementation; returns null if it is correct. */
    private @Nullable EngineError verify(Exchange exchange) {
        Handshake request = exchange.handshake();
        String transport = request.query("transport");
        boolean websocket = "websocket".equals(transport);
        if (websocket ? !config.allowsWebSocket() : !config.allowsPolling() || !"polling".equals(transport)) {
            return EngineError.TRANSPORT_UNKNOWN;
        }
        boolean get = exchange.method().equals(HttpMethod.GET);
        String sid = request.query("sid");
        if (sid != null && !sid.isEmpty()) {
            Session session = sessions.session(sid);
            if (session == null) {
                return EngineError.SESSION_ID_UNKNOWN;
            }
            exchange.belongsTo(session);
            return websocket != exchange.isUpgrade()
                            || (websocket && !get)
                            || !SessionAdmission.VERSION.equals(request.query("EIO"))
                    ? EngineError.BAD_REQUEST
                    : null;
        }
        if (!get) {
            return EngineError.BAD_HANDSHAKE_METHOD;
        }
        return websocket != exchange.isUpgrade() ? EngineError.BAD_REQUEST : null;
    }

    private void serve(Exchange exchange) {
        Session session = exchange.session();
        if (session == null) {
            admission.admit(exchange, () -> openPolling(exchange), exchange::refuse);
        } else if (exchange.method().equals(HttpMethod.GET)) {
            session.execute(() -> session.forRequest().poll(exchange));
        } else if (exchange.method().equals(HttpMethod.POST)) {
            beginPost(exchange, session);
        } else {
            exchange.refuse(HttpExchange.INTERNAL_ERROR);
        }
    }

    private void openPolling(Exchange exchange) {
        String id = sessions.nextId();
        exchange.opens(id);
        sessions.open(
                id,
                exchange.ctx().channel().eventLoop(),
                exchange.handshake(),
                session -> new PollingTransport(session, exchange));
    }

    private static void beginPost(Exchange exchange, Session session) {
        session.execute(() -> session.forRequest().beginPost(exchange));
        long length = HttpUtil.getContentLength(exchange.request(), -1L);
        boolean expectsContinue = HttpUtil.is100ContinueExpected(exchange.request());
        if ("application/octet-stream".equalsIgnoreCase(exchange.handshake().header("Content-Type"))) {
            session.execute(() -> session.inUse().refusePost(exchange, HttpExchange.BAD_REQUEST));
        } else if (length > session.maxMessageBytes()) {
            if (expectsContinue) { // the client may send the body or not
                exchange.closesAfterAnswer();
            }
            refuseTooLarge(exchange, session, length);
        } else {
            exchange.collect(length < 0 ? session.maxMessageBytes() : (int) length);
            if (expectsContinue) {
                exchange.ctx()
                        .writeAndFlush(new DefaultFullHttpResponse(
                                HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE, Unpooled.EMPTY_BUFFER));
            }
        }
    }

    private static void refuseTooLarge(Exchange exchange, Session session, long length) {
        session.tooLarge(length);
        exchange.discardBody();
        session.execute(() -> session.inUse().refusePost(exchange, HttpExchange.TOO_LARGE));
    }

    /** Handles a part of a request's body. */
    void continueBody(Exchange exchange, ByteBuf content) {
        long bytes = exchange.came(content);
        Session session = exchange.session();
        if (!exchange.isCollecting() || session == null) {
            if (bytes > DISCARDED_PAYLOADS * config.maxPayloadBytes()) {
                exchange.ctx().close();
            }
        } else if (bytes > session.maxMessageBytes()) {
            refuseTooLarge(exchange, session, bytes);
        } else {
            exchange.add(content);
        }
    }

    /** Handles the end of a request. */
    void endBody(Exchange exchange) {
        if (exchange.isUpgrade() && !exchange.isAnswered()) {
            upgrade.upgrade(exchange);
            return;
        }
        Session session = exchange.session();
        Bytes body = exchange.takeBody();
        if (body != null && session != null) {
            session.execute(() -> session.inUse().post(exchange, body));
        }
    }

    /** Refuses a POST whose body comes too slowly; returns false if no session waits for the body. */
    boolean refuseSlowBody(Exchange exchange) {
        Session session = exchange.session();
        if (session == null || !exchange.isCollecting()) {
            return false;
        }
        exchange.discardBody();
        exchange.closesAfterAnswer();
        session.execute(() -> session.inUse().refusePost(exchange, HttpResponseStatus.REQUEST_TIMEOUT.code()));
        return true;
    }

    /** Ends a request whose connection closed before the answer. */
    void abort(Exchange exchange) {
        Session session = exchange.session();
        if (session != null) {
            session.execute(() -> session.inUse().aborted(exchange));
        }
    }
}
