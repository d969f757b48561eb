package io.scarfall.socketio;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.scarfall.engineio.Bytes;
import io.scarfall.socketio.packet.Arguments;
import org.jspecify.annotations.Nullable;

/**
 * A {@link ConnectGuard} refuses a client. It has no stack trace, because clients may cause it as often as they like.
 */
public final class ConnectRefusedException extends Exception {

    private static final long serialVersionUID = 1;

    private final transient @Nullable Object data;
    private final transient Bytes payload;

    private record Payload(
            String message,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            Object data) {}

    /**
     * Refuses a client.
     *
     * @param message what the client reads as {@code err.message}
     * @param data what the client reads as {@code err.data}, written by Jackson; null for none
     * @throws IllegalArgumentException if the data cannot be written as JSON, or has binary data inside
     */
    public ConnectRefusedException(String message, @Nullable Object data) {
        super(message, null, false, false);
        this.data = data;
        Arguments written = Arguments.of(new Payload(message, data));
        if (!written.attachments().isEmpty()) {
            throw new IllegalArgumentException("data: with attachments (expected: none)");
        }
        payload = written.json();
    }

    /** What the client reads as {@code err.data}; null for none. */
    public @Nullable Object data() {
        return data;
    }

    /** The payload for the client: {@code {message, data?}}. */
    Bytes payload() {
        return payload;
    }
}
