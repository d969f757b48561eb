package io.scarfall.gateway;

import org.jspecify.annotations.Nullable;

/**
 * What a client asked for cannot be done as it stands: the message says what is wrong with it, and quotes nothing of it.
 * Carries no stack trace: clients may cause it as often as they like.
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
