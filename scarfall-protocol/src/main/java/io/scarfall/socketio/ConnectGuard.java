package io.scarfall.socketio;

import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a client may join a namespace. Called on the socket's home loop, before the client gets any answer;
 * must not block. The socket cannot emit or join rooms yet.
 */
@FunctionalInterface
public interface ConnectGuard {

    /**
     * Admits or refuses a socket.
     *
     * @param socket the future socket, with its {@link Socket#auth auth} payload and {@link Socket#handshake handshake}
     * @return null to admit the client now; or a stage that admits it by completing, with any value and on any thread,
     *     and refuses it by failing
     * @throws ConnectRefusedException to refuse the client, which gets a {@code connect_error} with its message and
     *     data; a stage may fail with it too. A {@link io.scarfall.engineio.MalformedPacketException} refuses the
     *     client because its auth payload does not fit. Any other exception refuses it with a neutral message, and is
     *     logged as an error
     */
    @Nullable
    CompletionStage<?> admit(Socket socket) throws ConnectRefusedException;
}
