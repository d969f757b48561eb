package io.scarfall.socketio;

import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a client may join a namespace. It is called on the socket's home loop before the client is told
 * anything, and must not block. The socket cannot be emitted to yet, and joins no rooms.
 */
@FunctionalInterface
public interface ConnectGuard {

    /**
     * Admits or refuses a socket.
     *
     * @param socket the socket to be, with its {@link Socket#auth auth} payload and {@link Socket#handshake handshake}
     * @return null to admit it now, or a stage that admits it by completing (with any value) and refuses it by failing
     * @throws ConnectRefusedException to refuse it, as does a stage that fails with it: the client gets a {@code
     *     connect_error} with its message and data. An auth payload that does not fit ({@link
     *     io.scarfall.engineio.MalformedPacketException}) refuses too; so does every other exception, in neutral
     *     words, and is logged
     */
    @Nullable
    CompletionStage<?> admit(Socket socket) throws ConnectRefusedException;
}
