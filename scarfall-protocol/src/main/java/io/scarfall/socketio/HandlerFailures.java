package io.scarfall.socketio;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.scarfall.engineio.EngineSession;
import io.scarfall.engineio.MalformedPacketException;
import io.scarfall.engineio.internal.FailureLog;
import io.scarfall.engineio.internal.LogText;
import io.scarfall.socketio.internal.json.JsonTypeException;
import io.scarfall.socketio.packet.Arguments;
import io.scarfall.socketio.packet.JsonCodec;
import io.scarfall.socketio.packet.RawJson;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Answers the failures of a namespace's handlers that no {@link ErrorHandler} answers, and logs them and those of its
 * guards. A client that causes a failure often does not fill the log. The children of a {@link ParentNamespace} share one.
 * Thread-safe.
 */
final class HandlerFailures {

    private static final Logger log = LoggerFactory.getLogger(HandlerFailures.class);

    private static final String ERROR = "error";
    private static final Arguments INVALID = Arguments.of(new Failure(ERROR, "invalid arguments", "invalid", null));
    private static final Arguments INTERNAL = Arguments.of(new Failure(ERROR, "internal error", "internal", null));

    private final FailureLog guards = new FailureLog(log, Level.ERROR, "connect guard failed", System::nanoTime);
    private final FailureLog handlers = new FailureLog(log, Level.ERROR, "handler failed", System::nanoTime);

    /** The ack after a failure. */
    private record Failure(
            String status,
            String error,
            String code,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            RawJson data) {}

    /**
     * The ack after a failure; logs it if neither the client caused it nor the application meant it. The codec of the
     * application writes nothing but the data of a refusal.
     *
     * @throws IllegalArgumentException if that data cannot be written
     */
    Arguments answer(Socket socket, String event, Throwable error) {
        if (error instanceof EventRefusedException refusal) {
            return refusal(refusal, socket.codec());
        }
        if (error instanceof MalformedPacketException malformed) {
            return malformed.path() == null
                    ? INVALID
                    : Arguments.of(new Failure(ERROR, String.valueOf(malformed.getMessage()), "invalid", null));
        }
        log("event", event, socket, error);
        return INTERNAL;
    }

    private static Arguments refusal(EventRefusedException refusal, JsonCodec codec) {
        Object given = refusal.data();
        Arguments data = given == null ? Arguments.NONE : Arguments.of(codec, given);
        RawJson json = given == null ? null : new RawJson(data.raw(0));
        Failure failure = new Failure(ERROR, refusal.getMessage(), refusal.code(), json);
        return new Arguments(Arguments.of(failure).json(), data.attachments());
    }

    /** A handler whose result is not used. */
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
            log.debug(
                    "handler refused its input what={} socket={} error={}",
                    LogText.of(what),
                    socket.id(),
                    LogText.of(e));
        } catch (Exception e) {
            log("what", what, socket, e);
        }
    }

    /** Logs the failure of a guard that did not mean to refuse the client. */
    void guardFailed(Socket socket, EngineSession session, Throwable error) {
        guards.failed("ns=" + LogText.of(socket.namespace()) + " sid=" + LogText.sid(session.id()), error);
    }

    private void log(String key, String name, Socket socket, Throwable error) {
        String details =
                key + "=" + LogText.of(name) + " ns=" + LogText.of(socket.namespace()) + " socket=" + socket.id();
        if (error instanceof JsonTypeException && error.getCause() == null) {
            handlers.failedBecause(String.valueOf(error.getMessage()), details);
        } else {
            handlers.failed(details, error);
        }
    }
}
