package io.scarfall.gateway.internal.notice;

import io.scarfall.socketio.Attribute;
import io.scarfall.socketio.Socket;
import io.scarfall.socketio.packet.EncodedPacket;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Notices for devices that read slowly: the newest about each user waits, in place of the one before, until the device has
 * read on. What waits for a device is bounded; notices beyond that are sent like any event. Thread-safe, except for methods
 * that belong on a home loop.
 */
final class NoticeBacklog {

    /** Of so many users a notice waits for one device. */
    private static final int MAX_HELD = 500;

    private static final Attribute<Map<String, Held>> HELD = Attribute.named("heldNotices");

    /** The devices that notices wait for. */
    private final Set<Socket> behind = ConcurrentHashMap.newKeySet();

    private record Held(EncodedPacket packet, long version) {}

    /**
     * Whether a notice is to be sent now; else it waits here. Belongs on the socket's home loop.
     *
     * @param subject the user that it is about
     */
    boolean passes(Socket socket, String subject, long version, EncodedPacket packet) {
        Map<String, Held> held = socket.get(HELD);
        boolean waits = held != null && !held.isEmpty();
        if (!waits && !socket.isBacklogged()) {
            return true;
        }
        if (held == null) {
            held = new LinkedHashMap<>();
            socket.set(HELD, held);
        }
        Held before = held.get(subject);
        if (before == null && held.size() >= MAX_HELD) {
            return true;
        }
        if (before == null || before.version < version) {
            held.put(subject, new Held(packet, version));
        }
        behind.add(socket);
        return false;
    }

    /** Sends what waits for devices that have read on; to be called now and then. */
    void tick() {
        if (!behind.isEmpty()) {
            var unused = Socket.forEachAtHome(List.copyOf(behind), this::send);
        }
    }

    private void send(Socket socket) {
        Map<String, Held> held = socket.get(HELD);
        if (held != null && socket.isConnected()) {
            Iterator<Held> next = held.values().iterator();
            while (next.hasNext() && !socket.isBacklogged()) {
                if (!socket.send(next.next().packet)) {
                    break; // no room, or it is closing
                }
                next.remove();
            }
            if (!held.isEmpty()) {
                return;
            }
        }
        behind.remove(socket);
    }
}
