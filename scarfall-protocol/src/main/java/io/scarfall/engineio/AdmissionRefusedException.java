package io.scarfall.engineio;

/** An {@link AdmissionGuard} refuses a request. Carries no stack trace: clients may cause it as often as they like. */
public final class AdmissionRefusedException extends Exception {

    private static final long serialVersionUID = 1;

    /** @param message what the client is told */
    public AdmissionRefusedException(String message) {
        super(message, null, false, false);
    }
}
