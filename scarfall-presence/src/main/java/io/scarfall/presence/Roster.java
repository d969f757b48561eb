package io.scarfall.presence;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The lists of friends. A list works in one direction: a user sees the presence of the friends in the own list; users
 * whose lists name the user are the <i>watchers</i>, and get notices of the user's status.
 *
 * <p>An application that keeps friends elsewhere implements the two reading methods; the writing methods then fail
 * with {@link UnsupportedOperationException}. A program that can write to a roster decides which users see each other.
 *
 * <p>Implementations are thread-safe and do not block. A failed stage means that the answer is unknown, never that
 * there are no friends.
 */
public interface Roster {

    /**
     * The friends of a user, each once; empty if there are none. A list that cannot be parsed adds no friends; an
     * unreachable list fails the stage: see {@link #listing}. Immutable. The order is stable while the list does not
     * change. Costs one round trip, bounded by the longest allowed list.
     */
    CompletionStage<List<Friend>> friends(String userId);

    /** What of a user's lists could not be read. */
    enum Missing {
        /** Everything could be read. */
        NOTHING,
        /** One list could not be parsed. It adds no friends. */
        UNREADABLE,
        /**
         * The list of other systems is in an unreachable part of the store. The friends that were read last count.
         */
        AWAY
    }

    /**
     * The friends of a user, as far as they can be read.
     *
     * @param friends as {@link Roster#friends} gives them; immutable
     * @param missing why friends may be missing, or no longer be friends
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
     * The friends in the user's list that other systems write. The methods below do not change that list, so its
     * friends stay friends. Costs one round trip; none if there is no such list.
     */
    default CompletionStage<Listing> listedElsewhere(String userId) {
        return CompletableFuture.completedFuture(new Listing(List.of(), Missing.NOTHING));
    }

    /**
     * The watchers of a user, in pages. Costs one round trip a page. The first page needs no total: it only raises the cost of
     * a change of status for a user with several pages of watchers.
     *
     * @param cursor {@code null} for the first page, then the cursor of the previous page; a malformed one fails the
     *     stage with {@link IllegalArgumentException}
     * @param limit the most watchers of a page, 1 to {@link PresenceSettings#MAX_PAGE}
     */
    CompletionStage<Page<String>> watchers(String userId, @Nullable String cursor, int limit);

    /**
     * Reports that the user connected, or is still connected. A roster that indexes lists of other systems reads the
     * user's list again, at its own pace. The default does nothing.
     */
    default CompletionStage<Void> refresh(String userId) {
        return CompletableFuture.completedFuture(null);
    }

    /**
     * Adds a listener for new friends. It is called after both directions were written, for changes by this process
     * and for changes that {@link #refresh} found. If several nodes share a roster object, only the first of their
     * listeners is called, until it is removed. A roster of an application need not implement this.
     */
    default void addListener(AddedListener listener) {}

    /** Removes a listener. Idempotent. */
    default void removeListener(AddedListener listener) {}

    /** Receives additions to lists of friends. Called on threads of the store; must not block. */
    @FunctionalInterface
    interface AddedListener {

        /**
         * The user's list has these friends, and did not have them before. May be called more than once for one
         * addition.
         *
         * @param friendIds not empty, immutable
         */
        void added(String userId, List<String> friendIds);
    }

    /**
     * Replaces the user's list here; see {@link #listedElsewhere}. Of repeated ids the last one counts. When the
     * stage completes, both directions are written. Concurrent calls for one user take effect one after the other.
     * Idempotent. Costs two round trips, and work by the number of friends.
     *
     * <p>Fails with {@link TooManyFriendsException} if the list is too long.
     *
     * @param friends not changed until the stage is complete
     */
    default CompletionStage<Void> setFriends(String userId, Collection<Friend> friends) {
        return readOnly();
    }

    /**
     * Adds a friend, or gives a listed friend another email. Idempotent. Costs two round trips.
     *
     * <p>Fails with {@link TooManyFriendsException} if the list is full.
     *
     * @return whether the friend was not listed before
     */
    default CompletionStage<Boolean> addFriend(String userId, Friend friend) {
        return readOnly();
    }

    /**
     * Removes a friend. If {@linkplain #listedElsewhere another system} lists them too, they stay a friend.
     * Idempotent. Costs two round trips.
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
