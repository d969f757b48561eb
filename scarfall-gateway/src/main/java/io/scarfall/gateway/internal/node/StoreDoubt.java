package io.scarfall.gateway.internal.node;

import io.scarfall.presence.NodeId;
import io.scarfall.presence.internal.Beat;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tracks whether the store may know less than other nodes do. Then its answers about users on other nodes may be wrong.
 *
 * <p>Doubt begins when one of these happens, because the store may have been unreachable, lost data or been replaced:
 *
 * <ul>
 *   <li>this node's beats fail or are late;
 *   <li>this node loses its lease;
 *   <li>this node's connection to the store was lost between two beats;
 *   <li>a look-up finds that the store lost data.
 * </ul>
 *
 * <p>Other nodes may then have to write their sessions again. Doubt ends when each node that was live before has beaten
 * twice since this node's own beats succeed again: with its first beat it begins to write, and the second one follows a
 * beat interval later. The node waits one lease for a node that does not come back. A node that knew of no other is never
 * in doubt: all sessions are its own.
 *
 * <p>Thread-safe.
 */
public final class StoreDoubt {

    private static final int BEATS = 2;

    /** A node for which this one waits: how often it has beaten since, and when it last did. */
    private static final class Awaited {

        private final boolean isHidden;
        private int beats;
        private Instant newest;

        Awaited(boolean isHidden, Instant since) {
            this.isHidden = isHidden;
            newest = since;
        }
    }

    private final Map<String, Awaited> awaited = new HashMap<>();
    private Set<String> peers = Set.of();
    private Instant since = Instant.MIN;
    private boolean suspected;
    private boolean leaseLost;
    private volatile boolean doubtful;
    private volatile boolean blind;

    /** Whether other nodes may have sessions that the store does not know. */
    public boolean isDoubtful() {
        return doubtful;
    }

    /** Whether the store may take users of other nodes for offline, so that a list of users may be too short. */
    public boolean isBlind() {
        return blind;
    }

    /** The store may have lost data since the last beat. */
    public void suspect() {
        if (!doubtful) {
            begin();
        }
    }

    private synchronized void begin() {
        if (!peers.isEmpty()) {
            suspected = true;
            doubtful = true;
        }
    }

    /** A beat failed, or is late. */
    synchronized void failed() {
        begin();
        blind |= doubtful;
    }

    /** The store no longer knows this node; it may have forgotten others too. */
    synchronized void leaseLost() {
        leaseLost = true;
        failed();
    }

    /**
     * The store answered, and this node holds its lease.
     *
     * @param self this node's name
     * @param lease how long a lease runs
     */
    synchronized void beaten(Beat beat, String self, Duration lease) {
        suspected |= beat.doubtful() && !peers.isEmpty();
        Map<String, Instant> lastBeats = new HashMap<>();
        for (Map.Entry<NodeId, Instant> one : beat.leases().entrySet()) {
            if (!one.getKey().name().equals(self)) {
                lastBeats.put(one.getKey().name(), one.getValue().minus(lease));
            }
        }
        if (suspected) {
            suspected = false;
            since = beat.time();
            awaited.clear();
            for (String peer : peers) {
                awaited.put(peer, new Awaited(leaseLost || !lastBeats.containsKey(peer), since));
            }
        } else {
            awaited.entrySet().removeIf(one -> isBack(one.getValue(), lastBeats.get(one.getKey())));
            if (!beat.time().isBefore(since.plus(lease))) {
                awaited.clear();
            }
        }
        leaseLost = false;
        if (awaited.isEmpty()) {
            peers = Set.copyOf(lastBeats.keySet());
        } else {
            Set<String> all = new HashSet<>(peers);
            all.addAll(lastBeats.keySet());
            peers = Set.copyOf(all);
        }
        doubtful = !awaited.isEmpty();
        blind = awaited.values().stream().anyMatch(peer -> peer.isHidden);
    }

    private static boolean isBack(Awaited peer, @Nullable Instant beat) {
        if (beat != null && beat.isAfter(peer.newest)) {
            peer.newest = beat;
            peer.beats++;
        }
        return peer.beats >= BEATS;
    }
}
