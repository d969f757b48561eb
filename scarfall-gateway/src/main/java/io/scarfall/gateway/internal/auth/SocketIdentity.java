package io.scarfall.gateway.internal.auth;

import io.scarfall.socketio.Attribute;
import io.scarfall.socketio.Socket;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the {@link io.scarfall.gateway.Identity} of a socket. Call the methods on the socket's home loop.
 *
 * <p>The identity is kept as an object, because {@link io.scarfall.gateway.Identity#of} reads it here, and this class must
 * not depend on that one.
 */
public final class SocketIdentity {

    private static final Attribute<Object> IDENTITY = Attribute.named("identity");

    private SocketIdentity() {}

    /** The identity of a socket; null if it has not authenticated. */
    public static @Nullable Object of(Socket socket) {
        return socket.get(IDENTITY);
    }

    /**
     * Sets the identity of a socket, which replaces an earlier one.
     *
     * @param identity an {@link io.scarfall.gateway.Identity}
     */
    public static void set(Socket socket, Object identity) {
        socket.set(IDENTITY, identity);
    }
}
