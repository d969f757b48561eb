package io.scarfall.presence.internal;

import io.scarfall.presence.NodeId;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * What a node learns from its own beat.
 *
 * @param renewed whether the lease is held; {@code false} means fenced, superseded or unknown, which all ask for the
 *     same: {@link NodeLease#join} again, then open the still connected sessions under the new epoch
 * @param time the time of the store's clock when it answered; nodes agree on times by their offset to it
 * @param leases the nodes that held a lease at that time, including the one that beats if {@code renewed}, and when each
 *     lease ends: a lease before that, by the store's clock, the node joined or beat; immutable
 * @param doubtful whether the store may know less of the node than it had acknowledged: a connection to it was lost after
 *     the beat before this, and messages with it, or the lease had lapsed, and its sessions' {@link io.scarfall.presence.internal.Places places} may be
 *     taken. The node opens its sessions again
 */
public record Beat(boolean renewed, Instant time, Map<NodeId, Instant> leases, boolean doubtful) {

    /** Copies the map. */
    public Beat {
        Objects.requireNonNull(time, "time");
        leases = Map.copyOf(leases);
    }

    /** The nodes that held a lease at that time. Immutable. */
    public Set<NodeId> live() {
        return leases.keySet();
    }
}
