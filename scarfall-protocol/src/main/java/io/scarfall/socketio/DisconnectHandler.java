package io.scarfall.socketio;

/**
 * Told once of every socket that left a namespace, on its home loop, after it left its rooms: broadcasts do not reach it, and
 * {@link Socket#rooms} still names those that it was in. Nothing can be emitted to it any more, and no event of it follows.
 */
@FunctionalInterface
public interface DisconnectHandler {

    void disconnected(Socket socket, DisconnectReason reason);
}
