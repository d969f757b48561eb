package io.scarfall.gateway.internal.auth;

import io.scarfall.socketio.Socket;

/** How a client learns that its proof was refused. Its methods belong on the socket's home loop. */
public final class AuthenticationError {

    /** The event that tells a socket why it is not authenticated, or is no longer. */
    public static final String EVENT = "authentication_error";

    private AuthenticationError() {}

    /**
     * Tells a client. A client that asked for an ack gets the same there and may try again. A client that asked for none waits for {@code
     * connected} or {@code disconnect}, so it is disconnected.
     *
     * @param ackWanted see {@link Socket#isAckWanted}
     */
    public static void tell(Socket socket, Object refusal, boolean ackWanted) {
        socket.emitNeeded(EVENT, refusal);
        if (!ackWanted) {
            socket.disconnect();
        }
    }
}
