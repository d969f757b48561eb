package io.scarfall.socketio;

import io.scarfall.engineio.Bytes;
import io.scarfall.engineio.CloseReason;
import io.scarfall.engineio.EngineSession;
import io.scarfall.engineio.MalformedPacketException;
import io.scarfall.engineio.SessionListener;
import io.scarfall.engineio.internal.LogText;
import io.scarfall.socketio.internal.packet.Packet;
import io.scarfall.socketio.internal.packet.PacketDecoder;
import io.scarfall.socketio.internal.packet.PacketEncoder;
import io.scarfall.socketio.packet.Arguments;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One session as Socket.IO: decodes its messages, joins it to namespaces, and finds the socket that a packet is for.
 * Confined to the session's home loop.
 */
final class Connection implements SessionListener {

    private static final Logger log = LoggerFactory.getLogger(Connection.class);

    private final SocketServer server;
    private final EngineSession session;
    private final SessionGuard guard;
    private final PacketDecoder decoder;
    private final Map<String, Socket> sockets = new HashMap<>(2);
    private @Nullable Future<?> connectTimeout;

    /** What the decoder held of a packet when that was told last. */
    private int incompleteBytes;

    private record Joined(String sid) {}

    Connection(SocketServer server, EngineSession session) {
        this.server = server;
        this.session = session;
        guard = server.guard(session);
        decoder = new PacketDecoder(
                server.config().maxAttachments(), server.config().json());
        connectTimeout = session.schedule(
                () -> session.close(CloseReason.FORCED_CLOSE), server.config().connectTimeout());
    }

    @Override
    public void text(Bytes message) {
        receive(message, false);
    }

    @Override
    public void binary(Bytes message) {
        receive(message, true);
    }

    private void receive(Bytes message, boolean binary) {
        Packet packet;
        try {
            packet = binary ? decoder.binary(message) : decoder.text(message);
        } catch (MalformedPacketException e) {
            log.debug("malformed packet sid={} error={}", LogText.sid(session.id()), LogText.of(e.getMessage()));
            if (e.limit() != null) {
                session.exceeded(e.limit());
            }
            session.close(CloseReason.FORCED_CLOSE);
            return;
        }
        holdIncomplete();
        if (packet != null) {
            route(packet);
        } else if (!isExpected(decoder.incomplete())) {
            session.close(CloseReason.FORCED_CLOSE);
        }
    }

    /** Whether the attachments of a packet are worth waiting for; tells the limit if they are too large for this client. */
    private boolean isExpected(@Nullable Packet incomplete) {
        Socket socket = incomplete == null ? null : sockets.get(incomplete.namespace());
        if (socket == null || socket.isConnecting()) {
            log.debug("attachments for a namespace that was not joined sid={}", LogText.sid(session.id()));
            return false;
        }
        return session.mayHold(decoder.incompleteBytes());
    }

    private void holdIncomplete() {
        int bytes = decoder.incompleteBytes();
        if (bytes != incompleteBytes) {
            session.holds(bytes - incompleteBytes);
            incompleteBytes = bytes;
        }
    }

    private void route(Packet packet) {
        Socket socket = sockets.get(packet.namespace());
        if (packet instanceof Packet.Connect connect && socket == null) {
            if (passes(connect)) {
                connect(connect);
            }
        } else if (socket == null || socket.isConnecting()) {
            violation(packet);
        } else if (packet instanceof Packet.Event event) {
            if (passes(event, socket)) {
                socket.received(event);
            }
        } else if (packet instanceof Packet.Ack ack) {
            if (!socket.acknowledged(ack.id(), ack.arguments())) {
                guard.unexpectedAck(socket);
            }
        } else if (packet instanceof Packet.Disconnect) {
            leave(socket, DisconnectReason.CLIENT_NAMESPACE_DISCONNECT);
        } else {
            violation(packet);
        }
    }

    /** Asks the guard about a CONNECT, and sends its refusal. */
    private boolean passes(Packet.Connect packet) {
        SessionGuard.Refusal refusal = guard.connect(packet.namespace());
        if (refusal == null) {
            return true;
        }
        logRefused(packet);
        if (!refusal.equals(SessionGuard.Refusal.SILENT)) {
            refuse(packet.namespace(), new ConnectRefusedException(refusal.message(), refusal.answer()));
        }
        return false;
    }

    /** Asks the guard about an event, and sends its refusal if the client waits for an ack. */
    private boolean passes(Packet.Event event, Socket socket) {
        SessionGuard.Refusal refusal = guard.event(socket, event.name());
        if (refusal == null) {
            return true;
        }
        logRefused(event);
        if (!refusal.equals(SessionGuard.Refusal.SILENT) && event.id() != Packet.NO_ID) {
            Object answer = refusal.answer();
            Arguments arguments = answer == null ? Arguments.NONE : Arguments.of(answer);
            socket.sendNeeded(PacketEncoder.encode(new Packet.Ack(event.namespace(), event.id(), arguments)));
        }
        return false;
    }

    private void logRefused(Packet packet) {
        log.debug(
                "packet refused sid={} type={}",
                LogText.sid(session.id()),
                packet.getClass().getSimpleName());
    }

    /** A packet that this state does not allow ends the connection. */
    private void violation(Packet packet) {
        log.debug(
                "unexpected packet sid={} type={}",
                LogText.sid(session.id()),
                packet.getClass().getSimpleName());
        session.close(CloseReason.FORCED_CLOSE);
    }

    private void connect(Packet.Connect packet) {
        Namespace namespace = server.namespace(packet.namespace());
        if (namespace == null) {
            refuse(packet.namespace(), new ConnectRefusedException("Invalid namespace", null));
            return;
        }
        Bytes auth = packet.data();
        if (auth != null && auth.length() < auth.array().length) { // what it came in may be much larger
            auth = Bytes.wrap(auth.toByteArray());
        }
        Socket socket = new Socket(server.nextSocketId(), namespace, this, auth);
        sockets.put(namespace.name(), socket);
        session.holds(socket.heldBytes());
        admit(socket, namespace.guards().iterator());
    }

    /** Asks the guards one after the other, each when the one before has admitted the socket. */
    private void admit(Socket socket, Iterator<ConnectGuard> guards) {
        while (socket.isConnecting() && guards.hasNext()) {
            CompletionStage<?> verdict;
            try {
                verdict = guards.next().admit(socket);
            } catch (ConnectRefusedException | RuntimeException e) {
                refuse(socket, e);
                return;
            }
            if (verdict != null) {
                new PendingVerdict(socket, guards).await(verdict);
                return;
            }
        }
        if (socket.isConnecting()) {
            join(socket);
        }
    }

    /**
     * The verdict of one guard on its way. Until it is there, or the time to connect is over, no packet of the session is
     * taken: what the client sends after CONNECT has an effect only once the client is admitted, and what waits for the
     * guard is no more than what the network holds.
     */
    private final class PendingVerdict {

        private final Socket socket;
        private final Iterator<ConnectGuard> guards;
        private boolean decided;
        private @Nullable Runnable release;
        private @Nullable Future<?> timeout;

        PendingVerdict(Socket socket, Iterator<ConnectGuard> guards) {
            this.socket = socket;
            this.guards = guards;
        }

        void await(CompletionStage<?> verdict) {
            verdict.whenComplete((admitted, error) -> session.execute(() -> decide(error)));
            if (!decided) {
                release = session.holdReading();
                timeout = session.schedule(
                        () -> decide(new TimeoutException("connect guard did not answer")),
                        server.config().connectTimeout());
            }
        }

        private void decide(@Nullable Throwable error) {
            if (decided) {
                return;
            }
            decided = true;
            if (timeout != null) {
                timeout.cancel(false);
            }
            if (error == null) {
                admit(socket, guards);
            } else {
                refuse(socket, error);
            }
            if (release != null) { // last: what follows CONNECT finds the client admitted, or refused
                release.run();
            }
        }
    }

    private void join(Socket socket) {
        if (connectTimeout != null) {
            connectTimeout.cancel(false);
            connectTimeout = null;
        }
        Bytes sid = Arguments.of(new Joined(socket.id())).json();
        Packet reply = new Packet.Connect(socket.namespace(), sid);
        socket.joined(PacketEncoder.encode(reply));
    }

    private void refuse(Socket socket, Throwable error) {
        if (!socket.isConnecting()) {
            return;
        }
        Throwable cause = error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
        leave(socket, DisconnectReason.SERVER_NAMESPACE_DISCONNECT);
        if (cause instanceof ConnectRefusedException refusal) {
            refuse(socket.namespace(), refusal);
        } else if (cause instanceof MalformedPacketException) {
            log.debug(
                    "malformed auth ns={} sid={} error={}",
                    LogText.of(socket.namespace()),
                    LogText.sid(session.id()),
                    LogText.of(cause.getMessage()));
            refuse(socket.namespace(), new ConnectRefusedException("invalid auth", null));
        } else {
            log.error(
                    "connect guard failed ns={} sid={}",
                    LogText.of(socket.namespace()),
                    LogText.sid(session.id()),
                    cause);
            refuse(socket.namespace(), new ConnectRefusedException("internal error", null));
        }
    }

    private void refuse(String namespace, ConnectRefusedException refusal) {
        Packet error = new Packet.ConnectError(namespace, refusal.payload());
        session.sendNeeded(PacketEncoder.encode(error).text(), List.of());
    }

    // What follows is called by Socket, on the home loop.

    EngineSession session() {
        return session;
    }

    SessionGuard guard() {
        return guard;
    }

    void leave(Socket socket, DisconnectReason reason) {
        if (sockets.remove(socket.namespace(), socket)) {
            session.holds(-socket.heldBytes());
        }
        socket.left(reason);
    }

    /** Takes the client out of all its namespaces, and closes the session. */
    void close() {
        for (Socket socket : List.copyOf(sockets.values())) {
            socket.disconnect();
        }
        session.close(CloseReason.FORCED_CLOSE);
    }

    @Override
    public void closed(CloseReason reason) {
        if (connectTimeout != null) {
            connectTimeout.cancel(false);
        }
        session.holds(-incompleteBytes);
        incompleteBytes = 0;
        for (Socket socket : List.copyOf(sockets.values())) {
            leave(socket, DisconnectReason.of(reason));
        }
        guard.closed(reason);
    }
}
