package io.scarfall.socketio;

import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a client may join a namespace. It is called on the socket's home loop before the client is told
 * anything, and must not block. Nothing can be emitted to the socket yet.
 */
@FunctionalInterface
public interface ConnectGuard {

    /**
     * Admits or refuses a socket.
     *
     * @param socket the socket to be, with its {@link Socket#auth auth} payload and {@link Socket#handshake handshake}
     * @return null to admit it now, or a stage that admits it by completing (with any value) and refuses it by failing
     * @throws ConnectRefusedException to refuse it, as does a stage that fails with it: the client gets a {@code
     *     connect_error} with its message and data. Every other exception refuses too, in neutral words, and is logged
     */
    @Nullable
    CompletionStage<?> admit(Socket socket) throws ConnectRefusedException;
}
