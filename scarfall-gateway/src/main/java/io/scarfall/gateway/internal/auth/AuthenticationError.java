package io.scarfall.gateway.internal.auth;

import io.scarfall.gateway.internal.reply.Failure;
import io.scarfall.socketio.Socket;
import io.scarfall.socketio.packet.Arguments;

/** The event that tells a client why its token or key is not accepted. Call the methods on the socket's home loop. */
public final class AuthenticationError {

    /** The name of the event. */
    public static final String EVENT = "authentication_error";

    private AuthenticationError() {}

    /**
     * Sends the event. A client that asked for an ack reads the same there, and may try again. The codec of the application
     * does not write it.
     */
    public static void tell(Socket socket, Failure failure) {
        socket.emitNeeded(EVENT, Arguments.of(failure));
    }

    /**
     * Sends the event to a client that asked for no ack, and disconnects it. Such a client waits for {@code connected} or
     * {@code disconnect}.
     */
    public static void tellAndDisconnect(Socket socket, Failure failure) {
        tell(socket, failure);
        socket.disconnect();
    }
}
