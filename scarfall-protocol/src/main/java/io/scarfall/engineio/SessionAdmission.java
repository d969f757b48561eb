package io.scarfall.engineio;

import io.scarfall.engineio.EngineError.Refusal;
import io.scarfall.engineio.internal.Causes;
import io.scarfall.engineio.internal.LogText;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides whether a request may open a session. It checks in this order: the connect rate of the address, the
 * application's {@link AdmissionGuard}, the version of the protocol, and the limits of sessions. Stateless; each call
 * stays on the event loop of its connection.
 */
final class SessionAdmission {

    /** The version of the protocol, as clients send it. */
    static final String VERSION = "4";

    private static final Logger log = LoggerFactory.getLogger(SessionAdmission.class);

    private final SessionRegistry sessions;

    SessionAdmission(SessionRegistry sessions) {
        this.sessions = sessions;
    }

    /**
     * Runs {@code admitted} or {@code refused}, at once or later. It runs neither if the connection has closed, or if
     * the server drains: then it answers the request itself.
     *
     * @param admitted runs after {@linkplain SessionRegistry#reserve a place was reserved} for the session that it
     *     opens
     */
    void admit(Exchange exchange, Runnable admitted, Consumer<Refusal> refused) {
        if (sessions.isDraining()) { // the connection is older than the drain
            exchange.closesAfterAnswer();
            exchange.reportRefused(HttpExchange.UNAVAILABLE, "Server is shutting down");
            exchange.refuse(HttpExchange.UNAVAILABLE);
            return;
        }
        long now = NettyVersion.nanoTime(exchange.ctx().executor());
        if (!sessions.mayConnect(exchange.handshake(), now)) {
            log.debug(
                    "session refused, address connects too often address={}",
                    LogText.of(exchange.handshake().address()));
            refused.accept(EngineError.TOO_MANY_REQUESTS.asRefusal());
            return;
        }
        CompletionStage<?> verdict;
        try {
            verdict = sessions.config().admission().admit(exchange.handshake());
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
        Throwable cause = Causes.of(error);
        if (cause instanceof AdmissionRefusedException refused) {
            return new Refusal(EngineError.FORBIDDEN, String.valueOf(refused.getMessage()));
        }
        log.error(
                "admission guard failed path={}",
                LogText.of(exchange.handshake().path()),
                cause);
        return EngineError.FORBIDDEN.asRefusal();
    }

    private void checkVersion(Exchange exchange, Runnable admitted, Consumer<Refusal> refused) {
        if (!VERSION.equals(exchange.handshake().query("EIO"))) {
            refused.accept(EngineError.UNSUPPORTED_PROTOCOL_VERSION.asRefusal());
        } else if (exchange.ctx().channel().isActive()) {
            if (sessions.reserve(exchange.handshake())) {
                admitted.run();
            } else {
                log.debug(
                        "session refused, too many are open address={}",
                        LogText.of(exchange.handshake().address()));
                refused.accept(EngineError.OVERLOADED.asRefusal());
            }
        }
    }
}
