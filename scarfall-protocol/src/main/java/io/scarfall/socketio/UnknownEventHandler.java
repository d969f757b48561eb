package io.scarfall.socketio;

import org.jspecify.annotations.Nullable;

/** Answers an event that has no handler in its {@link Namespace}, and whose client waits for an ack. */
@FunctionalInterface
public interface UnknownEventHandler {

    /**
     * Makes the answer, on the socket's home loop.
     *
     * @param event as the client named it: any text
     * @return what the ack carries, as of an {@link EventHandler}; null for an ack without arguments
     */
    @Nullable
    Object answer(Socket socket, String event);
}
