package io.scarfall.engineio;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.scarfall.engineio.EngineError.Refusal;

/**
 * Turns a connection into a WebSocket (RFC 6455 section 4.2), which opens a session or takes one over from polling.
 * Stateless; each call stays on the event loop of its connection.
 */
final class WebSocketUpgrade {

    private final SessionRegistry sessions;
    private final SessionAdmission admission;

    WebSocketUpgrade(SessionRegistry sessions, SessionAdmission admission) {
        this.sessions = sessions;
        this.admission = admission;
    }

    /** Whether a request asks for an upgrade. */
    static boolean isAsked(HttpRequest request) {
        return request.protocolVersion().equals(HttpVersion.HTTP_1_1) // older versions ignore it (RFC 9110 section 7.8)
                && request.headers().containsValue(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET, true)
                && request.headers().containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE, true);
    }

    /** Upgrades the connection of a request that was read to its end. */
    void upgrade(Exchange exchange) {
        Session session = exchange.session();
        String whyNot = WebSocketHandshake.whyNot(exchange.handshake());
        if (whyNot != null) {
            refuse(exchange, whyNot);
        } else if (session == null) {
            admission.admit(exchange, () -> open(exchange), refusal -> refuse(exchange, refusal));
        } else {
            moveHome(exchange, session, () -> probe(exchange, session));
        }
    }

    private void open(Exchange exchange) {
        String id = sessions.nextId();
        exchange.opens(id);
        try {
            switchProtocols(exchange);
        } catch (RuntimeException e) { // the application's ResponseHeaders failed
            sessions.giveBack(exchange.handshake());
            throw e;
        }
        EventLoop loop = exchange.ctx().channel().eventLoop();
        sessions.open(id, loop, exchange.handshake(), opened -> transport(exchange, opened));
        exchange.owner().leave(exchange.ctx());
    }

    private void probe(Exchange exchange, Session session) {
        switchProtocols(exchange);
        WebSocketTransport candidate = transport(exchange, session);
        if (session.isUpgradable()) {
            session.probe(candidate);
        } else {
            sessions.refused(exchange.handshake(), 101, "Session cannot be upgraded");
            candidate.close(
                    false, () -> {}); // as the reference implementation does; clients do not expect a refusal here
        }
        exchange.owner().leave(exchange.ctx());
    }

    /** Moves a connection to the home loop of its session. */
    private static void moveHome(Exchange exchange, Session session, Runnable moved) {
        Channel channel = exchange.ctx().channel();
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

    /** Answers the request; after that the connection no longer speaks HTTP. */
    private static void switchProtocols(Exchange exchange) {
        FullHttpResponse response = exchange.response(101, null, Bytes.EMPTY);
        response.headers()
                .set(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET)
                .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE)
                .set(HttpHeaderNames.SEC_WEBSOCKET_ACCEPT, WebSocketHandshake.accept(exchange.handshake()));
        String protocol = WebSocketHandshake.protocol(exchange.handshake());
        if (protocol != null) {
            response.headers().set(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL, protocol);
        }
        exchange.answer(response);
        exchange.ctx().pipeline().remove(HttpServerCodec.class);
    }

    private static WebSocketTransport transport(Exchange exchange, Session session) {
        WebSocketTransport transport =
                new WebSocketTransport(session, exchange.ctx().channel());
        exchange.ctx().pipeline().addLast(transport);
        return transport;
    }

    private static void refuse(Exchange exchange, Refusal refusal) {
        if (refusal.error().isTemporary()) {
            exchange.closesAfterAnswer();
            exchange.refuse(refusal);
        } else {
            refuse(exchange, refusal.message());
        }
    }

    /** Refuses an upgrade with a plain text, as the reference implementation does, and closes the connection. */
    static void refuse(Exchange exchange, String message) {
        exchange.closesAfterAnswer();
        exchange.reportRefused(HttpExchange.BAD_REQUEST, message);
        FullHttpResponse response = exchange.response(HttpExchange.BAD_REQUEST, HttpExchange.HTML, Bytes.utf8(message));
        response.headers().set(HttpHeaderNames.SEC_WEBSOCKET_VERSION, WebSocketHandshake.VERSIONS);
        exchange.answer(response);
    }
}
