package io.scarfall.presence;

import io.scarfall.presence.node.NodeId;
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
     * to live, and nobody has closed it.
     *
     * @param userId as for {@link #nodesOf}
     */
    default boolean isIncomplete(String userId) {
        return false;
    }
}
