package io.scarfall.socketio;

/** An event was not sent, because too much already waits for its client. It has no stack trace. */
public final class TooSlowException extends Exception {

    private static final long serialVersionUID = 1;

    TooSlowException() {
        super("too much waits for the client already", null, false, false);
    }
}
