package io.scarfall.socketio;

import io.scarfall.engineio.CloseReason;
import io.scarfall.socketio.internal.packet.Packet;
import org.jspecify.annotations.Nullable;

/**
 * Stands between one session and the namespaces: it sees what the client sends before that has an effect, whatever
 * namespaces the client joins. A {@link SocketServer} makes one per session. Called on the session's home loop; must
 * neither block nor throw. To end the session it closes the {@link io.scarfall.engineio.EngineSession} it was made for.
 */
@FunctionalInterface
public interface SessionGuard {

    /** Lets everything pass. */
    SessionGuard OPEN = (packet, socket) -> null;

    /**
     * Lets a packet pass, or refuses it. It is asked about CONNECT, about events, known or not, and about acks that nobody
     * waits for, which have no effect in any case. It is not asked about what the server asked for itself, and not about
     * DISCONNECT, which a client can send once per CONNECT only.
     *
     * @param socket whom the packet is for; null for CONNECT
     * @return null to let it pass
     */
    @Nullable
    Refusal check(Packet packet, @Nullable Socket socket);

    /** The session has ended; called once, after its sockets have left. */
    default void closed(CloseReason reason) {}

    /**
     * What a client is told whose packet was refused.
     *
     * @param message what it reads as {@code err.message} where CONNECT was refused
     * @param answer the ack of a refused event, if the client asked for one, and the {@code err.data} of a refused CONNECT;
     *     written by Jackson; null for none
     */
    record Refusal(String message, @Nullable Object answer) {

        /** Tells the client nothing. */
        public static final Refusal SILENT = new Refusal("", null);
    }
}
