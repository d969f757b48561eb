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

/**
 * The adapter of one node. It encodes a broadcast once, and runs one task per event loop for all sockets of the loop.
 * Thread-safe.
 */
final class LocalAdapter implements Adapter {

    private final String namespace;
    private final Rooms rooms;
    private final AtomicLong ackIds = new AtomicLong();

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
        EncodedPacket packet = encode(broadcast, Packet.NO_ID);
        if (broadcast.isVolatile()) {
            Socket.forEachAtHome(receivers, socket -> socket.sendVolatile(packet));
        } else {
            Socket.forEachAtHome(receivers, socket -> socket.send(packet));
        }
    }

    private EncodedPacket encode(Broadcast broadcast, long ackId) {
        return PacketEncoder.encode(new Packet.Event(namespace, ackId, broadcast.event(), broadcast.arguments()));
    }

    @Override
    public CompletionStage<BroadcastAnswers> broadcastWithAck(Broadcast broadcast, Duration timeout) {
        long ackId = nextAckId();
        EncodedPacket packet = encode(broadcast, ackId);
        List<Socket> receivers = List.copyOf(rooms.members(broadcast.rooms(), broadcast.except()));
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
        List.copyOf(rooms.members(wanted, except)).forEach(socket -> socket.join(room));
    }

    @Override
    public void leave(Set<String> wanted, Set<String> except, String room) {
        List.copyOf(rooms.members(wanted, except)).forEach(socket -> socket.leave(room));
    }

    @Override
    public void disconnect(Set<String> wanted, Set<String> except, boolean closeSessions) {
        List.copyOf(rooms.members(wanted, except))
                .forEach(closeSessions ? Socket::disconnectSession : Socket::disconnect);
    }

    /**
     * The next id of an ack. One counter serves all sockets and broadcasts of a namespace, so that no two events to a
     * socket share an id.
     */
    long nextAckId() {
        return ackIds.getAndIncrement();
    }
}
