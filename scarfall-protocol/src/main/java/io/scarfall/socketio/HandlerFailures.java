package io.scarfall.socketio;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.scarfall.engineio.EngineSession;
import io.scarfall.engineio.MalformedPacketException;
import io.scarfall.engineio.internal.FailureLog;
import io.scarfall.engineio.internal.LogText;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Answers the failures of a namespace's handlers that no {@link ErrorHandler} answers, and logs them and those of its
 * guards. A client that causes a failure often does not fill the log. Thread-safe.
 */
final class HandlerFailures {

    private static final Logger log = LoggerFactory.getLogger(HandlerFailures.class);

    private static final String ERROR = "error";
    private static final Failure INVALID = new Failure(ERROR, "invalid arguments", "invalid", null);
    private static final Failure INTERNAL = new Failure(ERROR, "internal error", "internal", null);

    private final FailureLog guards = new FailureLog(log, Level.ERROR, "connect guard failed", System::nanoTime);
    private final FailureLog handlers = new FailureLog(log, Level.ERROR, "handler failed", System::nanoTime);

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
        log("event", event, socket, error);
        return INTERNAL;
    }

    /** A handler whose result nobody awaits. */
    @FunctionalInterface
    interface Task {
        @Nullable
        Object run() throws Exception;
    }

    /** Runs a handler that answers nothing, and logs its failure. */
    void run(Socket socket, String what, Task handler) {
        try {
            handler.run();
        } catch (MalformedPacketException | EventRefusedException e) { // what the client sent is not for this handler
            log.debug("event not read what={} socket={} error={}", LogText.of(what), socket.id(), LogText.of(e));
        } catch (Exception e) {
            log("what", what, socket, e);
        }
    }

    /** Logs the failure of a guard that did not mean to refuse the client. */
    void guardFailed(Socket socket, EngineSession session, Throwable error) {
        guards.failed("ns=" + LogText.of(socket.namespace()) + " sid=" + LogText.sid(session.id()), error);
    }

    private void log(String key, String name, Socket socket, Throwable error) {
        handlers.failed(
                key + "=" + LogText.of(name) + " ns=" + LogText.of(socket.namespace()) + " socket=" + socket.id(),
                error);
    }
}
