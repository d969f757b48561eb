package io.scarfall.presence.internal;

import io.scarfall.presence.NodeId;
import java.util.List;

/**
 * The live nodes of some users: the answer of {@link PresenceStore#nodesOf}, for grouping recipients by node.
 *
 * <p>Thread-safe. Read it at once and drop it. It is no older than the call that returned it, but an implementation
 * may answer with the current state, so ask once per user.
 */
public interface Placement {

    /**
     * The live nodes that hold a session of this user, each once, with the epoch under which they hold it; empty if
     * there are none. Costs a look-up, and usually no allocation. Immutable.
     *
     * @param userId one of the requested users; for others the answer has no meaning
     */
    List<NodeId> nodesOf(String userId);

    /**
     * Whether the user may be connected to a node that {@link #nodesOf} does not list: a session is open on a node
     * that is not known to be live, or the part of the store is unreachable that holds this user or the leases.
     *
     * @param userId as for {@link #nodesOf}
     */
    default boolean isIncomplete(String userId) {
        return false;
    }

    /**
     * Whether a session of this user was reaped within {@link NodeReaper#REMEMBERED} and may still be connected,
     * because its node may only be cut off from the store. {@code false} if the node left; if the session is open
     * again, or a session of the same device that is newer than the node's last beat; and once a node of the same
     * name is back and the store knows its sessions.
     *
     * @param userId as for {@link #nodesOf}
     */
    default boolean hasReaped(String userId) {
        return false;
    }

    /**
     * Whether the store may have lost data since this node's last beat, so that sessions of any user may be missing.
     * The next beat shows it.
     */
    default boolean isDoubtful() {
        return false;
    }
}
