package io.scarfall.socketio;

import io.scarfall.socketio.internal.packet.Packet;
import io.scarfall.socketio.internal.packet.PacketEncoder;
import io.scarfall.socketio.packet.Arguments;
import io.scarfall.socketio.packet.EncodedPacket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The adapter of one node. It encodes a broadcast once, and runs one task per event loop for all sockets of the loop.
 * Thread-safe.
 */
class LocalAdapter implements Adapter {

    private final String namespace;
    private final Rooms rooms;
    private final AtomicLong ackIds = new AtomicLong();
    private volatile @Nullable EventListener outgoing;

    LocalAdapter(String namespace, Rooms rooms) {
        this.namespace = namespace;
        this.rooms = rooms;
    }

    @Override
    public void broadcast(Broadcast broadcast) {
        Collection<Socket> receivers = rooms.members(broadcast.rooms(), broadcast.except());
        if (receivers.isEmpty()) {
            return;
        }
        show(broadcast, receivers);
        EncodedPacket packet = encode(broadcast, Packet.NO_ID);
        if (broadcast.isVolatile()) {
            Socket.forEachAtHome(receivers, socket -> socket.sendVolatile(packet));
        } else {
            Socket.forEachAtHome(receivers, socket -> socket.send(packet));
        }
    }

    private void show(Broadcast broadcast, Collection<Socket> receivers) {
        EventListener listener = outgoing;
        if (listener != null) {
            Socket.forEachAtHome(receivers, socket -> listener.event(socket, broadcast.event(), broadcast.arguments()));
        }
    }

    private EncodedPacket encode(Broadcast broadcast, long ackId) {
        return PacketEncoder.encode(new Packet.Event(namespace, ackId, broadcast.event(), broadcast.arguments()));
    }

    @Override
    public CompletionStage<BroadcastAnswers> broadcastWithAck(Broadcast broadcast, Duration timeout) {
        long ackId = nextAckId();
        EncodedPacket packet = encode(broadcast, ackId);
        List<Socket> receivers = sockets(broadcast.rooms(), broadcast.except());
        show(broadcast, receivers);
        Queue<Arguments> acks = new ConcurrentLinkedQueue<>();
        List<CompletableFuture<Void>> answers = new ArrayList<>(receivers.size());
        for (Socket receiver : receivers) {
            answers.add(receiver.request(ackId, packet, timeout, broadcast.isVolatile())
                    .thenAccept(acks::add)
                    .exceptionally(missing -> null)
                    .toCompletableFuture());
        }
        return CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
                .thenApply(done -> new BroadcastAnswers(new ArrayList<>(acks), receivers.size() - acks.size()));
    }

    @Override
    public void join(Set<String> wanted, Set<String> except, String room) {
        sockets(wanted, except).forEach(socket -> socket.join(room));
    }

    @Override
    public void leave(Set<String> wanted, Set<String> except, String room) {
        sockets(wanted, except).forEach(socket -> socket.leave(room));
    }

    @Override
    public void disconnect(Set<String> wanted, Set<String> except, boolean closeSessions) {
        sockets(wanted, except).forEach(closeSessions ? Socket::disconnectSession : Socket::disconnect);
    }

    /** The sockets of this node that are in any of {@code wanted} (all if empty), but not in {@code except}; a copy. */
    List<Socket> sockets(Set<String> wanted, Set<String> except) {
        return List.copyOf(rooms.members(wanted, except));
    }

    void onOutgoing(@Nullable EventListener listener) {
        outgoing = listener;
    }

    boolean showsOutgoing() {
        return outgoing != null;
    }

    /** Shows an event to the listener, if there still is one. Called on the socket's home loop. */
    void showOutgoing(Socket socket, String event, Arguments arguments) {
        EventListener listener = outgoing;
        if (listener != null) {
            listener.event(socket, event, arguments);
        }
    }

    /**
     * The next id of an ack. One counter serves all sockets and broadcasts of a namespace, so that no two events to a
     * socket share an id.
     */
    long nextAckId() {
        return ackIds.getAndIncrement();
    }
}
