package io.scarfall.engineio;

import org.jspecify.annotations.Nullable;

/**
 * The peer sent a malformed packet, or arguments that do not fit the type that the application reads. It has no stack
 * trace, because peers may cause it as often as they like. Its message says what was expected, and contains nothing
 * that was received.
 */
public final class MalformedPacketException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final @Nullable Limit limit;

    /** A packet that exceeds no limit, but is malformed. */
    public MalformedPacketException(String message) {
        this(message, null);
    }

    /** @param limit the limit that the packet exceeds; null if it is malformed for another reason */
    public MalformedPacketException(String message, @Nullable Limit limit) {
        super(message, null, false, false);
        this.limit = limit;
    }

    /** The limit that the packet exceeds; null if it is malformed for another reason. */
    public @Nullable Limit limit() {
        return limit;
    }
}
