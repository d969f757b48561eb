package io.scarfall.socketio;

import io.scarfall.engineio.Bytes;
import io.scarfall.engineio.CloseReason;
import io.scarfall.engineio.EngineSession;
import io.scarfall.engineio.Limit;
import io.scarfall.engineio.MalformedPacketException;
import io.scarfall.engineio.SessionListener;
import io.scarfall.engineio.internal.Causes;
import io.scarfall.engineio.internal.LogText;
import io.scarfall.socketio.internal.packet.Packet;
import io.scarfall.socketio.internal.packet.PacketDecoder;
import io.scarfall.socketio.internal.packet.PacketEncoder;
import io.scarfall.socketio.packet.Arguments;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One session as Socket.IO: decodes its messages, joins it to namespaces, and hands each packet to the namespace that
 * it is for. Confined to the session's home loop.
 */
final class Connection implements SessionListener, Socket.Owner {

    private static final Logger log = LoggerFactory.getLogger(Connection.class);

    private final Namespaces namespaces;
    private final EngineSession session;
    private final SessionGuard guard;
    private final PacketDecoder decoder;
    private final Map<String, Membership> memberships = new HashMap<>(2);
    private @Nullable Future<?> connectTimeout;

    /** How many bytes of an incomplete packet the decoder held at the last report to the session. */
    private int incompleteBytes;

    /**
     * The client's socket in a namespace, from CONNECT until it leaves.
     *
     * @param parent the parent of the namespace; null for none
     */
    private record Membership(
            Socket socket, Namespace namespace, @Nullable ParentNamespace parent) {}

    private record Joined(String sid) {}

    Connection(Namespaces namespaces, EngineSession session, SessionGuard guard) {
        this.namespaces = namespaces;
        this.session = session;
        this.guard = guard;
        SocketConfig config = namespaces.config();
        decoder = new PacketDecoder(config.maxAttachments(), config.json());
        connectTimeout = session.schedule(() -> session.close(CloseReason.FORCED_CLOSE), config.connectTimeout());
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

    /**
     * Whether the session may wait for the attachments of a packet; counts the limit if they are too large for this
     * client.
     */
    private boolean isExpected(@Nullable Packet incomplete) {
        Membership membership = incomplete == null ? null : memberships.get(incomplete.namespace());
        if (membership == null || membership.socket().isConnecting()) {
            log.debug("attachments for a namespace that the client has not joined sid={}", LogText.sid(session.id()));
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
        Membership membership = memberships.get(packet.namespace());
        if (membership == null) {
            if (packet instanceof Packet.Connect connect) {
                if (passes(connect)) {
                    connect(connect);
                }
            } else {
                violation(packet);
            }
            return;
        }
        Socket socket = membership.socket();
        if (socket.isConnecting()) {
            violation(packet);
        } else if (packet instanceof Packet.Event event) {
            if (passes(event, socket)) {
                membership.namespace().receive(socket, event);
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

    /** Ends the connection because of a packet that its state does not allow. */
    private void violation(Packet packet) {
        log.debug(
                "unexpected packet sid={} type={}",
                LogText.sid(session.id()),
                packet.getClass().getSimpleName());
        session.close(CloseReason.FORCED_CLOSE);
    }

    /** Finds the namespace that a client connects to, or refuses the client. */
    private Namespaces.@Nullable Place enter(String name) {
        Namespaces.Place place = null;
        try {
            boolean mayJoin = memberships.size() < namespaces.config().maxNamespacesPerSession();
            place = mayJoin ? namespaces.enter(name) : null;
            if (place == null) {
                session.exceeded(Limit.NAMESPACES);
                refuse(name, new ConnectRefusedException("too many namespaces", null));
            }
        } catch (ConnectRefusedException e) {
            refuse(name, e);
        }
        return place;
    }

    private void connect(Packet.Connect packet) {
        Namespaces.Place place = enter(packet.namespace());
        if (place == null) {
            return;
        }
        Namespace namespace = place.namespace();
        Bytes auth = packet.data();
        if (auth != null && auth.length() < auth.array().length) { // the message around it may be much larger
            auth = Bytes.wrap(auth.toByteArray());
        }
        Socket socket = new Socket(namespaces.nextSocketId(), namespace.broadcaster(), this, auth);
        Membership membership = new Membership(socket, namespace, place.parent());
        memberships.put(namespace.name(), membership);
        session.holds(socket.heldBytes());
        admit(membership, namespace.guards().iterator());
    }

    /** Asks the guards one after the other, each after the one before it has admitted the socket. */
    private void admit(Membership membership, Iterator<ConnectGuard> guards) {
        Socket socket = membership.socket();
        while (socket.isConnecting() && guards.hasNext()) {
            CompletionStage<?> verdict;
            try {
                verdict = guards.next().admit(socket);
            } catch (ConnectRefusedException | RuntimeException e) {
                refuse(socket, membership.namespace(), e);
                return;
            }
            if (verdict != null) {
                new PendingVerdict(membership, guards).await(verdict);
                return;
            }
        }
        if (socket.isConnecting()) {
            join(membership);
        }
    }

    /**
     * A verdict that a guard has not given yet. The session takes no packet until the verdict is there, or the time to
     * connect is over. So what the client sends after CONNECT has no effect before the client is admitted, and only the
     * network holds what waits for the guard.
     */
    private final class PendingVerdict {

        private final Membership membership;
        private final Iterator<ConnectGuard> guards;
        private boolean decided;
        private @Nullable Runnable release;
        private @Nullable Future<?> timeout;

        PendingVerdict(Membership membership, Iterator<ConnectGuard> guards) {
            this.membership = membership;
            this.guards = guards;
        }

        void await(CompletionStage<?> verdict) {
            verdict.whenComplete((admitted, error) -> session.execute(() -> decide(error)));
            if (!decided) {
                release = session.holdReading();
                timeout = session.schedule(
                        () -> decide(new TimeoutException("connect guard did not answer")),
                        namespaces.config().connectTimeout());
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
                admit(membership, guards);
            } else {
                refuse(membership.socket(), membership.namespace(), error);
            }
            if (release != null) { // last, so that what follows CONNECT finds the client admitted or refused
                release.run();
            }
        }
    }

    private void join(Membership membership) {
        if (connectTimeout != null) {
            connectTimeout.cancel(false);
            connectTimeout = null;
        }
        Socket socket = membership.socket();
        Bytes sid = Arguments.of(new Joined(socket.id())).json();
        Packet reply = new Packet.Connect(socket.namespace(), sid);
        socket.connected();
        membership.namespace().joined(socket, PacketEncoder.encode(reply));
        if (!namespaces.serves(
                membership.namespace(),
                membership.parent())) { // removed meanwhile, perhaps before the socket was in its rooms
            socket.disconnect();
        }
    }

    private void refuse(Socket socket, Namespace namespace, Throwable error) {
        if (!socket.isConnecting()) {
            return;
        }
        Throwable cause = Causes.of(error);
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
            namespace.failures().guardFailed(socket, session, cause);
            refuse(socket.namespace(), new ConnectRefusedException("internal error", null));
        }
    }

    private void refuse(String namespace, ConnectRefusedException refusal) {
        Packet error = new Packet.ConnectError(namespace, refusal.payload());
        session.sendNeeded(PacketEncoder.encode(error).text(), List.of());
    }

    @Override
    public EngineSession session() {
        return session;
    }

    @Override
    public SessionGuard guard() {
        return guard;
    }

    @Override
    public void leave(Socket socket, DisconnectReason reason) {
        Membership membership = memberships.get(socket.namespace());
        if (membership == null || membership.socket() != socket) { // it has left
            return;
        }
        memberships.remove(socket.namespace());
        session.holds(-socket.heldBytes());
        boolean hadJoined = socket.leaving();
        if (hadJoined) {
            membership.namespace().leaving(socket, reason);
        }
        socket.disconnected();
        if (hadJoined) {
            membership.namespace().left(socket, reason);
        }
        socket.forgetRooms();
        namespaces.left(membership.namespace(), membership.parent());
    }

    @Override
    public void close() {
        for (Membership membership : List.copyOf(memberships.values())) {
            membership.socket().disconnect();
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
        for (Membership membership : List.copyOf(memberships.values())) {
            leave(membership.socket(), DisconnectReason.of(reason));
        }
        guard.closed(reason);
    }
}
