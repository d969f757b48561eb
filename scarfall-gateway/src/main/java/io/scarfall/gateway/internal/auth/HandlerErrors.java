package io.scarfall.gateway.internal.auth;

import io.scarfall.engineio.MalformedPacketException;
import io.scarfall.engineio.internal.FailureLog;
import io.scarfall.engineio.internal.LogText;
import io.scarfall.gateway.Metrics;
import io.scarfall.gateway.OverloadedException;
import io.scarfall.gateway.internal.reply.Failure;
import io.scarfall.socketio.EventRefusedException;
import io.scarfall.socketio.Socket;
import io.scarfall.socketio.internal.json.JsonTypeException;
import io.scarfall.socketio.packet.Arguments;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Makes the answer to an event whose handler failed, and counts failures of the server. Thread-safe. */
public final class HandlerErrors {

    private static final Logger log = LoggerFactory.getLogger(HandlerErrors.class);

    private static final Failure MALFORMED = Failure.of("invalid arguments", Failure.INVALID);

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

    /**
     * Answers a failed event; see {@link io.scarfall.socketio.Namespace.Builder#onError}. The codec of the application does not
     * write the answer.
     *
     * @throws EventRefusedException if that is what failed the event: the default answers it
     */
    public Arguments answer(Socket socket, String event, Throwable error) {
        if (error instanceof EventRefusedException refused) {
            throw refused;
        }
        return Arguments.of(failure(socket, event, error));
    }

    private Failure failure(Socket socket, String event, Throwable error) {
        if (error instanceof MalformedPacketException malformed) {
            Failure failure = malformed.path() == null
                    ? MALFORMED
                    : Failure.of(String.valueOf(malformed.getMessage()), Failure.INVALID);
            if (event.equals(authenticate) && !socket.isAckWanted()) {
                AuthenticationError.tellAndDisconnect(socket, failure);
            }
            return failure;
        }
        if (error instanceof OverloadedException) {
            return Failure.of(String.valueOf(error.getMessage()), Failure.OVERLOADED);
        }
        errors.increment();
        String details = "event=" + LogText.of(event) + " socket=" + socket.id();
        if (error instanceof JsonTypeException && error.getCause() == null) {
            failures.failedBecause(String.valueOf(error.getMessage()), details);
        } else {
            failures.failed(details, error);
        }
        if (error instanceof TimeoutException) {
            return Failure.of("the event took too long", Failure.TIMEOUT);
        }
        return Failure.of("internal error", Failure.INTERNAL);
    }
}
