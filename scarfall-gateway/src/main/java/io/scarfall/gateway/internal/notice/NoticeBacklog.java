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
 * Notices for devices that read slowly. Of each user, only the newest notice waits until the device has read on. The
 * number of waiting notices per device is bounded; further ones are sent like any event. Thread-safe, except for methods
 * that must run on a home loop.
 */
final class NoticeBacklog {

    /** The most notices, each about another user, that wait for one device. */
    private static final int MAX_HELD = 500;

    private static final Attribute<Map<String, Held>> HELD = Attribute.named("heldNotices");

    /** The devices for which notices wait. */
    private final Set<Socket> behind = ConcurrentHashMap.newKeySet();

    private record Held(EncodedPacket packet, long version) {}

    /**
     * Whether to send a notice now; otherwise it waits here. Call it on the socket's home loop.
     *
     * @param subject the user whose status it is
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

    /** Sends the notices that wait for devices which have read on. Call it regularly. */
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
                    break; // the socket has no room, or is closing
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
