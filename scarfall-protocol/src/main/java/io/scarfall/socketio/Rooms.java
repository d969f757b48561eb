package io.scarfall.socketio;

import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The sockets of this node in each room of one namespace. Each socket is also the only member of a room with its id. A
 * room exists while a socket is in it. Thread-safe.
 */
public final class Rooms {

    private final Map<String, Socket> sockets = new ConcurrentHashMap<>();
    private final Map<String, Set<Socket>> rooms = new ConcurrentHashMap<>();

    Rooms() {}

    void add(Socket socket) {
        sockets.put(socket.id(), socket);
    }

    void remove(Socket socket) {
        sockets.remove(socket.id(), socket);
    }

    void join(Socket socket, String room) {
        rooms.compute(room, (name, members) -> {
            Set<Socket> joined = members == null ? ConcurrentHashMap.newKeySet(4) : members;
            joined.add(socket);
            return joined;
        });
    }

    void leave(Socket socket, String room) {
        rooms.computeIfPresent(room, (name, members) -> {
            members.remove(socket);
            return members.isEmpty() ? null : members;
        });
    }

    /** How many sockets of the namespace are on this node. */
    public int socketCount() {
        return sockets.size();
    }

    /** The names of all rooms that have sockets on this node, without ids of sockets; a copy. */
    public Set<String> names() {
        return Set.copyOf(rooms.keySet());
    }

    /** The sockets of this node in a room; a copy, empty if the room has none. The id of a socket is a room too. */
    public Set<Socket> members(String room) {
        return Set.copyOf(room(room));
    }

    /** The socket with an id; null if this node does not have it. */
    public @Nullable Socket socket(String id) {
        return sockets.get(id);
    }

    /**
     * Returns the sockets that are in any of some rooms, each once, without those in any of the excepted rooms.
     *
     * @param wanted names of rooms or ids of sockets; empty for all sockets
     */
    Collection<Socket> members(Set<String> wanted, Set<String> except) {
        Collection<Socket> members;
        if (wanted.isEmpty()) {
            members = sockets.values();
        } else if (wanted.size() == 1) {
            members = room(wanted.iterator().next());
        } else {
            members = new HashSet<>();
            for (String name : wanted) {
                members.addAll(room(name));
            }
        }
        if (except.isEmpty()) {
            return members;
        }
        Set<Socket> excluded = new HashSet<>();
        for (String name : except) {
            excluded.addAll(room(name));
        }
        return members.stream().filter(socket -> !excluded.contains(socket)).toList();
    }

    private Collection<Socket> room(String name) {
        Set<Socket> members = rooms.get(name);
        Socket single = sockets.get(name);
        if (members == null) {
            return single == null ? Set.of() : Set.of(single);
        }
        if (single == null) {
            return members;
        }
        Set<Socket> both = new HashSet<>(members);
        both.add(single);
        return both;
    }
}
