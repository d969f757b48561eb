package io.scarfall.socketio;

import org.jspecify.annotations.Nullable;

/**
 * Makes the answer to an event whose handler failed, or whose arguments do not fit the handler's type (then the error is a
 * {@link io.scarfall.engineio.MalformedPacketException}). Called on the socket's home loop; must not throw.
 */
@FunctionalInterface
public interface ErrorHandler {

    /** Returns the ack, in any of the immediate forms of {@link EventHandler#handle}. */
    @Nullable
    Object answer(Socket socket, String event, Throwable error);
}
