package io.scarfall.socketio;

import io.scarfall.engineio.Bytes;
import io.scarfall.engineio.EngineSession;
import io.scarfall.engineio.Handshake;
import io.scarfall.socketio.internal.packet.Packet;
import io.scarfall.socketio.internal.packet.PacketEncoder;
import io.scarfall.socketio.packet.Arguments;
import io.scarfall.socketio.packet.EncodedPacket;
import io.scarfall.socketio.packet.JsonCodec;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One client in one namespace.
 *
 * <p>A socket is confined to its home loop, the event loop of its session; handlers run there. Methods marked
 * "thread-safe" may be called on any thread: they do their work on the home loop, in the order of the calls of one
 * thread. All other methods must be called on the home loop, see {@link #execute}.
 */
public final class Socket {

    private static final AtomicReferenceFieldUpdater<Socket, Object[]> ATTRIBUTES =
            AtomicReferenceFieldUpdater.newUpdater(Socket.class, Object[].class, "attributes");

    private static final Arguments NO_AUTH = new Arguments(Bytes.utf8("{}"), List.of());

    /** An auth payload up to this size is part of what a socket costs. */
    private static final int USUAL_AUTH_BYTES = 4 * 1024;

    private final String id;
    private final Broadcaster namespace;
    private final Owner owner;
    private final EngineSession session;
    private final Arguments auth;

    private volatile State state = State.CONNECTING;
    private boolean ackWanted;
    private volatile Object[] attributes = Attributes.NONE;
    private volatile @Nullable Set<String> rooms;
    private @Nullable PendingAcks pendingAcks;
    private EventInterceptor[] interceptors = Interceptors.NONE;

    private enum State {
        CONNECTING,
        CONNECTED,
        LEAVING,
        DISCONNECTED
    }

    /** The connection that a socket belongs to. Confined to the home loop, but for what does not change. */
    interface Owner {

        EngineSession session();

        SessionGuard guard();

        /** Takes a socket out of its namespace. A second call does nothing. */
        void leave(Socket socket, DisconnectReason reason);

        /** Takes the client out of all its namespaces, and closes the session. */
        void close();
    }

    /**
     * Makes a socket that has not joined yet.
     *
     * @param namespace the sending half of its namespace
     * @param auth the {@code auth} payload; null if the client sent none
     */
    Socket(String id, Broadcaster namespace, Owner owner, @Nullable Bytes auth) {
        this.id = id;
        this.namespace = namespace;
        this.owner = owner;
        this.session = owner.session();
        this.auth = (auth == null ? NO_AUTH : new Arguments(auth, List.of())).with(namespace.codec());
    }

    /** The id that the client knows as {@code socket.id}: unguessable, and not the id of the session. Thread-safe. */
    public String id() {
        return id;
    }

    /** The name of the namespace. Thread-safe. */
    public String namespace() {
        return namespace.namespace();
    }

    /** The request that opened the session, shared by all its sockets. Thread-safe. */
    public Handshake handshake() {
        return session.handshake();
    }

    /**
     * The guard of the session, shared by all its sockets. Thread-safe; the guard itself is confined to the home loop.
     */
    public SessionGuard guard() {
        return owner.guard();
    }

    /** The session of the client, shared by all its sockets. Thread-safe. */
    public EngineSession session() {
        return session;
    }

    /** The name of the transport in use, {@code polling} or {@code websocket}. */
    public String transport() {
        return session.transport();
    }

    /**
     * Whether the client wants an ack of the event that is being handled. Valid only in its handler, on the home loop,
     * before the handler returns.
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

    /**
     * Adds an interceptor around all events of this socket, see {@link EventInterceptor}. It runs after those of the
     * namespace and the event, and also for events without a handler. An interceptor that serves many sockets costs less
     * memory {@linkplain Namespace.Builder#intercept in the table}.
     *
     * @return removes the interceptor; must be called on the home loop
     */
    public Runnable intercept(EventInterceptor interceptor) {
        interceptors = Interceptors.joined(interceptors, interceptor);
        return () -> remove(interceptor);
    }

    /**
     * Handles the next event of a name by this handler, in place of that in the table. What the handler returns is the
     * ack.
     *
     * @return removes the handler; must be called on the home loop
     */
    public Runnable once(String event, EventHandler<Arguments> handler) {
        Interceptors.Once once = new Interceptors.Once(this, event, handler);
        interceptors = Interceptors.joined(interceptors, once);
        return once;
    }

    void remove(EventInterceptor interceptor) {
        interceptors = Interceptors.without(interceptors, interceptor);
    }

    EventInterceptor[] interceptors() {
        return interceptors;
    }

    /** The {@code auth} payload as one argument; an empty object if the client sent none. Thread-safe. */
    public Arguments auth() {
        return auth;
    }

    /** The codec of the namespace. */
    JsonCodec codec() {
        return namespace.codec();
    }

    /** Whether the client has joined and not left. Thread-safe. */
    public boolean isConnected() {
        return state == State.CONNECTED;
    }

    /** Whether the client has left or leaves, or was refused before it joined. Thread-safe. */
    public boolean hasLeft() {
        State now = state;
        return now == State.LEAVING || now == State.DISCONNECTED;
    }

    /** The application's value of a key; null if there is none. Thread-safe. */
    public <T> @Nullable T get(Attribute<T> attribute) {
        return Attributes.get(attributes, attribute);
    }

    /** Sets the application's value of a key, and replaces the value before it. Thread-safe. */
    public <T> void set(Attribute<T> attribute, T value) {
        ATTRIBUTES.updateAndGet(this, now -> Attributes.with(now, attribute, value));
    }

    /** Removes the application's value of a key; does nothing if there is none. Thread-safe. */
    public void remove(Attribute<?> attribute) {
        ATTRIBUTES.updateAndGet(this, now -> Attributes.without(now, attribute));
    }

    /**
     * Sends an event. Thread-safe.
     *
     * @param arguments see {@link Arguments#of}
     * @return on the home loop: false if the socket is not connected, or if too much already waits for the client; on
     *     other threads: whether the socket is connected
     * @throws IllegalArgumentException if an argument cannot be written as JSON, or the name is reserved
     */
    public boolean emit(String event, @Nullable Object... arguments) {
        return send(encode(event, Packet.NO_ID, arguments));
    }

    /**
     * Sends an event that the client must not miss, such as the result of its authentication, as {@link #emit} does but
     * even if too much already waits for the client. A client that leaves too many of these unread is disconnected.
     * Thread-safe.
     */
    public boolean emitNeeded(String event, @Nullable Object... arguments) {
        return sendNeeded(encode(event, Packet.NO_ID, arguments));
    }

    /**
     * Sends an event as {@link #emit} does, but drops it if the transport cannot take it at this moment. Thread-safe.
     */
    public boolean emitVolatile(String event, @Nullable Object... arguments) {
        return sendVolatile(encode(event, Packet.NO_ID, arguments));
    }

    /**
     * Sends an event and asks for an ack. Thread-safe.
     *
     * @return completes on the home loop with the arguments of the client's ack. It fails with a {@link
     *     TimeoutException} if no ack came in time, with a {@link DisconnectedException} if the socket is not connected
     *     or leaves, and with a {@link TooSlowException} if the event was not sent because too much already waits for
     *     the client
     * @throws IllegalArgumentException if an argument cannot be written as JSON, or the name is reserved
     */
    public CompletionStage<Arguments> emitWithAck(Duration timeout, String event, @Nullable Object... arguments) {
        long ackId = namespace.nextAckId();
        return request(ackId, encode(event, ackId, arguments), timeout, false);
    }

    CompletionStage<Arguments> request(long ackId, EncodedPacket packet, Duration timeout, boolean isVolatile) {
        CompletableFuture<Arguments> answer = new CompletableFuture<>();
        execute(() -> {
            if (!isConnected() || (isVolatile && !session.isWritable())) {
                answer.completeExceptionally(new DisconnectedException());
                return;
            }
            PendingAcks pending = pendingAcks == null ? new PendingAcks() : pendingAcks;
            pendingAcks = pending;
            pending.add(ackId, answer, session.schedule(() -> pending.timedOut(ackId), timeout));
            if (!send(packet) && isConnected()) {
                pending.fail(ackId, new TooSlowException());
            }
        });
        return answer;
    }

    /** Encodes an event that is about to be sent, and shows it to the listeners of the namespace, if it has any. */
    private EncodedPacket encode(String event, long ackId, @Nullable Object... values) {
        Arguments arguments = Arguments.of(codec(), values);
        EncodedPacket packet = namespace.encode(event, ackId, arguments);
        if (namespace.showsOutgoing()) {
            execute(() -> namespace.showOutgoing(this, event, arguments));
        }
        return packet;
    }

    /**
     * Sends an event that {@link Broadcaster#encode} encoded once for many sockets of its namespace, with the result of
     * {@link #emit}. Thread-safe.
     */
    public boolean send(EncodedPacket packet) {
        if (!isHome()) {
            session.execute(() -> send(packet));
            return isConnected();
        }
        return isConnected() && transmit(packet);
    }

    /** Sends a packet that the client must not miss, with the result of {@link #emitNeeded}. Thread-safe. */
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

    /** Joins a room: on the home loop before the call returns, on other threads soon after. Thread-safe. */
    public void join(String room) {
        execute(() -> {
            if (isConnected()) {
                Set<String> joined = rooms == null ? ConcurrentHashMap.newKeySet(2) : rooms;
                rooms = joined;
                if (joined.add(room)) {
                    namespace.rooms().join(this, room);
                }
            }
        });
    }

    /** Leaves a room: on the home loop before the call returns, on other threads soon after. Thread-safe. */
    public void leave(String room) {
        execute(() -> {
            Set<String> joined = rooms;
            if (joined != null && joined.remove(room)) {
                namespace.rooms().leave(this, room);
            }
        });
    }

    /**
     * The rooms that were joined; a copy. The socket's own id is a room too, and is not in here. In a {@linkplain
     * Namespace.Builder#onDisconnect disconnect handler} these are the rooms that the socket was in; after that there
     * are none. Thread-safe.
     */
    public Set<String> rooms() {
        Set<String> joined = rooms;
        return joined == null ? Set.of() : Set.copyOf(joined);
    }

    /** The sending half of the namespace without this socket. Thread-safe. */
    public Broadcaster broadcast() {
        return namespace.except(id);
    }

    /** The sending half of the namespace for the other sockets in any of these rooms. Thread-safe. */
    public Broadcaster to(String... rooms) {
        return broadcast().to(rooms);
    }

    /** Makes the client leave the namespace; its session stays open for others. Thread-safe. */
    public void disconnect() {
        execute(() -> {
            if (isConnected()) {
                sendNeeded(PacketEncoder.encode(new Packet.Disconnect(namespace())));
                owner.leave(this, DisconnectReason.SERVER_NAMESPACE_DISCONNECT);
            }
        });
    }

    /** Makes the client leave all its namespaces, and closes its session. Thread-safe. */
    public void disconnectSession() {
        execute(owner::close);
    }

    /**
     * Lifts {@link io.scarfall.engineio.EngineConfig#maxUntrustedBytes}, the bound for unknown clients: the application
     * has authenticated this client. Thread-safe.
     */
    public void trust() {
        session.trust();
    }

    /** Reports that the application holds more bytes of this client, see {@link EngineSession#holds}. */
    public void holds(long change) {
        session.holds(change);
    }

    /**
     * Whether more than 64 KB wait for the client to read them. An application may delay what is soon outdated until
     * then.
     */
    public boolean isBacklogged() {
        return session.isBacklogged();
    }

    /**
     * Takes no more packets of this client, in any of its namespaces, until {@link #resumeReading}. TCP makes the
     * client wait; nothing that it sent is lost, and the missing heartbeat answers do not end the session.
     */
    public void pauseReading() {
        session.pauseReading();
    }

    /** Ends the pause of {@link #pauseReading}. */
    public void resumeReading() {
        session.resumeReading();
    }

    /**
     * Pauses reading as {@link #pauseReading} does, independently of it and of other holds: packets of this client are
     * taken again when every hold is released and no pause is left.
     *
     * @return releases the hold; thread-safe, and a second run does nothing
     */
    public Runnable holdReading() {
        return session.holdReading();
    }

    /**
     * Runs a task on the home loop: at once if the caller is on it, else soon and in the order of the calls.
     * Thread-safe.
     */
    public void execute(Runnable task) {
        if (isHome()) {
            task.run();
        } else {
            session.execute(task);
        }
    }

    /** Runs a task on the home loop after a delay; the returned future cancels it. Thread-safe. */
    public Future<?> schedule(Runnable task, Duration delay) {
        return session.schedule(task, delay);
    }

    /** Whether the caller is on the home loop. Thread-safe. */
    public boolean isHome() {
        return session.isHome();
    }

    /**
     * Runs an action for each of many sockets on the socket's home loop, with one task per loop. For sockets of the
     * caller's own loop the action runs before this method returns. Thread-safe.
     *
     * @return completes on the last loop, after the action ran for all sockets and what it sent on other loops has left
     *     the process, except for what waits for slow peers; fails if the action threw on another loop
     */
    public static CompletionStage<@Nullable Void> forEachAtHome(Iterable<Socket> sockets, Consumer<Socket> action) {
        return HomeLoops.forEach(sockets, action);
    }

    // What follows is called by Connection and Namespace, on the home loop.

    /** How much larger than usual the auth payload is, which is kept as long as the socket. */
    int heldBytes() {
        return Math.max(0, auth.json().length() - USUAL_AUTH_BYTES);
    }

    boolean isConnecting() {
        return state == State.CONNECTING;
    }

    void connected() {
        state = State.CONNECTED;
    }

    /**
     * Ends the socket for its client, before it leaves its rooms. {@link #disconnected} follows.
     *
     * @return whether the client had joined
     */
    boolean leaving() {
        boolean wasConnected = isConnected();
        state = State.LEAVING;
        return wasConnected;
    }

    /** Leaves all rooms, and fails the acks that are awaited. {@link #forgetRooms} follows. */
    void disconnected() {
        state = State.DISCONNECTED;
        Set<String> joined = rooms;
        if (joined != null) {
            joined.forEach(room -> namespace.rooms().leave(this, room));
        }
        if (pendingAcks != null) {
            PendingAcks dropped = pendingAcks;
            pendingAcks = null;
            dropped.disconnected();
        }
    }

    /** From now on {@link #rooms} is empty: the disconnect handlers have seen the rooms. */
    void forgetRooms() {
        rooms = null;
    }

    /** Takes an ack; returns whether it was awaited. */
    boolean acknowledged(long ackId, Arguments arguments) {
        return pendingAcks != null && pendingAcks.complete(ackId, arguments.with(codec()));
    }

    @Override
    public String toString() {
        return "Socket[" + namespace() + " " + id + "]";
    }
}
