package io.scarfall.presence.internal;

import io.scarfall.presence.NodeId;
import io.scarfall.presence.Page;
import io.scarfall.presence.UserSession;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Opens, touches, closes and lists the sessions of nodes, and knows where users are.
 *
 * <p>A write says by its {@link UserSession#node()} on whose behalf it is. It fails with {@link
 * io.scarfall.presence.internal.FencedException} if that node is fenced under that epoch. That is certain once its sessions
 * have been reaped, and for a session that a later epoch wrote; and it may be so as soon as the node lost its lease or
 * was superseded. What is written until then is reaped with the rest. The node must have joined before.
 *
 * <p>Every write is atomic for its user, one round trip, and may be repeated without harm: the second open or close
 * answers {@code UNCHANGED}. Writes of one user that were called one after the other take effect in that order.
 *
 * <p>Thread-safe. Nothing blocks. The stages complete on a thread of the store, or are complete already; in both cases
 * what is chained to them must not block. Never complete them.
 */
public interface PresenceStore {

    /**
     * Opens a session, or writes it anew if it is open: under a new epoch, or with new data.
     *
     * <p>Answers {@code CAME_ONLINE} if it is the user's first. A user who left within the grace is still online, so
     * coming back is {@code UNCHANGED}.
     */
    CompletionStage<Transition> open(UserSession session);

    /**
     * Notes that the session is alive now, by the store's clock: it moves its last activity and the user's last seen.
     *
     * @return whether the session is open under this node and epoch; if not, the store has lost it, nothing was
     *     changed, and the caller opens it again
     */
    CompletionStage<Boolean> touch(UserSession session);

    /**
     * Closes a session, with the grace of the settings. Answers {@code WENT_OFFLINE} if it was the user's last and
     * there is no grace; with a grace that transition comes out of {@link NodeReaper#reap} when the grace is over and
     * the user did not come back.
     */
    CompletionStage<Transition> close(UserSession session);

    /**
     * As {@link #close(UserSession)}, with a grace of its own: a node that shuts down closes its sessions with the time
     * that its clients need to come back elsewhere.
     *
     * @param grace zero for none, at most {@link PresenceSettings#MAX_TIME}
     */
    CompletionStage<Transition> close(UserSession session, Duration grace);

    /**
     * Where these users are: on which live nodes they have sessions. This is the look-up of every message.
     *
     * <p>Costs one pipelined round trip for all of them together. In memory the stage is complete already, and nothing
     * is allocated per user. Where a part of the store is away, {@link Placement#isIncomplete} names its users; the stage fails if
     * nothing can be said of anybody.
     *
     * @param userIds not changed until the stage is complete; repeated and unknown ones are allowed
     */
    CompletionStage<Placement> nodesOf(Collection<String> userIds);

    /**
     * The sessions that the store holds for a node, whether it lives or not, in pages: to be compared with the sockets
     * that it has. Costs a few pipelined round trips a page, and reads only what is in it.
     *
     * @param node the node, with its epoch
     * @param cursor {@code null} for the first page, then what the previous page said; a malformed one fails the stage
     *     with {@link IllegalArgumentException}
     * @param limit the most sessions of a page, 1 to {@link PresenceSettings#MAX_PAGE}
     */
    CompletionStage<Page<UserSession>> sessionsOf(NodeId node, @Nullable String cursor, int limit);
}
