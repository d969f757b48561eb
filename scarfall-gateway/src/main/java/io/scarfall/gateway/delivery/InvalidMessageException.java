package io.scarfall.gateway.delivery;

/**
 * What a client asked for cannot be done as it stands: the message says what is wrong with it, and quotes nothing of it.
 * Carries no stack trace: clients may cause it as often as they like.
 */
public final class InvalidMessageException extends RuntimeException {

    private static final long serialVersionUID = 1;

    /** @param message {@code name: value (expected: ...)} */
    public InvalidMessageException(String message) {
        super(message, null, false, false);
    }
}
