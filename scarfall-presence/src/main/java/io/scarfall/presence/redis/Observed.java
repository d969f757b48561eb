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
import io.scarfall.presence.internal.Places;
import io.scarfall.presence.internal.PresenceStore;
import io.scarfall.presence.internal.Reaped;
import io.scarfall.presence.internal.Revocation;
import io.scarfall.presence.internal.Revocations;
import io.scarfall.presence.internal.Transition;
import io.scarfall.presence.internal.store.Answer;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Times each call for a {@link StoreListener}, in wrappers around the interfaces of a store. It changes nothing else: the same
 * stage is returned. Thread-safe.
 */
final class Observed {

    private final StoreListener listener;
    private final StoreTime time;

    Observed(StoreListener listener, StoreTime time) {
        this.listener = listener;
        this.time = time;
    }

    private <T> CompletionStage<T> timed(Operation operation, Supplier<CompletionStage<T>> call) {
        long began = time.nanos();
        CompletionStage<T> stage = call.get();
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
        } else if (NotSentException.isUnsent(why)) {
            return Outcome.REJECTED;
        }
        return Outcome.FAILED;
    }

    PresenceStore store(PresenceStore real) {
        return new PresenceStore() {
            @Override
            public CompletionStage<Transition> open(UserSession session) {
                return timed(Operation.OPEN, () -> real.open(session));
            }

            @Override
            public CompletionStage<Boolean> touch(UserSession session) {
                return timed(Operation.TOUCH, () -> real.touch(session));
            }

            @Override
            public CompletionStage<Transition> close(UserSession session) {
                return timed(Operation.CLOSE, () -> real.close(session));
            }

            @Override
            public CompletionStage<Transition> close(UserSession session, Duration grace) {
                return timed(Operation.CLOSE, () -> real.close(session, grace));
            }

            @Override
            public CompletionStage<Placement> nodesOf(Collection<String> userIds) {
                return timed(Operation.LOOKUP, () -> real.nodesOf(userIds));
            }

            @Override
            public CompletionStage<Page<UserSession>> sessionsOf(NodeId node, @Nullable String cursor, int limit) {
                return timed(Operation.LIST, () -> real.sessionsOf(node, cursor, limit));
            }
        };
    }

    NodeLease lease(NodeLease real) {
        return new NodeLease() {
            @Override
            public CompletionStage<NodeId> join(String name) {
                return timed(Operation.JOIN, () -> real.join(name));
            }

            @Override
            public CompletionStage<Beat> beat(NodeId node, boolean settled) {
                return timed(Operation.BEAT, () -> real.beat(node, settled));
            }

            @Override
            public CompletionStage<Void> leave(NodeId node) {
                return timed(Operation.LEAVE, () -> real.leave(node));
            }
        };
    }

    NodeReaper reaper(NodeReaper real) {
        return new NodeReaper() {
            @Override
            public CompletionStage<Reaped> reap(NodeId by, int limit) {
                return timed(Operation.REAP, () -> real.reap(by, limit));
            }

            @Override
            public CompletionStage<Integer> adopt() {
                return timed(Operation.ADOPT, () -> real.adopt());
            }
        };
    }

    Revocations revocations(Revocations real) {
        return new Revocations() {
            @Override
            public CompletionStage<Revocation> revoke(Revocation.Target target, Duration keep, int most) {
                return timed(Operation.REVOCATIONS, () -> real.revoke(target, keep, most));
            }

            @Override
            public CompletionStage<List<Revocation>> of(Collection<Revocation.Target> targets) {
                return timed(Operation.REVOCATIONS, () -> real.of(targets));
            }

            @Override
            public CompletionStage<List<Revocation>> since(long version, int limit) {
                return timed(Operation.REVOCATIONS, () -> real.since(version, limit));
            }

            @Override
            public CompletionStage<Void> restore(Collection<Revocation> known, Duration keep) {
                return timed(Operation.REVOCATIONS, () -> real.restore(known, keep));
            }
        };
    }

    Places places(Places real) {
        return new Places() {
            @Override
            public CompletionStage<Claim> claim(UserSession session, int places, boolean displace) {
                return timed(Operation.PLACES, () -> real.claim(session, places, displace));
            }

            @Override
            public CompletionStage<?> release(UserSession session) {
                return timed(Operation.PLACES, () -> real.release(session).thenApply(released -> null));
            }
        };
    }

    Presence presence(Presence real) {
        return new Presence() {
            @Override
            public CompletionStage<Map<String, UserPresence>> status(Collection<String> userIds) {
                return timed(Operation.QUERY, () -> real.status(userIds));
            }

            @Override
            public CompletionStage<List<UserSession>> sessions(String userId) {
                return timed(Operation.QUERY, () -> real.sessions(userId));
            }

            @Override
            public CompletionStage<List<UserPresence>> onlineFriends(String userId) {
                return timed(Operation.QUERY, () -> real.onlineFriends(userId));
            }

            @Override
            public CompletionStage<FriendsOnline> friends(String userId) {
                return timed(Operation.QUERY, () -> real.friends(userId));
            }

            @Override
            public CompletionStage<Page<UserPresence>> online(@Nullable String cursor, int limit) {
                return timed(Operation.QUERY, () -> real.online(cursor, limit));
            }

            @Override
            public CompletionStage<Long> count() {
                return timed(Operation.QUERY, () -> real.count());
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
                return timed(Operation.FRIENDS, () -> real.friends(userId));
            }

            @Override
            public CompletionStage<Listing> listing(String userId) {
                return timed(Operation.FRIENDS, () -> real.listing(userId));
            }

            @Override
            public CompletionStage<Listing> listedElsewhere(String userId) {
                return timed(Operation.FRIENDS, () -> real.listedElsewhere(userId));
            }

            @Override
            public CompletionStage<Page<String>> watchers(String userId, @Nullable String cursor, int limit) {
                return timed(Operation.FRIENDS, () -> real.watchers(userId, cursor, limit));
            }

            @Override
            public CompletionStage<Void> refresh(String userId) {
                return timed(Operation.FRIENDS, () -> real.refresh(userId));
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
                return timed(Operation.FRIENDS, () -> real.setFriends(userId, friends));
            }

            @Override
            public CompletionStage<Boolean> addFriend(String userId, Friend friend) {
                return timed(Operation.FRIENDS, () -> real.addFriend(userId, friend));
            }

            @Override
            public CompletionStage<Boolean> removeFriend(String userId, String friendId) {
                return timed(Operation.FRIENDS, () -> real.removeFriend(userId, friendId));
            }
        };
    }
}
