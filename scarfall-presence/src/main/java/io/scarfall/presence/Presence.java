package io.scarfall.presence;

import io.scarfall.presence.Roster.Missing;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Queries about users: which are online, with which sessions, and what changed. A query needs no lease and no node.
 *
 * <p>Sessions of a node stop counting when its lease lapses, not only when they are reaped. A read of one user is
 * consistent; a read of many users is not a snapshot.
 *
 * <p>Thread-safe. Nothing blocks. An unreachable store fails the stage; it never looks as if users were offline. If
 * only a part of the store is unreachable, answers about its users fail or are marked as incomplete; other answers
 * are not affected.
 */
public interface Presence {

    /**
     * The presence of these users, in the requested order; {@link UserPresence#unknown} for an unknown user. Costs
     * one pipelined round trip.
     *
     * @param userIds not changed until the stage is complete; a repeated id is answered once
     * @return an immutable map with an entry per requested user, except for users in an unreachable part of the
     *     store; fails if all of them are there
     */
    CompletionStage<Map<String, UserPresence>> status(Collection<String> userIds);

    /** The presence of one user; {@link UserPresence#unknown} if nothing is known. Costs one round trip. */
    default CompletionStage<UserPresence> status(String userId) {
        return status(List.of(userId)).thenApply(found -> found.getOrDefault(userId, UserPresence.unknown(userId)));
    }

    /**
     * The sessions of a user on live nodes, the oldest first, with device, address, email, and the times of
     * connecting and of the last activity. Empty if there are none. Costs one round trip.
     */
    CompletionStage<List<UserSession>> sessions(String userId);

    /**
     * The user's friends who are online, in the order of {@link Roster#friends}. If a friend's own email is unknown,
     * the one in the user's list is given. Costs a read of the roster and one pipelined round trip, bounded by the
     * longest allowed list. Fails if the status of one friend is unknown; use {@link #friends} then.
     */
    CompletionStage<List<UserPresence>> onlineFriends(String userId);

    /**
     * The friends of a user who are online.
     *
     * @param online immutable
     * @param listed how many friends the user has
     * @param missing what of the user's lists could not be read
     * @param uncertain the ids of friends whose status is unknown, because a part of the store is unreachable;
     *     immutable
     */
    record FriendsOnline(List<UserPresence> online, int listed, Missing missing, List<String> uncertain) {

        public FriendsOnline {
            online = List.copyOf(online);
            uncertain = List.copyOf(uncertain);
        }

        /** Whether these are all friends who are online. */
        public boolean isComplete() {
            return missing == Missing.NOTHING && uncertain.isEmpty();
        }
    }

    /**
     * As {@link #onlineFriends}, with the number of friends that were looked up, which is the cost of the answer. An
     * implementation that does not know it gives the number of online friends.
     */
    default CompletionStage<FriendsOnline> friends(String userId) {
        return onlineFriends(userId)
                .thenApply(online -> new FriendsOnline(online, online.size(), Missing.NOTHING, List.of()));
    }

    /**
     * All online users, in pages. A user keeps the same place in the order while online. Costs a few pipelined round
     * trips a page, and reads only what is in it.
     *
     * <p>The total is that of {@link #count()}, or the number of users found if one page holds all. Users whose only
     * sessions are on a dead node, and are not reaped yet, are counted but not in the pages: for seconds the total
     * may exceed the sum of the pages.
     *
     * <p>Users in an unreachable part of the store are left out, and the page is not {@link Page#complete}.
     *
     * @param cursor {@code null} for the first page, then the cursor of the previous page; a malformed one fails the
     *     stage with {@link IllegalArgumentException}
     * @param limit the most users of a page, 1 to {@link PresenceSettings#MAX_PAGE}
     */
    CompletionStage<Page<UserPresence>> online(@Nullable String cursor, int limit);

    /**
     * The number of online users, by the transitions so far; users of a dead node count until they are reaped. A
     * shared store is asked at most once a second for all callers together, by one pipelined round trip; changes by
     * other nodes count at most a second later. Fails while the store, or a part of it, is unreachable.
     */
    CompletionStage<Long> count();

    /** All changes of status. Costs nothing until it is read. */
    TransitionFeed transitions();
}
