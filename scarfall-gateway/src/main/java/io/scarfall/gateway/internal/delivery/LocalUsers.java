package io.scarfall.gateway.internal.delivery;

import io.scarfall.gateway.internal.link.Envelope;
import io.scarfall.gateway.internal.link.Envelope.Deliver;
import io.scarfall.gateway.internal.message.Recipient;
import io.scarfall.gateway.internal.message.UserEvent;
import io.scarfall.socketio.Socket;
import io.scarfall.socketio.packet.EncodedPacket;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.IntConsumer;
import java.util.function.Predicate;

/**
 * The authenticated sockets of this node, by user. Writes messages and notices to them; a socket that is not in here gets
 * none. Thread-safe; nothing blocks.
 */
public final class LocalUsers {

    /** The lists are immutable, so that a delivery can iterate over one while devices come and go. */
    private final ConcurrentMap<String, List<Socket>> sockets = new ConcurrentHashMap<>();

    /** Adds a device. */
    public void add(String userId, Socket socket) {
        sockets.merge(userId, List.of(socket), (before, one) -> {
            List<Socket> after = new ArrayList<>(before);
            after.add(socket);
            return List.copyOf(after);
        });
    }

    /** Removes a device. */
    public void remove(String userId, Socket socket) {
        sockets.computeIfPresent(userId, (id, before) -> {
            List<Socket> after = new ArrayList<>(before);
            after.remove(socket);
            return after.isEmpty() ? null : List.copyOf(after);
        });
    }

    /** The devices of a user on this node. Immutable. */
    public List<Socket> of(String userId) {
        List<Socket> devices = sockets.get(userId);
        return devices == null ? List.of() : devices;
    }

    /** The users with a device on this node. A user that comes or goes during the iteration may be among them or not. */
    public Iterator<String> userIds() {
        return sockets.keySet().iterator();
    }

    /** The number of users with a device on this node. */
    public int userCount() {
        return sockets.size();
    }

    // Writing to sockets.

    private static final CompletableFuture<?> DONE = CompletableFuture.completedFuture(null);

    /** A packet for one socket, and the index of the recipient whose outcome it decides. */
    private record Handover(int index, EncodedPacket packet) {}

    /** Writes an event that another node sent. The stage completes with the answer, see {@link Envelope.Deliver}. */
    public CompletionStage<BitSet> deliver(Deliver deliver) {
        Outcomes outcomes = new Outcomes(deliver.recipients().size());
        return handOver(deliver.recipients(), deliver.event(), outcomes).thenApply(done -> outcomes.toAnswer());
    }

    /**
     * Writes an event to sockets of users.
     *
     * @param wanted tests a socket on its home loop, right before the event would be written to it
     * @param written gets the number of users with a socket that took the event, on any thread
     */
    public void tell(List<Recipient> recipients, UserEvent event, Predicate<Socket> wanted, IntConsumer written) {
        Outcomes outcomes = new Outcomes(recipients.size());
        handOver(recipients, event, outcomes, wanted)
                .whenComplete((done, error) -> written.accept(outcomes.count(Outcomes::isSent)));
    }

    /** Writes an event to the sockets of its recipients; the devices of one user share the packet. */
    CompletableFuture<?> handOver(List<Recipient> recipients, UserEvent event, Outcomes outcomes) {
        return handOver(recipients, event, outcomes, LocalUsers::isAny);
    }

    private static boolean isAny(Socket socket) {
        return true;
    }

    private CompletableFuture<?> handOver(
            List<Recipient> recipients, UserEvent event, Outcomes outcomes, Predicate<Socket> wanted) {
        Map<Socket, Handover> away = null;
        for (int i = 0; i < recipients.size(); i++) {
            List<Socket> devices = of(recipients.get(i).id());
            if (devices.isEmpty()) {
                continue;
            }
            outcomes.local(i);
            EncodedPacket packet = event.packetFor(recipients.get(i));
            for (int n = 0; n < devices.size(); n++) {
                Socket socket = devices.get(n);
                if (!socket.isHome()) {
                    away = away == null ? new IdentityHashMap<>() : away;
                    away.put(socket, new Handover(i, packet));
                } else if (wanted.test(socket)) {
                    hand(packet, socket, i, outcomes);
                }
            }
        }
        return away == null ? DONE : handOverAway(away, outcomes, wanted);
    }

    /** Call it on the socket's home loop. */
    private static void hand(EncodedPacket packet, Socket socket, int index, Outcomes outcomes) {
        if (socket.send(packet)) {
            outcomes.sent(index);
        } else if (socket.isConnected()) { // too much output waits for it
            outcomes.unconfirmed(index);
        }
    }

    private static CompletableFuture<?> handOverAway(
            Map<Socket, Handover> away, Outcomes outcomes, Predicate<Socket> wanted) {
        return Socket.forEachAtHome(away.keySet(), socket -> {
                    Handover handover = away.get(socket);
                    if (handover != null && wanted.test(socket)) {
                        hand(handover.packet(), socket, handover.index(), outcomes);
                    }
                })
                .toCompletableFuture();
    }
}
