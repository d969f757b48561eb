package io.scarfall.socketio;

import io.scarfall.engineio.CloseReason;
import org.jspecify.annotations.Nullable;

/**
 * Checks what the client of one session sends before it has an effect, in all namespaces. A {@link SocketServer} makes
 * one guard per session. Called on the session's home loop; must neither block nor throw. To end the session, a guard
 * closes the {@link io.scarfall.engineio.EngineSession} that it was made for. It does not see acks that the server
 * waits for, nor DISCONNECT, which a client can send only once per CONNECT.
 */
public interface SessionGuard {

    /** Lets everything pass. */
    SessionGuard OPEN = new SessionGuard() {
        @Override
        public @Nullable Refusal connect(String namespace) {
            return null;
        }

        @Override
        public @Nullable Refusal event(Socket socket, String event) {
            return null;
        }

        @Override
        public void unexpectedAck(Socket socket) {}
    };

    /**
     * Lets a CONNECT pass, or refuses it.
     *
     * @param namespace the name as the client wrote it; there may be no such namespace
     * @return null to let it pass
     */
    @Nullable
    Refusal connect(String namespace);

    /**
     * Lets an event pass, or refuses it.
     *
     * @param event the name as the client wrote it; there may be no handler for it
     * @return null to let it pass
     */
    @Nullable
    Refusal event(Socket socket, String event);

    /** The client sent an ack that the server does not wait for; it has no effect. */
    void unexpectedAck(Socket socket);

    /** The session has ended; called once, after its sockets have left. */
    default void closed(CloseReason reason) {}

    /**
     * What a client gets whose packet was refused. Immutable.
     *
     * @param message the {@code err.message} of a refused CONNECT
     * @param answer the ack of a refused event, if the client asked for one, and the {@code err.data} of a refused
     *     CONNECT; written by Jackson; null for none
     */
    record Refusal(String message, @Nullable Object answer) {

        /** Sends nothing to the client. */
        public static final Refusal SILENT = new Refusal("", null);
    }
}
