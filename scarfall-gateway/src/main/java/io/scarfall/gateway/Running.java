package io.scarfall.gateway;

import io.scarfall.presence.Friend;
import io.scarfall.presence.Page;
import io.scarfall.presence.Presence;
import io.scarfall.presence.Roster;
import io.scarfall.presence.TransitionFeed;
import io.scarfall.presence.UserPresence;
import io.scarfall.presence.UserSession;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a gateway hands out before it is started. While the gateway runs, calls pass through; before and afterwards, their
 * stages fail with {@link IllegalStateException}. Thread-safe.
 */
final class Running {

    private volatile @Nullable Wiring wiring;
    private volatile boolean ended;

    void begin(Wiring started) {
        wiring = started;
    }

    void end() {
        ended = true;
    }

    /** The parts of the gateway, also of one that has ended; null before it was started. */
    @Nullable
    Wiring wiring() {
        return wiring;
    }

    /**
     * The parts of a gateway that was started.
     *
     * @throws IllegalStateException if it was not
     */
    Wiring require() {
        Wiring started = wiring;
        if (started == null) {
            throw notRunning("not started (expected: start() first)");
        }
        return started;
    }

    /** Calls the parts of a running gateway; otherwise the stage fails with {@link IllegalStateException}. */
    <T> CompletionStage<T> whileRunning(Function<Wiring, CompletionStage<T>> call) {
        Wiring started = wiring;
        if (started == null) {
            return CompletableFuture.failedFuture(notRunning("not started (expected: start() first)"));
        }
        return ended ? CompletableFuture.failedFuture(notRunning("closed")) : call.apply(started);
    }

    private static IllegalStateException notRunning(String why) {
        return new IllegalStateException("gateway: " + why);
    }

    /** See {@link Scarfall#delivery}. */
    Messages messages() {
        return new Messages() {
            @Override
            public CompletionStage<Delivery> sendMessage(
                    Collection<String> recipients, String message, @Nullable Object metadata) {
                return whileRunning(parts -> parts.delivery.sendMessage(recipients, message, metadata));
            }

            @Override
            public CompletionStage<Delivery> send(
                    Collection<String> recipients, String event, @Nullable Object... arguments) {
                return whileRunning(parts -> parts.delivery.send(recipients, event, arguments));
            }
        };
    }

    /** See {@link Scarfall#presence}. */
    Presence presence(Presence presence) {
        return new Presence() {
            @Override
            public CompletionStage<Map<String, UserPresence>> status(Collection<String> userIds) {
                return whileRunning(parts -> presence.status(userIds));
            }

            @Override
            public CompletionStage<List<UserSession>> sessions(String userId) {
                return whileRunning(parts -> presence.sessions(userId));
            }

            @Override
            public CompletionStage<List<UserPresence>> onlineFriends(String userId) {
                return whileRunning(parts -> presence.onlineFriends(userId));
            }

            @Override
            public CompletionStage<FriendsOnline> friends(String userId) {
                return whileRunning(parts -> presence.friends(userId));
            }

            @Override
            public CompletionStage<Page<UserPresence>> online(@Nullable String cursor, int limit) {
                return whileRunning(parts -> presence.online(cursor, limit));
            }

            @Override
            public CompletionStage<Long> count() {
                return whileRunning(parts -> presence.count());
            }

            @Override
            public TransitionFeed transitions() {
                return presence.transitions();
            }
        };
    }

    /** See {@link Scarfall#roster}. */
    Roster roster(Roster roster) {
        return new Roster() {
            @Override
            public CompletionStage<List<Friend>> friends(String userId) {
                return whileRunning(parts -> roster.friends(userId));
            }

            @Override
            public CompletionStage<Listing> listing(String userId) {
                return whileRunning(parts -> roster.listing(userId));
            }

            @Override
            public CompletionStage<Listing> listedElsewhere(String userId) {
                return whileRunning(parts -> roster.listedElsewhere(userId));
            }

            @Override
            public CompletionStage<Page<String>> watchers(String userId, @Nullable String cursor, int limit) {
                return whileRunning(parts -> roster.watchers(userId, cursor, limit));
            }

            @Override
            public CompletionStage<Void> refresh(String userId) {
                return whileRunning(parts -> roster.refresh(userId));
            }

            @Override
            public void addListener(AddedListener listener) {
                roster.addListener(listener);
            }

            @Override
            public void removeListener(AddedListener listener) {
                roster.removeListener(listener);
            }

            @Override
            public CompletionStage<Void> setFriends(String userId, Collection<Friend> friends) {
                return whileRunning(parts -> roster.setFriends(userId, friends));
            }

            @Override
            public CompletionStage<Boolean> addFriend(String userId, Friend friend) {
                return whileRunning(parts -> roster.addFriend(userId, friend));
            }

            @Override
            public CompletionStage<Boolean> removeFriend(String userId, String friendId) {
                return whileRunning(parts -> roster.removeFriend(userId, friendId));
            }
        };
    }
}
