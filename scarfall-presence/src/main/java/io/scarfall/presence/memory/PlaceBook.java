package io.scarfall.presence.memory;

import io.scarfall.presence.UserSession;
import io.scarfall.presence.internal.Places;
import io.scarfall.presence.internal.Places.Claim;
import io.scarfall.presence.internal.Places.Placed;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** The places of the users of a {@link Partition}. Confined to its lock. */
final class PlaceBook {

    private static final long RESERVED_NANOS = Places.RESERVED.toNanos();

    /** By user and session; the session that took its place first comes first. */
    private final Map<String, LinkedHashMap<String, Place>> users = new HashMap<>();

    private record Place(Node node, long sinceNanos) {}

    /**
     * See {@link Places#claim}.
     *
     * @param open whether a session of the user is open, by its id
     */
    Claim claim(Node node, UserSession session, int places, boolean displace, long nanos, Predicate<String> open) {
        LinkedHashMap<String, Place> placed = users.computeIfAbsent(session.userId(), id -> new LinkedHashMap<>());
        placed.entrySet().removeIf(one -> {
            Place place = one.getValue();
            boolean own = one.getKey().equals(session.sessionId());
            boolean lives = place.node == node || place.node.live(nanos);
            boolean needed = nanos - place.sinceNanos < RESERVED_NANOS || open.test(one.getKey());
            return !own && !(lives && needed);
        });
        Place own = placed.get(session.sessionId());
        if (own != null) {
            placed.put(session.sessionId(), new Place(node, own.sinceNanos)); // its node may have a new epoch by now
            return new Claim(true, List.of());
        }
        int beyond = placed.size() - places + 1;
        if (beyond > 0 && !displace) {
            return Claim.REFUSED;
        }
        List<Placed> displaced = new ArrayList<>(0);
        Iterator<Map.Entry<String, Place>> first = placed.entrySet().iterator();
        for (; beyond > 0; beyond--) {
            Map.Entry<String, Place> loser = first.next();
            displaced.add(new Placed(loser.getKey(), loser.getValue().node.id()));
            first.remove();
        }
        placed.put(session.sessionId(), new Place(node, nanos));
        return new Claim(true, displaced);
    }

    /** The session was closed, or will not be opened. */
    void release(String userId, String sessionId) {
        LinkedHashMap<String, Place> placed = users.get(userId);
        if (placed != null && placed.remove(sessionId) != null && placed.isEmpty()) {
            users.remove(userId);
        }
    }
}
