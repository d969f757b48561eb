package io.scarfall.gateway;

/** Too much is waiting: messages without an outcome, or events without an answer. It has no stack trace. */
public final class OverloadedException extends RuntimeException {

    private static final long serialVersionUID = 1;

    /** Names the limit. */
    public OverloadedException(int limit) {
        this("too many at once (expected: at most " + limit + ")");
    }

    /** @param message what is too much */
    public OverloadedException(String message) {
        super(message, null, false, false);
    }
}
