package io.scarfall.socketio;

import org.jspecify.annotations.Nullable;

/** Makes the answer to an event that failed, see {@link Namespace.Builder#onError(ErrorHandler)}. */
@FunctionalInterface
public interface ErrorHandler {

    /**
     * Returns the ack, in any of the immediate forms of {@link EventHandler#handle}, or throws: the default answers
     * what it throws. So {@code throw error} leaves an error to the default, and an {@link EventRefusedException}
     * gives the client a reason. Called on the socket's home loop; must not block.
     *
     * @param error what the handler threw: an {@link EventRefusedException}, a {@link
     *     io.scarfall.engineio.MalformedPacketException} if the arguments do not fit its type, or any other
     * @throws Throwable of any kind
     */
    @Nullable
    Object answer(Socket socket, String event, Throwable error) throws Throwable;
}
