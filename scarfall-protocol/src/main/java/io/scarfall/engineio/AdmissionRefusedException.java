package io.scarfall.engineio;

/**
 * An {@link AdmissionGuard} refuses a request. It has no stack trace, because clients may cause it as often as they
 * like.
 */
public final class AdmissionRefusedException extends Exception {

    private static final long serialVersionUID = 1;

    /** @param message the message of the error that the client gets, with status 403 */
    public AdmissionRefusedException(String message) {
        super(message, null, false, false);
    }
}
