package io.scarfall.gateway.internal.auth;

import io.scarfall.engineio.MalformedPacketException;
import io.scarfall.engineio.internal.FailureLog;
import io.scarfall.engineio.internal.LogText;
import io.scarfall.gateway.Metrics;
import io.scarfall.gateway.OverloadedException;
import io.scarfall.gateway.internal.reply.Failure;
import io.scarfall.socketio.EventRefusedException;
import io.scarfall.socketio.Socket;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Makes the answer to an event whose handler failed, and counts failures of the server. Thread-safe. */
public final class HandlerErrors {

    private static final Logger log = LoggerFactory.getLogger(HandlerErrors.class);

    private static final Failure MALFORMED = Failure.of("malformed arguments", Failure.INVALID);

    private final String authenticate;
    private final FailureLog failures = new FailureLog(log, Level.ERROR, "handler failed", System::nanoTime);
    private final Metrics.Counter errors;

    /**
     * @param port the port's name in metrics
     * @param authenticate the event with which clients of the port authenticate
     */
    public HandlerErrors(String port, String authenticate, Metrics metrics) {
        this.authenticate = authenticate;
        errors = metrics.counter("scarfall.handler.errors", "port", port);
    }

    /** Answers a failed event; see {@link io.scarfall.socketio.Namespace.Builder#onError}. */
    public Object answer(Socket socket, String event, Throwable error) {
        if (error instanceof MalformedPacketException) {
            if (event.equals(authenticate) && !socket.isAckWanted()) {
                AuthenticationError.tellAndDisconnect(socket, MALFORMED);
            }
            return MALFORMED;
        }
        if (error instanceof EventRefusedException refused) {
            return Failure.of(refused);
        }
        if (error instanceof OverloadedException) {
            return Failure.of(String.valueOf(error.getMessage()), Failure.OVERLOADED);
        }
        errors.increment();
        failures.failed("event=" + LogText.of(event) + " socket=" + socket.id(), error);
        if (error instanceof TimeoutException) {
            return Failure.of("the event took too long", Failure.TIMEOUT);
        }
        return Failure.of("internal error", Failure.INTERNAL);
    }
}
