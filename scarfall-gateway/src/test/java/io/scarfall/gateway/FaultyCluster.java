package io.scarfall.gateway;

import io.scarfall.presence.ClusterState;
import io.scarfall.presence.NodeId;
import io.scarfall.presence.Page;
import io.scarfall.presence.Presence;
import io.scarfall.presence.PresenceSettings;
import io.scarfall.presence.Roster;
import io.scarfall.presence.UserSession;
import io.scarfall.presence.internal.Beat;
import io.scarfall.presence.internal.NodeAccess;
import io.scarfall.presence.internal.NodeBus;
import io.scarfall.presence.internal.NodeLease;
import io.scarfall.presence.internal.NodeReaper;
import io.scarfall.presence.internal.Placement;
import io.scarfall.presence.internal.Places;
import io.scarfall.presence.internal.PresenceStore;
import io.scarfall.presence.internal.Reaped;
import io.scarfall.presence.internal.Revocations;
import io.scarfall.presence.internal.Transition;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiPredicate;
import java.util.function.UnaryOperator;

/** One node's view of the shared state. A test can cut it off or slow it down without an effect on other nodes. */
public final class FaultyCluster implements NodeAccess {
    private final NodeAccess real;

    /** Whether the store is unreachable, so that all calls fail. */
    public volatile boolean down;

    /** Whether the bus carries a message. */
    public volatile BiPredicate<NodeId, byte[]> carries = (to, message) -> true;

    /** The maximum size of a message on the bus, in bytes. */
    public volatile int maxMessageBytes = Integer.MAX_VALUE;

    /** Changes the answer of {@link PresenceStore#nodesOf}. */
    public volatile UnaryOperator<CompletionStage<Placement>> lookups = UnaryOperator.identity();

    /** Changes the answer of {@link PresenceStore#open}. */
    public volatile UnaryOperator<CompletionStage<Transition>> opens = UnaryOperator.identity();

    /** Changes the answer of {@link PresenceStore#close}. */
    public volatile UnaryOperator<CompletionStage<Transition>> closes = UnaryOperator.identity();

    /** Changes the answer of {@link NodeLease#beat}. */
    public volatile UnaryOperator<CompletionStage<Beat>> beats = UnaryOperator.identity();

    /** Changes the answer of {@link NodeReaper#reap}. */
    public volatile UnaryOperator<CompletionStage<Reaped>> reaps = UnaryOperator.identity();

    /** Whether sessions of dead nodes are reaped. */
    public volatile boolean reaping = true;

    /** Changes the answers of {@link Presence#online}. */
    public volatile UnaryOperator<CompletionStage<?>> listings = UnaryOperator.identity();

    /** Runs during {@link Presence#online}, before it answers. */
    public volatile Runnable asked = () -> {};

    /** Changes the answers of {@link Revocations#of} and {@link Places#claim}. */
    public volatile UnaryOperator<CompletionStage<?>> admissions = UnaryOperator.identity();

    /** Number of calls of {@link Places#release}. */
    public final AtomicInteger releases = new AtomicInteger();

    /** Number of calls of {@link PresenceStore#touch}. */
    public final AtomicInteger touches = new AtomicInteger();

    /** Whether {@link PresenceStore#sessionsOf} fails. */
    public volatile boolean failingLists;

    /** Number of calls. */
    public final AtomicInteger lists = new AtomicInteger();

    public FaultyCluster(ClusterState real) {
        this.real = NodeAccess.of(real);
    }

    private <T> T failing(Class<T> type, T target) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, args) -> {
            if (down && CompletionStage.class.isAssignableFrom(method.getReturnType())) {
                return CompletableFuture.failedFuture(new IllegalStateException("the store is down"));
            }
            try {
                if (method.getName().equals("online")) {
                    asked.run();
                } else if (method.getName().equals("release")) {
                    releases.incrementAndGet();
                }
                Object answer = method.invoke(target, args);
                if (method.getName().equals("online")) {
                    return listings.apply((CompletionStage<?>) answer);
                }
                boolean admits =
                        method.getName().equals("of") || method.getName().equals("claim");
                return admits ? admissions.apply((CompletionStage<?>) answer) : answer;
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        }));
    }

    @Override
    public PresenceSettings settings() {
        return real.settings();
    }

    @Override
    public void close() {
        real.close();
    }

    @Override
    public NodeLease lease() {
        NodeLease lease = failing(NodeLease.class, real.lease());
        return new NodeLease() {
            @Override
            public CompletionStage<NodeId> join(String name) {
                return lease.join(name);
            }

            @Override
            public CompletionStage<Beat> beat(NodeId node, boolean settled) {
                return beats.apply(lease.beat(node, settled));
            }

            @Override
            public CompletionStage<Void> leave(NodeId node) {
                return lease.leave(node);
            }
        };
    }

    @Override
    public NodeReaper reaper() {
        NodeReaper reaper = failing(NodeReaper.class, real.reaper());
        return (by, limit) ->
                reaps.apply(reaping ? reaper.reap(by, limit) : CompletableFuture.completedFuture(Reaped.nothing()));
    }

    @Override
    public Presence presence() {
        return failing(Presence.class, real.presence());
    }

    @Override
    public Roster roster() {
        return failing(Roster.class, real.roster());
    }

    @Override
    public Revocations revocations() {
        return failing(Revocations.class, real.revocations());
    }

    @Override
    public Places places() {
        return failing(Places.class, real.places());
    }

    @Override
    public NodeBus bus() {
        NodeBus bus = failing(NodeBus.class, real.bus());
        return new NodeBus() {
            @Override
            public CompletionStage<Boolean> send(NodeId to, byte[] message) {
                return carries.test(to, message) ? bus.send(to, message) : CompletableFuture.completedFuture(true);
            }

            @Override
            public CompletionStage<Inbox> listen(NodeId self, Listener listener) {
                return bus.listen(self, message -> {
                    if (!down) {
                        listener.received(message);
                    }
                });
            }

            @Override
            public int maxMessageBytes() {
                return Math.min(maxMessageBytes, bus.maxMessageBytes());
            }
        };
    }

    @Override
    public PresenceStore store() {
        PresenceStore store = failing(PresenceStore.class, real.store());
        return new PresenceStore() {
            @Override
            public CompletionStage<Transition> open(UserSession session) {
                return opens.apply(store.open(session));
            }

            @Override
            public CompletionStage<Boolean> touch(UserSession session) {
                touches.incrementAndGet();
                return store.touch(session);
            }

            @Override
            public CompletionStage<Transition> close(UserSession session) {
                return closes.apply(store.close(session));
            }

            @Override
            public CompletionStage<Transition> close(UserSession session, Duration grace) {
                return closes.apply(store.close(session, grace));
            }

            @Override
            public CompletionStage<Placement> nodesOf(Collection<String> userIds) {
                return lookups.apply(store.nodesOf(userIds));
            }

            @Override
            public CompletionStage<Page<UserSession>> sessionsOf(NodeId node, String cursor, int limit) {
                lists.incrementAndGet();
                return failingLists
                        ? CompletableFuture.failedFuture(new IllegalStateException("failed by the test"))
                        : store.sessionsOf(node, cursor, limit);
            }
        };
    }
}
