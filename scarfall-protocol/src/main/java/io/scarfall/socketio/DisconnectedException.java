package io.scarfall.socketio;

/** An answer will not come, because the socket is disconnected. Carries no stack trace. */
public final class DisconnectedException extends Exception {

    private static final long serialVersionUID = 1;

    DisconnectedException() {
        super("the socket is disconnected", null, false, false);
    }
}
