package io.scarfall.gateway.internal.auth;

import io.scarfall.gateway.internal.reply.Failure;
import io.scarfall.socketio.Socket;

/** The event by which a client learns that its proof does not count. The methods belong on the socket's home loop. */
public final class AuthenticationError {

    /** The name of the event. */
    public static final String EVENT = "authentication_error";

    private AuthenticationError() {}

    /** Tells a client that asked for an ack: it reads the same there, and may try again. */
    public static void tell(Socket socket, Failure failure) {
        socket.emitNeeded(EVENT, failure);
    }

    /** Tells a client that asked for no ack, and disconnects it: it waits for {@code connected} or {@code disconnect}. */
    public static void tellAndDisconnect(Socket socket, Failure failure) {
        socket.emitNeeded(EVENT, failure);
        socket.disconnect();
    }
}
