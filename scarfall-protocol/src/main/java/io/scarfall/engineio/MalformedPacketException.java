package io.scarfall.engineio;

import org.jspecify.annotations.Nullable;

/**
 * The peer sent something that is no packet. It is the peer's fault and as frequent as the peer likes, so it carries no
 * stack trace; its message tells what was expected, never what was received.
 */
public final class MalformedPacketException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final @Nullable Limit limit;

    public MalformedPacketException(String message) {
        this(message, null);
    }

    /** @param limit the bound that was crossed; null if it is malformed for another reason */
    public MalformedPacketException(String message, @Nullable Limit limit) {
        super(message, null, false, false);
        this.limit = limit;
    }

    /** The bound that was crossed; null if the packet is malformed for another reason. */
    public @Nullable Limit limit() {
        return limit;
    }
}
