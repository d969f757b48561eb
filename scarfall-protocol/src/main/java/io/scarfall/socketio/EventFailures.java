package io.scarfall.socketio;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.scarfall.engineio.MalformedPacketException;
import io.scarfall.engineio.internal.LogText;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers the failures of a namespace's handlers that no {@link ErrorHandler} answers, and logs them. Thread-safe. */
final class EventFailures {

    private static final Logger log = LoggerFactory.getLogger(EventFailures.class);

    private static final String ERROR = "error";
    private static final Failure INVALID = new Failure(ERROR, "invalid arguments", "invalid", null);
    private static final Failure INTERNAL = new Failure(ERROR, "internal error", "internal", null);

    /** The ack after a failure. */
    private record Failure(
            String status,
            String error,
            String code,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            Object data) {}

    /** The ack after a failure; logs it if neither the client caused it nor the application meant it. */
    Object answer(Socket socket, String event, Throwable error) {
        if (error instanceof EventRefusedException refusal) {
            return new Failure(ERROR, refusal.getMessage(), refusal.code(), refusal.data());
        }
        if (error instanceof MalformedPacketException) {
            return INVALID;
        }
        log.error(
                "handler failed event={} ns={} socket={}",
                LogText.of(event),
                LogText.of(socket.namespace()),
                socket.id(),
                error);
        return INTERNAL;
    }

    /** Runs a handler that answers nothing, and logs its failure. */
    void run(Socket socket, String what, Runnable handler) {
        try {
            handler.run();
        } catch (RuntimeException e) {
            log.error("handler failed what={} ns={} socket={}", what, LogText.of(socket.namespace()), socket.id(), e);
        }
    }
}
