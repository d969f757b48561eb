package io.scarfall.socketio;

import io.scarfall.socketio.internal.packet.Packet;
import io.scarfall.socketio.internal.packet.PacketDecoder;
import io.scarfall.socketio.internal.packet.PacketEncoder;
import io.scarfall.socketio.packet.Arguments;
import io.scarfall.socketio.packet.EncodedPacket;
import io.scarfall.socketio.packet.JacksonCodec;
import io.scarfall.socketio.packet.JsonCodec;
import java.time.Duration;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The sending half of a namespace: emits events to all its sockets, or to the sockets in some rooms. {@link #to} and
 * {@link #except} return narrower broadcasters. Immutable and thread-safe.
 */
public final class Broadcaster {

    private final String namespace;
    private final Rooms rooms;
    private final LocalAdapter local;
    private final Adapter adapter;
    private final Set<String> wanted;
    private final Set<String> except;
    private final boolean isVolatile;
    private final JsonCodec codec;

    /** The sending half of a parent, whose adapters pass everything on to its children. */
    Broadcaster(LocalAdapter local, Adapter adapter) {
        this("", new Rooms(), local, adapter, Set.of(), Set.of(), false, JacksonCodec.DEFAULT);
    }

    private Broadcaster(
            String namespace,
            Rooms rooms,
            LocalAdapter local,
            Adapter adapter,
            Set<String> wanted,
            Set<String> except,
            boolean isVolatile,
            JsonCodec codec) {
        this.namespace = namespace;
        this.rooms = rooms;
        this.local = local;
        this.adapter = adapter;
        this.wanted = wanted;
        this.except = except;
        this.isVolatile = isVolatile;
        this.codec = codec;
    }

    /**
     * Returns the sending half of a namespace that only this node serves.
     *
     * @throws IllegalArgumentException if the name has no slash in front, or a comma
     */
    public static Broadcaster of(String namespace) {
        return of(namespace, local -> local);
    }

    /**
     * Returns the sending half of a namespace that several nodes share.
     *
     * @param cluster makes the adapter of the cluster from that of this node
     * @throws IllegalArgumentException if the name has no slash in front, or a comma
     */
    public static Broadcaster of(String namespace, UnaryOperator<Adapter> cluster) {
        if (!namespace.startsWith("/") || namespace.indexOf(',') >= 0) {
            throw new IllegalArgumentException("namespace: " + namespace + " (expected: '/' in front, and no ',')");
        }
        Rooms rooms = new Rooms();
        LocalAdapter local = new LocalAdapter(namespace, rooms);
        return new Broadcaster(
                namespace, rooms, local, cluster.apply(local), Set.of(), Set.of(), false, JacksonCodec.DEFAULT);
    }

    /** The name of the namespace; empty for that of a {@link ParentNamespace}. */
    public String namespace() {
        return namespace;
    }

    /** The sockets and rooms of this node. */
    public Rooms rooms() {
        return rooms;
    }

    /** Adds rooms: events go only to sockets in any of the added rooms. The id of a socket is a room too. */
    public Broadcaster to(String... names) {
        return new Broadcaster(namespace, rooms, local, adapter, union(wanted, names), except, isVolatile, codec);
    }

    /** Excludes the sockets in any of these rooms. The id of a socket is a room too. */
    public Broadcaster except(String... names) {
        return new Broadcaster(namespace, rooms, local, adapter, wanted, union(except, names), isVolatile, codec);
    }

    /** Skips sockets that cannot take an event at the moment when it is emitted. */
    public Broadcaster dropIfBusy() {
        return new Broadcaster(namespace, rooms, local, adapter, wanted, except, true, codec);
    }

    /**
     * Returns the same sending half with the codec of its namespace, which writes what is emitted and reads acks; without
     * it {@link JacksonCodec#DEFAULT}.
     */
    public Broadcaster json(JsonCodec value) {
        return new Broadcaster(namespace, rooms, local, adapter, wanted, except, isVolatile, value);
    }

    /** The codec of the namespace. */
    public JsonCodec codec() {
        return codec;
    }

    /** The same selection, but only sockets of this node. */
    public Broadcaster local() {
        return new Broadcaster(namespace, rooms, local, local, wanted, except, isVolatile, codec);
    }

    /** The sockets of this node that this broadcaster selects; a copy. */
    public List<Socket> sockets() {
        return local.sockets(wanted, except);
    }

    private static Set<String> union(Set<String> set, String... names) {
        Set<String> union = new HashSet<>(set);
        Collections.addAll(union, names);
        return Collections.unmodifiableSet(union);
    }

    /**
     * Sends an event to all sockets that this broadcaster selects. A socket for which too much already waits does not
     * get the event; other sockets are not affected.
     *
     * @param arguments see {@link Arguments#of}
     * @throws IllegalArgumentException if an argument cannot be written as JSON, or the name is reserved
     */
    public void emit(String event, @Nullable Object... arguments) {
        adapter.broadcast(broadcast(event, arguments));
    }

    /**
     * Sends an event as {@link #emit} does, and collects the acks that come in time.
     *
     * @return completes on any thread; never fails
     * @throws IllegalArgumentException as {@link #emit} does
     */
    public CompletionStage<Adapter.BroadcastAnswers> emitWithAck(
            Duration timeout, String event, @Nullable Object... arguments) {
        return adapter.broadcastWithAck(broadcast(event, arguments), timeout).thenApply(this::readable);
    }

    /** Acks as they come from this node or another, read by the codec of the namespace. */
    private Adapter.BroadcastAnswers readable(Adapter.BroadcastAnswers answers) {
        return new Adapter.BroadcastAnswers(
                answers.acks().stream().map(ack -> ack.with(codec)).toList(), answers.missing());
    }

    private Broadcast broadcast(String event, @Nullable Object... arguments) {
        checkName(event);
        return new Broadcast(event, Arguments.of(codec, arguments), wanted, except, isVolatile);
    }

    /** Makes the selected sockets join a room. */
    public void join(String room) {
        adapter.join(wanted, except, room);
    }

    /** Makes the selected sockets leave a room. */
    public void leave(String room) {
        adapter.leave(wanted, except, room);
    }

    /** Makes the selected sockets leave the namespace. */
    public void disconnect() {
        adapter.disconnect(wanted, except, false);
    }

    /** Closes the sessions of the selected sockets. */
    public void disconnectSessions() {
        adapter.disconnect(wanted, except, true);
    }

    /**
     * Encodes an event once, to be sent to sockets that the application chooses, by {@link Socket#send}.
     *
     * @param arguments see {@link Arguments#of}
     * @throws IllegalArgumentException if an argument cannot be written as JSON, or the name is reserved
     * @throws UnsupportedOperationException if this is the broadcaster of a {@link ParentNamespace}
     */
    public EncodedPacket encode(String event, @Nullable Object... arguments) {
        return encode(event, Packet.NO_ID, Arguments.of(codec, arguments));
    }

    EncodedPacket encode(String event, long ackId, Arguments arguments) {
        checkName(event);
        if (namespace.isEmpty()) {
            throw new UnsupportedOperationException("a packet belongs to one namespace, not to a parent of several");
        }
        return PacketEncoder.encode(new Packet.Event(namespace, ackId, event, arguments));
    }

    Adapter adapter() {
        return adapter;
    }

    LocalAdapter localAdapter() {
        return local;
    }

    long nextAckId() {
        return local.nextAckId();
    }

    /** Sets the listener that sees each event before it is sent; null for none. */
    void onOutgoing(@Nullable EventListener listener) {
        local.onOutgoing(listener);
    }

    boolean showsOutgoing() {
        return local.showsOutgoing();
    }

    void showOutgoing(Socket socket, String event, Arguments arguments) {
        local.showOutgoing(socket, event, arguments);
    }

    private static void checkName(String event) {
        if (PacketDecoder.RESERVED_EVENTS.contains(event)) {
            throw new IllegalArgumentException("event: " + event + " (expected: not a reserved name)");
        }
    }
}
