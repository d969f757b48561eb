package io.scarfall.presence;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Who lists whom as a friend. Listing is directed: a user sees the presence of those whom the user lists, and those who
 * list the user, the watchers, are told of the user's status.
 *
 * <p>An embedder whose friends are kept elsewhere supplies an own implementation of the two reading methods; the
 * writing ones then refuse. Whoever adds to a roster decides who may see whom.
 *
 * <p>Thread-safe. Nothing blocks. A failed stage means that the answer is not known, and never that there are no
 * friends.
 */
public interface Roster {

    /**
     * Whom the user lists, each once; empty if nobody. A list that holds what is no list of friends adds none; where a list is
     * away the stage fails: see {@link #listing}. Immutable. The order stays the same while the list does. Costs
     * one round trip and is bounded by the longest allowed list.
     */
    CompletionStage<List<Friend>> friends(String userId);

    /** What of the lists of a user could not be read. */
    enum Missing {
        /** All could be read. */
        NOTHING,
        /** One holds what is no list of friends. It adds none. */
        UNREADABLE,
        /** The part of the store is away that holds the one which other systems write: what was read last counts. */
        AWAY
    }

    /**
     * The friends of a user, as far as they can be read.
     *
     * @param friends as {@link Roster#friends} lists them; immutable
     * @param missing why friends may be missing, or may have gone meanwhile
     */
    record Listing(List<Friend> friends, Missing missing) {

        public Listing {
            friends = List.copyOf(friends);
        }

        /** Whether these are all friends. */
        public boolean isComplete() {
            return missing == Missing.NOTHING;
        }
    }

    /** As {@link #friends}, and whether all lists of the user could be read. */
    default CompletionStage<Listing> listing(String userId) {
        return friends(userId).thenApply(friends -> new Listing(friends, Missing.NOTHING));
    }

    /**
     * The friends in the list of the user that other systems write. The methods below do not change that list, so these stay friends whatever
     * those do. Costs one round trip; none where there is no such list.
     */
    default CompletionStage<Listing> listedElsewhere(String userId) {
        return CompletableFuture.completedFuture(new Listing(List.of(), Missing.NOTHING));
    }

    /**
     * Who lists the user, in pages. Costs one round trip a page.
     *
     * @param cursor {@code null} for the first page, then the cursor of the previous page; a malformed one fails the stage with {@link IllegalArgumentException}
     * @param limit the most watchers of a page, 1 to {@link PresenceSettings#MAX_PAGE}
     */
    CompletionStage<Page<String>> watchers(String userId, @Nullable String cursor, int limit);

    /**
     * Says that the user connected, or still is connected: a roster that indexes lists which others write reads the
     * user's list again, at its own pace. Here it does nothing.
     */
    default CompletionStage<Void> refresh(String userId) {
        return CompletableFuture.completedFuture(null);
    }

    /**
     * Names a listener that is told of friends who are new on a list, after both directions are written: by a change that was
     * made here, or that {@link #refresh} found here. Several nodes may share a roster: only the first of their listeners is
     * told, until it is removed. A roster of an embedder need not do this.
     */
    default void addListener(AddedListener listener) {}

    /** Tells this listener no more. Idempotent. */
    default void removeListener(AddedListener listener) {}

    /** Is told of additions to lists of friends. Called on threads of the store; must not block. */
    @FunctionalInterface
    interface AddedListener {

        /**
         * The user lists these friends, and did not list them before. May be told more than once of one addition.
         *
         * @param friendIds not empty, immutable
         */
        void added(String userId, List<String> friendIds);
    }

    /**
     * Replaces whom the user lists here; see {@link #listedElsewhere}. Of repeated ids the last one counts. When the stage completes, both directions are
     * written; concurrent calls for one user end as if one came after the other. Idempotent. Costs two round trips, and
     * work by the number of friends.
     *
     * <p>Fails with {@link TooManyFriendsException} if the list is too long.
     *
     * @param friends not changed until the stage is complete
     */
    default CompletionStage<Void> setFriends(String userId, Collection<Friend> friends) {
        return readOnly();
    }

    /**
     * Lists one more, or gives a listed one another email. Idempotent. Costs two round trips.
     *
     * <p>Fails with {@link TooManyFriendsException} if the list is full.
     *
     * @return whether the friend was not listed before
     */
    default CompletionStage<Boolean> addFriend(String userId, Friend friend) {
        return readOnly();
    }

    /**
     * Lists one fewer, who stays a friend where {@linkplain #listedElsewhere another system} lists them too. Idempotent. Costs two round trips.
     *
     * @return whether the friend was listed before
     */
    default CompletionStage<Boolean> removeFriend(String userId, String friendId) {
        return readOnly();
    }

    private static <T> CompletionStage<T> readOnly() {
        return CompletableFuture.failedFuture(new UnsupportedOperationException("this roster is read-only"));
    }
}
