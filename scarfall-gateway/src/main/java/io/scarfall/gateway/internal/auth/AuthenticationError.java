package io.scarfall.gateway.internal.auth;

import io.scarfall.gateway.internal.reply.Failure;
import io.scarfall.socketio.Socket;

/** The event that tells a client why its token or key is not accepted. Call the methods on the socket's home loop. */
public final class AuthenticationError {

    /** The name of the event. */
    public static final String EVENT = "authentication_error";

    private AuthenticationError() {}

    /** Sends the event to a client that asked for an ack. The client reads the same there, and may try again. */
    public static void tell(Socket socket, Failure failure) {
        socket.emitNeeded(EVENT, failure);
    }

    /**
     * Sends the event to a client that asked for no ack, and disconnects it. Such a client waits for {@code connected} or
     * {@code disconnect}.
     */
    public static void tellAndDisconnect(Socket socket, Failure failure) {
        socket.emitNeeded(EVENT, failure);
        socket.disconnect();
    }
}
