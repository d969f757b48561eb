package io.scarfall.presence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;

import io.scarfall.presence.internal.Beat;
import io.scarfall.presence.internal.NodeAccess;
import io.scarfall.presence.internal.PresenceStore;
import io.scarfall.presence.internal.Reaped;
import io.scarfall.presence.internal.Transition;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Drives a fixture: nodes that beat while time passes, and calls that answer at once. */
public final class TestCluster {

    private final PresenceFixture fixture;
    private final List<Node> running = new ArrayList<>();
    private int processes;

    public TestCluster(PresenceFixture fixture) {
        this.fixture = fixture;
    }

    /** A node in a process of its own, just joined. */
    public Node join(String name) {
        NodeAccess cluster = fixture.process(processes++);
        Node node = new Node(this, cluster, await(cluster.lease().join(name)));
        running.add(node);
        beatAll();
        return node;
    }

    /** A node that has run for long enough to declare other nodes dead. */
    public Node joinAndSettle(String name) {
        Node node = join(name);
        elapse(lease().plusSeconds(1));
        return node;
    }

    public Instant now() {
        return fixture.now();
    }

    public Duration lease() {
        return fixture.process(0).settings().lease();
    }

    /** The time between two beats. */
    public Duration beat() {
        return fixture.process(0).settings().beatInterval();
    }

    /** Time passes, and every running node beats as often as it should, and once at the end. */
    public void elapse(Duration time) {
        Duration step = fixture.process(0).settings().beatInterval();
        for (Duration left = time; !left.isZero(); left = left.minus(step)) {
            if (left.compareTo(step) < 0) {
                step = left;
            }
            fixture.advance(step);
            beatAll();
        }
    }

    /** Every running node beats, and so knows the live nodes. */
    public void beatAll() {
        running.forEach(Node::beat);
    }

    /** Time passes without beats. */
    public void pause(Duration time) {
        fixture.advance(time);
    }

    /** Long enough that a node that does not beat is dead. */
    public void elapseLease() {
        elapse(lease().plusSeconds(1));
    }

    public static <T> T await(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().get(10, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new AssertionError("failed: " + e.getCause(), e.getCause());
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    public static Throwable failure(CompletionStage<?> stage) {
        try {
            return fail("answered " + stage.toCompletableFuture().get(10, TimeUnit.SECONDS));
        } catch (ExecutionException e) {
            return e.getCause();
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    /** Walks all pages of this size, and checks what holds for every page. */
    public static <T> List<T> allPages(Function<@Nullable String, CompletionStage<Page<T>>> read, int limit) {
        List<T> items = new ArrayList<>();
        String cursor = null;
        int pages = 0;
        do {
            Page<T> page = await(read.apply(cursor));
            assertThat(page.items()).hasSizeLessThanOrEqualTo(limit);
            items.addAll(page.items());
            cursor = page.nextCursor();
            assertThat(pages++).as("pages").isLessThan(10_000);
        } while (cursor != null);
        return items;
    }

    /** Runs tasks at the same time, and returns all results. */
    public static <T> List<T> inParallel(List<Callable<List<T>>> tasks) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(tasks.size());
        try {
            List<T> results = new ArrayList<>();
            CyclicBarrier start = new CyclicBarrier(tasks.size()); // otherwise one could end before the next begins
            List<Callable<List<T>>> together = new ArrayList<>();
            for (Callable<List<T>> task : tasks) {
                together.add(() -> {
                    start.await(10, TimeUnit.SECONDS);
                    return task.call();
                });
            }
            for (Future<List<T>> future : threads.invokeAll(together, 60, TimeUnit.SECONDS)) {
                results.addAll(future.get());
            }
            return results;
        } finally {
            threads.shutdownNow();
        }
    }

    /** A node, and the calls that it makes. */
    public static final class Node {

        private final TestCluster all;
        private final NodeAccess cluster;
        private final NodeId id;

        private Node(TestCluster all, NodeAccess cluster, NodeId id) {
            this.all = all;
            this.cluster = cluster;
            this.id = id;
        }

        public NodeId id() {
            return id;
        }

        public NodeAccess cluster() {
            return cluster;
        }

        public PresenceStore store() {
            return cluster.store();
        }

        public Presence presence() {
            return cluster.presence();
        }

        /** From now on the node does not beat by itself. */
        public void crash() {
            all.running.remove(this);
        }

        /** From now on the node beats by itself again. */
        public void recover() {
            all.running.add(this);
        }

        /** The same process under a new epoch, whose sessions the store does not know yet; it does not beat by itself. */
        public Node rejoinUnsettled() {
            all.running.remove(this);
            Node next = new Node(all, cluster, await(cluster.lease().join(id.name())));
            await(cluster.lease().beat(next.id, false));
            return next;
        }

        /** The same process under a new epoch. */
        public Node rejoin() {
            all.running.remove(this);
            Node next = new Node(all, cluster, await(cluster.lease().join(id.name())));
            all.running.add(next);
            all.beatAll();
            return next;
        }

        public Beat beat() {
            return await(cluster.lease().beat(id));
        }

        public void leave() {
            all.running.remove(this);
            await(cluster.lease().leave(id));
            all.beatAll();
        }

        public UserSession session(String userId, String sessionId) {
            return session(userId, sessionId, userId + "@example.org");
        }

        public UserSession session(String userId, String sessionId, @Nullable String email) {
            return new UserSession(userId, sessionId, id, all.now(), all.now(), email, "device", "192.0.2.1");
        }

        public Transition open(String userId, String sessionId) {
            return await(store().open(session(userId, sessionId)));
        }

        public boolean touch(String userId, String sessionId) {
            return await(store().touch(session(userId, sessionId)));
        }

        public Transition close(String userId, String sessionId) {
            return await(store().close(session(userId, sessionId)));
        }

        public Transition close(String userId, String sessionId, Duration grace) {
            return await(store().close(session(userId, sessionId), grace));
        }

        public Reaped reap(int limit) {
            return await(cluster.reaper().reap(id, limit));
        }

        /** Reaps until no work is due. */
        public List<Transition> reapAll() {
            List<Transition> transitions = new ArrayList<>();
            Reaped reaped;
            do {
                reaped = reap(100);
                transitions.addAll(reaped.transitions());
            } while (reaped.more());
            return transitions;
        }

        public List<NodeId> nodesOf(String userId) {
            return await(store().nodesOf(List.of(userId))).nodesOf(userId);
        }

        public List<UserSession> sessionsOf(NodeId node) {
            return allPages(cursor -> store().sessionsOf(node, cursor, 3), 3);
        }

        public UserPresence status(String userId) {
            return status(List.of(userId)).values().iterator().next();
        }

        public Map<String, UserPresence> status(Collection<String> userIds) {
            return await(presence().status(userIds));
        }

        public List<UserSession> sessions(String userId) {
            return await(presence().sessions(userId));
        }

        public long count() {
            return await(presence().count());
        }

        public List<String> online() {
            return allPages(cursor -> presence().online(cursor, 3), 3).stream()
                    .map(UserPresence::userId)
                    .toList();
        }

        public void setFriends(String userId, String... friendIds) {
            await(cluster.roster()
                    .setFriends(
                            userId, List.of(friendIds).stream().map(Friend::of).toList()));
        }
    }
}
