package io.scarfall.presence.redis;

import io.lettuce.core.RedisCommandTimeoutException;
import io.scarfall.presence.Friend;
import io.scarfall.presence.NodeId;
import io.scarfall.presence.Page;
import io.scarfall.presence.Presence;
import io.scarfall.presence.Roster;
import io.scarfall.presence.StoreListener;
import io.scarfall.presence.StoreListener.Operation;
import io.scarfall.presence.StoreListener.Outcome;
import io.scarfall.presence.TransitionFeed;
import io.scarfall.presence.UserPresence;
import io.scarfall.presence.UserSession;
import io.scarfall.presence.internal.Beat;
import io.scarfall.presence.internal.FencedException;
import io.scarfall.presence.internal.NodeLease;
import io.scarfall.presence.internal.NodeReaper;
import io.scarfall.presence.internal.Placement;
import io.scarfall.presence.internal.PresenceStore;
import io.scarfall.presence.internal.Reaped;
import io.scarfall.presence.internal.Transition;
import io.scarfall.presence.internal.store.Answer;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Puts a listener beside what it is given: each call is timed, and nothing of it is changed. The operations themselves know
 * nothing of that. Thread-safe.
 */
final class Observed {

    private final StoreListener listener;
    private final StoreTime time;

    Observed(StoreListener listener, StoreTime time) {
        this.listener = listener;
        this.time = time;
    }

    private <T> CompletionStage<T> ended(Operation operation, long began, CompletionStage<T> stage) {
        var unused = stage.whenComplete(
                (answer, failure) -> listener.ended(operation, outcome(failure), time.nanos() - began));
        return stage;
    }

    private static Outcome outcome(@Nullable Throwable failure) {
        if (failure == null) {
            return Outcome.DONE;
        }
        Throwable why = Answer.cause(failure);
        if (why instanceof RedisCommandTimeoutException) {
            return Outcome.TIMED_OUT;
        } else if (why instanceof FencedException) {
            return Outcome.FENCED;
        } else if (why instanceof IllegalArgumentException) {
            return Outcome.REFUSED;
        } else if (RedisConnections.isUnsent(why)) {
            return Outcome.REJECTED;
        }
        return Outcome.FAILED;
    }

    PresenceStore store(PresenceStore real) {
        return new PresenceStore() {
            @Override
            public CompletionStage<Transition> open(UserSession session) {
                long began = time.nanos();
                return ended(Operation.OPEN, began, real.open(session));
            }

            @Override
            public CompletionStage<Boolean> touch(UserSession session) {
                long began = time.nanos();
                return ended(Operation.TOUCH, began, real.touch(session));
            }

            @Override
            public CompletionStage<Transition> close(UserSession session) {
                long began = time.nanos();
                return ended(Operation.CLOSE, began, real.close(session));
            }

            @Override
            public CompletionStage<Transition> close(UserSession session, Duration grace) {
                long began = time.nanos();
                return ended(Operation.CLOSE, began, real.close(session, grace));
            }

            @Override
            public CompletionStage<Placement> nodesOf(Collection<String> userIds) {
                long began = time.nanos();
                return ended(Operation.LOOKUP, began, real.nodesOf(userIds));
            }

            @Override
            public CompletionStage<Page<UserSession>> sessionsOf(NodeId node, @Nullable String cursor, int limit) {
                long began = time.nanos();
                return ended(Operation.LIST, began, real.sessionsOf(node, cursor, limit));
            }
        };
    }

    NodeLease lease(NodeLease real) {
        return new NodeLease() {
            @Override
            public CompletionStage<NodeId> join(String name) {
                long began = time.nanos();
                return ended(Operation.JOIN, began, real.join(name));
            }

            @Override
            public CompletionStage<Beat> beat(NodeId node, boolean settled) {
                long began = time.nanos();
                return ended(Operation.BEAT, began, real.beat(node, settled));
            }

            @Override
            public CompletionStage<Void> leave(NodeId node) {
                long began = time.nanos();
                return ended(Operation.LEAVE, began, real.leave(node));
            }
        };
    }

    NodeReaper reaper(NodeReaper real) {
        return new NodeReaper() {
            @Override
            public CompletionStage<Reaped> reap(NodeId by, int limit) {
                long began = time.nanos();
                return ended(Operation.REAP, began, real.reap(by, limit));
            }

            @Override
            public CompletionStage<Integer> adopt() {
                long began = time.nanos();
                return ended(Operation.ADOPT, began, real.adopt());
            }
        };
    }

    Presence presence(Presence real) {
        return new Presence() {
            @Override
            public CompletionStage<Map<String, UserPresence>> status(Collection<String> userIds) {
                long began = time.nanos();
                return ended(Operation.QUERY, began, real.status(userIds));
            }

            @Override
            public CompletionStage<List<UserSession>> sessions(String userId) {
                long began = time.nanos();
                return ended(Operation.QUERY, began, real.sessions(userId));
            }

            @Override
            public CompletionStage<List<UserPresence>> onlineFriends(String userId) {
                long began = time.nanos();
                return ended(Operation.QUERY, began, real.onlineFriends(userId));
            }

            @Override
            public CompletionStage<FriendsOnline> friends(String userId) {
                long began = time.nanos();
                return ended(Operation.QUERY, began, real.friends(userId));
            }

            @Override
            public CompletionStage<Page<UserPresence>> online(@Nullable String cursor, int limit) {
                long began = time.nanos();
                return ended(Operation.QUERY, began, real.online(cursor, limit));
            }

            @Override
            public CompletionStage<Long> count() {
                long began = time.nanos();
                return ended(Operation.QUERY, began, real.count());
            }

            @Override
            public TransitionFeed transitions() {
                return real.transitions();
            }
        };
    }

    Roster roster(Roster real) {
        return new Roster() {
            @Override
            public CompletionStage<List<Friend>> friends(String userId) {
                long began = time.nanos();
                return ended(Operation.FRIENDS, began, real.friends(userId));
            }

            @Override
            public CompletionStage<Listing> listing(String userId) {
                long began = time.nanos();
                return ended(Operation.FRIENDS, began, real.listing(userId));
            }

            @Override
            public CompletionStage<Listing> listedElsewhere(String userId) {
                long began = time.nanos();
                return ended(Operation.FRIENDS, began, real.listedElsewhere(userId));
            }

            @Override
            public CompletionStage<Page<String>> watchers(String userId, @Nullable String cursor, int limit) {
                long began = time.nanos();
                return ended(Operation.FRIENDS, began, real.watchers(userId, cursor, limit));
            }

            @Override
            public CompletionStage<Void> refresh(String userId) {
                long began = time.nanos();
                return ended(Operation.FRIENDS, began, real.refresh(userId));
            }

            @Override
            public void addListener(AddedListener listener) {
                real.addListener(listener);
            }

            @Override
            public void removeListener(AddedListener listener) {
                real.removeListener(listener);
            }

            @Override
            public CompletionStage<Void> setFriends(String userId, Collection<Friend> friends) {
                long began = time.nanos();
                return ended(Operation.FRIENDS, began, real.setFriends(userId, friends));
            }

            @Override
            public CompletionStage<Boolean> addFriend(String userId, Friend friend) {
                long began = time.nanos();
                return ended(Operation.FRIENDS, began, real.addFriend(userId, friend));
            }

            @Override
            public CompletionStage<Boolean> removeFriend(String userId, String friendId) {
                long began = time.nanos();
                return ended(Operation.FRIENDS, began, real.removeFriend(userId, friendId));
            }
        };
    }
}
