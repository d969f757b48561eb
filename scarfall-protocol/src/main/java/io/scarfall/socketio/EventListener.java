package io.scarfall.socketio;

import io.scarfall.socketio.packet.Arguments;

/**
 * Sees events of a namespace: those that arrive, see {@link Namespace.Builder#onAny} and {@link
 * Namespace.Builder#listen(String, EventListener)}, or those that are sent, see {@link
 * Namespace.Builder#onAnyOutgoing}.
 */
@FunctionalInterface
public interface EventListener {

    /** The client sent an event, or is about to get one. Called on the socket's home loop; must not block. */
    void event(Socket socket, String event, Arguments arguments);
}
