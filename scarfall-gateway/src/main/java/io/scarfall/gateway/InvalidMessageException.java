package io.scarfall.gateway;

import org.jspecify.annotations.Nullable;

/**
 * A message is malformed or exceeds a limit. The text says what is wrong and quotes nothing of the message. It has no stack
 * trace, because clients can cause it as often as they like.
 */
public final class InvalidMessageException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final @Nullable GatewayLimit limit;

    /** @param message {@code name: value (expected: ...)} */
    public InvalidMessageException(String message) {
        this(message, null);
    }

    /**
     * @param message {@code name: value (expected: ...)}
     * @param limit which limit it goes beyond; null if it is malformed
     */
    public InvalidMessageException(String message, @Nullable GatewayLimit limit) {
        super(message, null, false, false);
        this.limit = limit;
    }

    /** Which limit it goes beyond; null if it is malformed. */
    public @Nullable GatewayLimit limit() {
        return limit;
    }
}
