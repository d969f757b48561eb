package io.scarfall.presence.internal;

import io.scarfall.presence.NodeId;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * The answer to a node's beat. Immutable.
 *
 * @param renewed whether the lease is held; {@code false} means fenced, superseded or unknown. In each case the node
 *     joins again ({@link NodeLease#join}) and opens its connected sessions under the new epoch
 * @param time the time of the store's clock when it answered; nodes agree on times by their offset to it
 * @param leases the nodes that held a lease at that time, including the one that beats if {@code renewed}, and when
 *     each lease ends. One lease before that, by the store's clock, the node joined or beat; immutable
 * @param doubtful whether the store may have lost writes of the node that it acknowledged: a connection was lost
 *     since the previous beat, or the lease had lapsed, so that the {@link io.scarfall.presence.internal.Places
 *     places} of its sessions may be taken. The node opens its sessions again
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
