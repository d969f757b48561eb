package io.scarfall.socketio;

import io.scarfall.socketio.packet.Arguments;

/** Sees every event of a namespace before its handler does, on the socket's home loop: a catch-all listener. */
@FunctionalInterface
public interface EventListener {

    void received(Socket socket, String event, Arguments arguments);
}
