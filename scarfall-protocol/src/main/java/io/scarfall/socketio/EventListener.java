package io.scarfall.socketio;

import io.scarfall.socketio.packet.Arguments;

/** Sees every event of a namespace, see {@link Namespace.Builder#onAny}. */
@FunctionalInterface
public interface EventListener {

    /** The client sent an event. Called on the socket's home loop; must not block. */
    void received(Socket socket, String event, Arguments arguments);
}
