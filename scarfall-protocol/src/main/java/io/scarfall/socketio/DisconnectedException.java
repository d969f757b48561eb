package io.scarfall.socketio;

/** An ack will not come, because the socket is disconnected. It has no stack trace. */
public final class DisconnectedException extends Exception {

    private static final long serialVersionUID = 1;

    DisconnectedException() {
        super("the socket is disconnected", null, false, false);
    }
}
