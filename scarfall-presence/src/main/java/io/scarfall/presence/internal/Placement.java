package io.scarfall.presence.internal;

import io.scarfall.presence.NodeId;
import java.util.List;

/**
 * On which live nodes some users are: the answer of {@link PresenceStore#nodesOf}, made for grouping recipients by
 * node.
 *
 * <p>Thread-safe. To be read at once and then forgotten: it is no older than the call that gave it, but an
 * implementation may also answer by the present, so ask once per user.
 */
public interface Placement {

    /**
     * The live nodes that hold a session of this user, each once, with the epoch under which they hold it; empty if the
     * user has no session on a live node. Costs a look-up, and in general no allocation. Immutable.
     *
     * @param userId one of those that were asked for; for others the answer means nothing
     */
    List<NodeId> nodesOf(String userId);

    /**
     * Whether the user may be connected where {@link #nodesOf} does not say: a session of theirs is on a node that is not known
     * to live, and nobody has closed it; or the part of the store is away that knows of this user, or that knows which nodes
     * live.
     *
     * @param userId as for {@link #nodesOf}
     */
    default boolean isIncomplete(String userId) {
        return false;
    }

    /**
     * Whether a session of this user was reaped within {@link NodeReaper#REMEMBERED}, and its socket may be connected still: its
     * node may only be cut off from the store. Not if the node left, nor if the session is open again, or a session of the same
     * device that is newer than the node's last beat, nor once a node of the same name is back and the store knows its sessions.
     *
     * @param userId as for {@link #nodesOf}
     */
    default boolean hasReaped(String userId) {
        return false;
    }

    /**
     * Whether the store may have lost data since this node's last beat, so that what it says of any user may be too little. The
     * next beat tells.
     */
    default boolean isDoubtful() {
        return false;
    }
}
