package io.scarfall.gateway.internal.notice;

import io.scarfall.presence.internal.Transition;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The transitions about which this node has sent notices: the newest of each user, for at most {@value #MAX_USERS} users.
 * Thread-safe.
 */
final class SentTransitions {

    private static final int MAX_USERS = 10_000;

    /** By age, the oldest first. Guarded by itself. */
    private final Map<String, Transition> byUser = new LinkedHashMap<>();

    void add(Transition transition) {
        synchronized (byUser) {
            Transition before = byUser.remove(transition.userId());
            byUser.put(
                    transition.userId(),
                    before != null && before.version() > transition.version() ? before : transition);
            if (byUser.size() > MAX_USERS) {
                byUser.remove(byUser.keySet().iterator().next());
            }
        }
    }

    /** Removes and returns all transitions. */
    List<Transition> takeAll() {
        synchronized (byUser) {
            List<Transition> all = List.copyOf(byUser.values());
            byUser.clear();
            return all;
        }
    }
}
