package io.scarfall.socketio;

/**
 * Told of every socket that joined a namespace, on its home loop, right after the client was: what is emitted here follows
 * the CONNECT reply.
 */
@FunctionalInterface
public interface ConnectHandler {

    void connected(Socket socket);
}
