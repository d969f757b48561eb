package io.scarfall.socketio;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The application refuses an event, for a reason that the client shall read. An {@link EventHandler} or an {@link
 * EventInterceptor} throws it, or its stage fails with it. The ack is {@code {status: "error", error, code, data?}},
 * unless an {@link ErrorHandler} answers differently. It is not logged, and has no stack trace, because clients may
 * cause it as often as they like. Immutable, if the data is.
 */
public final class EventRefusedException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final String code;
    private final transient @Nullable Object data;

    /**
     * Refuses an event.
     *
     * @param code the reason for programs, which the client reads as {@code code}, such as {@code "sold_out"}
     * @param message the reason for people, which the client reads as {@code error}
     * @param data what the client reads as {@code data}, written as JSON; null for none
     */
    public EventRefusedException(String code, String message, @Nullable Object data) {
        super(Objects.requireNonNull(message, "message"), null, false, false);
        this.code = Objects.requireNonNull(code, "code");
        this.data = data;
    }

    /** Refuses an event without data. */
    public EventRefusedException(String code, String message) {
        this(code, message, null);
    }

    /** The reason for programs. */
    public String code() {
        return code;
    }

    /** The reason for people; never null. */
    @Override
    public String getMessage() {
        return Objects.requireNonNull(super.getMessage());
    }

    /** What the client reads as {@code data}; null for none. */
    public @Nullable Object data() {
        return data;
    }
}
