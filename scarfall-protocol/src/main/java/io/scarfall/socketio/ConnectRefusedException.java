package io.scarfall.socketio;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.scarfall.engineio.Bytes;
import io.scarfall.socketio.packet.Arguments;
import org.jspecify.annotations.Nullable;

/** A {@link ConnectGuard} refuses a client. Carries no stack trace: clients may cause it as often as they like. */
public final class ConnectRefusedException extends Exception {

    private static final long serialVersionUID = 1;

    private final transient @Nullable Object data;
    private final transient Bytes payload;

    private record Payload(
            String message,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            Object data) {}

    /**
     * @param message what the client reads as {@code err.message}
     * @param data what it reads as {@code err.data}, written by Jackson; null for none
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

    public @Nullable Object data() {
        return data;
    }

    /** What the client is sent: {@code {message, data?}}. */
    Bytes payload() {
        return payload;
    }
}
