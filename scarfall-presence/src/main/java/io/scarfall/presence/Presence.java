package io.scarfall.presence;

import io.scarfall.presence.Roster.Missing;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * What a back end may ask: who is online, with which sessions, and what changed. Asking needs no lease and no node.
 *
 * <p>Sessions of nodes whose lease lapsed do not count, from that moment and not only when they have been reaped. Reads
 * of one user are consistent in themselves; reads of many users are not a snapshot.
 *
 * <p>Thread-safe. Nothing blocks. An unreachable store fails the stage: an outage never looks like nobody. Where only a part
 * of the store is away, answers about its users fail or say that they lack them; the others do not change.
 */
public interface Presence {

    /**
     * The presence of these users, in the order in which they were asked for; of one who is not known,
     * {@link UserPresence#unknown}. Costs one pipelined round trip.
     *
     * @param userIds not changed until the stage is complete; a repeated one is answered once
     * @return an immutable map with an entry for every user that was asked for, but for those of whom only a part of the store
     *     knows that is away; fails if nothing is known of any of them
     */
    CompletionStage<Map<String, UserPresence>> status(Collection<String> userIds);

    /** The presence of one user; {@link UserPresence#unknown} if nothing is known. Costs one round trip. */
    default CompletionStage<UserPresence> status(String userId) {
        return status(List.of(userId)).thenApply(found -> found.getOrDefault(userId, UserPresence.unknown(userId)));
    }

    /**
     * The sessions of a user on live nodes, the oldest first: each with its device, address and email, since when it is
     * connected and when it was last active. Empty if there are none. Costs one round trip.
     */
    CompletionStage<List<UserSession>> sessions(String userId);

    /**
     * Those of the user's friends who are online, in the order of {@link Roster#friends}; where a friend's own email is
     * not known, with the one that the user's list has. Costs a read of the roster and one pipelined round trip,
     * bounded by the longest allowed list. Fails if it cannot be said of one of them; {@link #friends} answers then.
     */
    CompletionStage<List<UserPresence>> onlineFriends(String userId);

    /**
     * Friends who are online.
     *
     * @param online immutable
     * @param listed how many friends are listed at all
     * @param missing what of the user's lists could not be read
     * @param uncertain the ids of friends of whom it is not known whether they are online, as a part of the store is away;
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
     * As {@link #onlineFriends}, with the number of friends that were looked at: what the answer cost. Where an
     * implementation does not know it, this is the number of those who are online.
     */
    default CompletionStage<FriendsOnline> friends(String userId) {
        return onlineFriends(userId)
                .thenApply(online -> new FriendsOnline(online, online.size(), Missing.NOTHING, List.of()));
    }

    /**
     * All users who are online, in pages and in an order that stays the same while they stay online. Costs a few
     * pipelined round trips a page, and reads only what is in it.
     *
     * <p>The total is that of {@link #count()}; where one page holds all, it is the number of users found. Users whose only sessions are on a node that died, and that were not
     * reaped yet, are left out of the pages, though still counted: for seconds the total may exceed the sum of the
     * pages.
     *
     * <p>Where a part of the store is away, its users are left out, and the page says that it is not {@link Page#complete}.
     *
     * @param cursor {@code null} for the first page, then what the previous page said; a malformed one fails the stage
     *     with {@link IllegalArgumentException}
     * @param limit the most users of a page, 1 to {@link PresenceSettings#MAX_PAGE}
     */
    CompletionStage<Page<UserPresence>> online(@Nullable String cursor, int limit);

    /**
     * How many users are online, by the transitions so far; those of a dead node count until they are reaped. A store that
     * is shared is asked once a second at most, whoever wants to know, by one pipelined round trip; changes by other nodes
     * count a second later at most. Fails while the store, or a part of it, cannot be asked.
     */
    CompletionStage<Long> count();

    /** Every change of a status, to be followed. Costs nothing until it is read. */
    TransitionFeed transitions();
}
