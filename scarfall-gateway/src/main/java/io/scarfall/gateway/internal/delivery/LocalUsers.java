package io.scarfall.gateway.internal.delivery;

import io.scarfall.socketio.Socket;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** The authenticated sockets of this node, by user. Whoever is not in here is sent nothing. Thread-safe. */
public final class LocalUsers {

    /** The lists are immutable, so that a delivery walks over one while devices come and go. */
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

    /** The users who have a device on this node; those who come or go meanwhile may be among them or not. */
    public Iterator<String> userIds() {
        return sockets.keySet().iterator();
    }

    /** How many users have a device on this node. */
    public int userCount() {
        return sockets.size();
    }
}
