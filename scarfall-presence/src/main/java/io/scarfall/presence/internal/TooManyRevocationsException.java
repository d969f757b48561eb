package io.scarfall.presence.internal;

/** The list of {@link Revocations} is full. */
public final class TooManyRevocationsException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** Refuses an entry beyond this many. */
    public TooManyRevocationsException(int most) {
        super("revocations: more than " + most
                + " (expected: at most as many within the time for which they are kept)");
    }
}
