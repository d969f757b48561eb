package io.scarfall.socketio;

import io.netty.util.collection.LongObjectHashMap;
import io.netty.util.collection.LongObjectMap;
import io.scarfall.engineio.Bytes;
import io.scarfall.engineio.EngineSession;
import io.scarfall.engineio.Handshake;
import io.scarfall.socketio.internal.packet.Packet;
import io.scarfall.socketio.internal.packet.PacketEncoder;
import io.scarfall.socketio.packet.Arguments;
import io.scarfall.socketio.packet.EncodedPacket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One client in one namespace.
 *
 * <p>A socket's state lives on its home loop, the event loop of its session; handlers are called there. Methods marked
 * "thread-safe" may be called anywhere and do their work on the home loop, in the order of the calls of one thread; all
 * others belong on the home loop: see {@link #execute}.
 */
public final class Socket {

    private static final Object[] NO_ATTRIBUTES = {};
    private static final Arguments NO_AUTH = new Arguments(Bytes.utf8("{}"), List.of());

    /** An auth payload up to this size is part of what a socket costs. */
    private static final int USUAL_AUTH_BYTES = 4 * 1024;

    private final String id;
    private final Namespace namespace;
    private final Connection connection;
    private final EngineSession session;
    private final Arguments auth;

    private volatile State state = State.CONNECTING;
    private boolean ackWanted;
    private Object[] attributes = NO_ATTRIBUTES;
    private @Nullable Set<String> rooms;
    private @Nullable LongObjectMap<PendingAck> pendingAcks;

    private enum State {
        CONNECTING,
        CONNECTED,
        DISCONNECTED
    }

    private record PendingAck(CompletableFuture<Arguments> answer, Future<?> timeout) {}

    Socket(String id, Namespace namespace, Connection connection, @Nullable Bytes auth) {
        this.id = id;
        this.namespace = namespace;
        this.connection = connection;
        this.session = connection.session();
        this.auth = auth == null ? NO_AUTH : new Arguments(auth, List.of());
    }

    /** The id that the client knows as {@code socket.id}: unguessable, and not the id of the session. Thread-safe. */
    public String id() {
        return id;
    }

    /** The name of the namespace. Thread-safe. */
    public String namespace() {
        return namespace.name();
    }

    /** The request that opened the session, shared by all its sockets. Thread-safe. */
    public Handshake handshake() {
        return session.handshake();
    }

    /** The guard of the session, shared by all its sockets. Thread-safe; the guard itself belongs on the home loop. */
    public SessionGuard guard() {
        return connection.guard();
    }

    /** The name of the transport in use, {@code polling} or {@code websocket}. */
    public String transport() {
        return session.transport();
    }

    /**
     * Whether the event that is being handled asked for an ack. To be asked by its handler, on the socket's home loop, before the handler
     * returns.
     */
    public boolean isAckWanted() {
        return ackWanted;
    }

    void handles(Packet.Event event) {
        ackWanted = event.id() != Packet.NO_ID;
    }

    /** Reads the {@code auth} payload of the CONNECT packet; an empty object if the client sent none. Thread-safe. */
    public <T> T auth(Class<T> type) {
        return Objects.requireNonNull(auth.get(0, type));
    }

    /** Whether the client has joined and not left. Thread-safe. */
    public boolean isConnected() {
        return state == State.CONNECTED;
    }

    /** Whether the client has left, or was refused before it joined. Thread-safe. */
    public boolean hasLeft() {
        return state == State.DISCONNECTED;
    }

    /** What the application keeps under a key; null if nothing. */
    public <T> @Nullable T get(Attribute<T> attribute) {
        assert isHome();
        for (int i = 0; i < attributes.length; i += 2) {
            if (attributes[i] == attribute) {
                @SuppressWarnings("unchecked") // set() put it there
                T value = (T) attributes[i + 1];
                return value;
            }
        }
        return null;
    }

    /** Keeps something under a key, in place of what was there. */
    public <T> void set(Attribute<T> attribute, T value) {
        assert isHome();
        for (int i = 0; i < attributes.length; i += 2) {
            if (attributes[i] == attribute) {
                attributes[i + 1] = value;
                return;
            }
        }
        attributes = Arrays.copyOf(attributes, attributes.length + 2);
        attributes[attributes.length - 2] = attribute;
        attributes[attributes.length - 1] = value;
    }

    /**
     * Sends an event. Thread-safe.
     *
     * @param arguments see {@link Arguments#of}
     * @return on the home loop, whether the transport took it: it does not where too much waits for the client already;
     *     elsewhere, whether the socket was connected
     * @throws IllegalArgumentException if an argument cannot be written as JSON, or the name is reserved
     */
    public boolean emit(String event, @Nullable Object... arguments) {
        return send(encode(event, Packet.NO_ID, Arguments.of(arguments)));
    }

    /**
     * Sends an event as {@link #emit} does that the client must not miss, such as that it was authenticated: also where too
     * much waits for it already. A client that leaves too many of these unread is disconnected. Thread-safe.
     */
    public boolean emitNeeded(String event, @Nullable Object... arguments) {
        return sendNeeded(encode(event, Packet.NO_ID, Arguments.of(arguments)));
    }

    /** Sends an event as {@link #emit} does, but drops it if the transport cannot take it at this moment. Thread-safe. */
    public boolean emitVolatile(String event, @Nullable Object... arguments) {
        return sendVolatile(encode(event, Packet.NO_ID, Arguments.of(arguments)));
    }

    /**
     * Sends an event and asks for an ack. Thread-safe.
     *
     * @return completes on the home loop with the client's answer; fails with a {@link TimeoutException} when none came in
     *     time, with a {@link DisconnectedException} when the socket is or gets disconnected, and with a {@link
     *     TooSlowException} when the event was not sent, because too much waits for the client already
     */
    public CompletionStage<Arguments> emitWithAck(Duration timeout, String event, @Nullable Object... arguments) {
        long ackId = namespace.broadcaster().nextAckId();
        return request(ackId, encode(event, ackId, Arguments.of(arguments)), timeout, false);
    }

    CompletionStage<Arguments> request(long ackId, EncodedPacket packet, Duration timeout, boolean isVolatile) {
        CompletableFuture<Arguments> answer = new CompletableFuture<>();
        execute(() -> {
            if (!isConnected() || (isVolatile && !session.isWritable())) {
                answer.completeExceptionally(new DisconnectedException());
                return;
            }
            Future<?> timer = session.schedule(() -> timedOut(ackId), timeout);
            if (pendingAcks == null) {
                pendingAcks = new LongObjectHashMap<>(4);
            }
            pendingAcks.put(ackId, new PendingAck(answer, timer));
            if (!send(packet) && isConnected()) {
                pendingAcks.remove(ackId);
                timer.cancel(false);
                answer.completeExceptionally(new TooSlowException());
            }
        });
        return answer;
    }

    private EncodedPacket encode(String event, long ackId, Arguments arguments) {
        return namespace.broadcaster().encode(event, ackId, arguments);
    }

    /** Sends an encoded packet, with the result of {@link #emit}. Thread-safe. */
    public boolean send(EncodedPacket packet) {
        if (!isHome()) {
            session.execute(() -> send(packet));
            return isConnected();
        }
        return isConnected() && transmit(packet);
    }

    /** Sends what the client must not miss, with the result of {@link #emitNeeded}. Thread-safe. */
    boolean sendNeeded(EncodedPacket packet) {
        if (!isHome()) {
            session.execute(() -> sendNeeded(packet));
            return isConnected();
        }
        return isConnected() && session.sendNeeded(packet.text(), packet.attachments());
    }

    boolean sendVolatile(EncodedPacket packet) {
        if (!isHome()) {
            session.execute(() -> sendVolatile(packet));
            return isConnected();
        }
        return isConnected() && session.isWritable() && transmit(packet);
    }

    private boolean transmit(EncodedPacket packet) {
        return session.send(packet.text(), packet.attachments());
    }

    /** Joins a room. On the home loop this has happened when the call returns. Thread-safe. */
    public void join(String room) {
        execute(() -> {
            if (isConnected()) {
                if (rooms == null) {
                    rooms = new HashSet<>(4);
                }
                if (rooms.add(room)) {
                    namespace.broadcaster().rooms().join(this, room);
                }
            }
        });
    }

    /** Leaves a room. On the home loop this has happened when the call returns. Thread-safe. */
    public void leave(String room) {
        execute(() -> {
            if (rooms != null && rooms.remove(room)) {
                namespace.broadcaster().rooms().leave(this, room);
            }
        });
    }

    /**
     * The rooms that were joined; a copy. The socket's own id is a room too, and is not in here. In a {@linkplain Namespace.Builder#onDisconnect
     * disconnect handler} these are the rooms that the socket was in; after that there are none.
     */
    public Set<String> rooms() {
        assert isHome();
        return rooms == null ? Set.of() : Set.copyOf(rooms);
    }

    /** Emits to all other sockets of the namespace. Thread-safe. */
    public Broadcaster broadcast() {
        return namespace.broadcaster().except(id);
    }

    /** Emits to the other sockets in any of some rooms. Thread-safe. */
    public Broadcaster to(String... rooms) {
        return broadcast().to(rooms);
    }

    /** Makes the client leave the namespace; its session stays open for others. Thread-safe. */
    public void disconnect() {
        execute(() -> {
            if (isConnected()) {
                sendNeeded(PacketEncoder.encode(new Packet.Disconnect(namespace.name())));
                connection.leave(this, DisconnectReason.SERVER_NAMESPACE_DISCONNECT);
            }
        });
    }

    /** Makes the client leave all its namespaces, and closes its session. Thread-safe. */
    public void disconnectSession() {
        execute(connection::close);
    }

    /**
     * Lifts the bounds for clients that nobody knows, {@link io.scarfall.engineio.EngineConfig#maxUntrustedBytes}: the
     * application has made sure who this is. Thread-safe.
     */
    public void trust() {
        session.trust();
    }

    /** As {@link EngineSession#holds}. Belongs on the home loop. */
    public void holds(long change) {
        session.holds(change);
    }

    /**
     * Whether the client is behind with reading, so that what is soon outdated is better sent later: more than 64 KB wait for
     * it.
     */
    public boolean isBacklogged() {
        return session.isBacklogged();
    }

    /**
     * Takes no more packets of this client, in any of its namespaces, until {@link #resumeReading}: it is told to wait by its
     * network. What it sent is not lost, and its silence is no fault.
     */
    public void pauseReading() {
        session.pauseReading();
    }

    /** Takes packets of this client again. */
    public void resumeReading() {
        session.resumeReading();
    }

    /**
     * Pauses reading as {@link #pauseReading} does, independently of it and of other holds: packets of this client are taken
     * again when every hold is released and no pause is left.
     *
     * @return releases the hold; thread-safe, and a second run does nothing
     */
    public Runnable holdReading() {
        return session.holdReading();
    }

    /** Runs a task on the home loop: at once if the caller is there, else soon and in the order of the calls. */
    public void execute(Runnable task) {
        if (isHome()) {
            task.run();
        } else {
            session.execute(task);
        }
    }

    /** Runs a task on the home loop after a while; cancel it by the returned future. Thread-safe. */
    public Future<?> schedule(Runnable task, Duration delay) {
        return session.schedule(task, delay);
    }

    /** Whether the caller is on the home loop. */
    public boolean isHome() {
        return session.isHome();
    }

    /**
     * Does something with each of many sockets on its home loop, with one task per loop however many sockets live there.
     * Sockets of the caller's own loop are done before this returns. Thread-safe.
     *
     * @return completes when all is done, on the last loop
     */
    public static CompletionStage<@Nullable Void> forEachAtHome(Iterable<Socket> sockets, Consumer<Socket> action) {
        Map<Executor, List<Socket>> away = null;
        for (Socket socket : sockets) {
            if (socket.isHome()) {
                action.accept(socket);
            } else {
                away = away == null ? new HashMap<>() : away;
                away.computeIfAbsent(socket.session.home(), home -> new ArrayList<>())
                        .add(socket);
            }
        }
        if (away == null) {
            return CompletableFuture.completedFuture(null);
        }
        List<CompletableFuture<@Nullable Void>> tasks = new ArrayList<>(away.size());
        away.forEach((home, group) -> tasks.add(CompletableFuture.runAsync(() -> group.forEach(action), home)));
        return CompletableFuture.allOf(tasks.toArray(CompletableFuture[]::new));
    }

    // What follows is called by Connection, on the home loop.

    /** What of the auth payload, which is kept as long as the socket, is more than usual. */
    int heldBytes() {
        return Math.max(0, auth.json().length() - USUAL_AUTH_BYTES);
    }

    boolean isConnecting() {
        return state == State.CONNECTING;
    }

    void joined(EncodedPacket reply) {
        state = State.CONNECTED;
        namespace.joined(this, reply);
    }

    void received(Packet.Event event) {
        namespace.receive(this, event);
    }

    /** Drops rooms and acks, and tells the application if it had been told of the socket. A second call does nothing. */
    void left(DisconnectReason reason) {
        boolean wasConnected = isConnected();
        state = State.DISCONNECTED;
        if (rooms != null) {
            rooms.forEach(room -> namespace.broadcaster().rooms().leave(this, room));
        }
        if (pendingAcks != null) {
            LongObjectMap<PendingAck> dropped = pendingAcks;
            pendingAcks = null;
            for (PendingAck pending : dropped.values()) {
                pending.timeout().cancel(false);
                pending.answer().completeExceptionally(new DisconnectedException());
            }
        }
        if (wasConnected) {
            namespace.left(this, reason);
        }
        rooms = null;
    }

    /** Takes an ack; returns whether somebody waited for it. */
    boolean acknowledged(long ackId, Arguments arguments) {
        PendingAck pending = pendingAcks == null ? null : pendingAcks.remove(ackId);
        if (pending == null) {
            return false;
        }
        pending.timeout().cancel(false);
        pending.answer().complete(arguments);
        return true;
    }

    private void timedOut(long ackId) {
        PendingAck pending = pendingAcks == null ? null : pendingAcks.remove(ackId);
        if (pending != null) {
            pending.answer().completeExceptionally(new TimeoutException("operation has timed out"));
        }
    }

    @Override
    public String toString() {
        return "Socket[" + namespace.name() + " " + id + "]";
    }
}
