package io.scarfall.presence.internal;

import io.scarfall.presence.NodeId;
import io.scarfall.presence.Page;
import io.scarfall.presence.UserSession;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Opens, touches, closes and lists the sessions of nodes, and finds the nodes of users.
 *
 * <p>{@link UserSession#node()} names the node that writes. A write fails with {@link
 * io.scarfall.presence.internal.FencedException} if that node is fenced under that epoch: certainly once its sessions
 * have been reaped, and for a session that a later epoch wrote; possibly as soon as the node lost its lease or was
 * superseded. What it writes until then is reaped with the rest. The node must have joined before.
 *
 * <p>Every write is atomic for its user, costs one round trip, and may be repeated without harm: the second open or
 * close returns {@code UNCHANGED}. Writes of one user take effect in the order of the calls.
 *
 * <p>Thread-safe. Nothing blocks. The stages complete on a thread of the store, or are complete already; in both
 * cases code that is chained to them must not block. Callers never complete them.
 */
public interface PresenceStore {

    /**
     * Opens a session, or writes it again if it is open: under a new epoch, or with new data.
     *
     * <p>Returns {@code CAME_ONLINE} if it is the user's first session. A user in the grace is still online, so
     * coming back is {@code UNCHANGED}.
     */
    CompletionStage<Transition> open(UserSession session);

    /**
     * Notes that the session is active now, by the store's clock: this moves its last activity and the user's last
     * seen time.
     *
     * @return whether the session is open under this node and epoch; if not, the store has lost it, nothing was
     *     changed, and the caller opens it again
     */
    CompletionStage<Boolean> touch(UserSession session);

    /**
     * Closes a session, with the grace of the settings. Returns {@code WENT_OFFLINE} if it was the user's last and
     * there is no grace. With a grace, {@link NodeReaper#reap} returns that transition when the grace has ended and
     * the user did not come back.
     */
    CompletionStage<Transition> close(UserSession session);

    /**
     * As {@link #close(UserSession)}, with another grace: a node that shuts down gives its clients the time that they
     * need to reconnect to other nodes.
     *
     * @param grace may be zero; at most {@link io.scarfall.presence.PresenceSettings#MAX_TIME}
     */
    CompletionStage<Transition> close(UserSession session, Duration grace);

    /**
     * The live nodes on which these users have sessions. Every message makes this look-up.
     *
     * <p>Costs one pipelined round trip for all users together. In memory the stage is complete already, and nothing
     * is allocated per user. {@link Placement#isIncomplete} marks users in an unreachable part of the store; the
     * stage fails if that holds for all of them.
     *
     * @param userIds not changed until the stage is complete; repeated and unknown ids are allowed
     */
    CompletionStage<Placement> nodesOf(Collection<String> userIds);

    /**
     * The sessions that the store holds for a node, live or not, in pages, for a comparison with its sockets. Costs a
     * few pipelined round trips a page, and reads only what is in it.
     *
     * @param node the node, with its epoch
     * @param cursor {@code null} for the first page, then the cursor of the previous page; a malformed one fails the
     *     stage with {@link IllegalArgumentException}
     * @param limit the most sessions of a page, 1 to {@link io.scarfall.presence.PresenceSettings#MAX_PAGE}
     */
    CompletionStage<Page<UserSession>> sessionsOf(NodeId node, @Nullable String cursor, int limit);
}
