package io.scarfall.presence.memory;

import static io.scarfall.presence.TestCluster.await;
import static io.scarfall.presence.TestCluster.failure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.scarfall.presence.ClusterState;
import io.scarfall.presence.Friend;
import io.scarfall.presence.NodeId;
import io.scarfall.presence.Page;
import io.scarfall.presence.Presence;
import io.scarfall.presence.PresenceSettings;
import io.scarfall.presence.Roster;
import io.scarfall.presence.Status;
import io.scarfall.presence.TransitionFeed;
import io.scarfall.presence.UserPresence;
import io.scarfall.presence.UserSession;
import io.scarfall.presence.internal.NodeAccess;
import io.scarfall.presence.internal.Placement;
import io.scarfall.presence.internal.Transition;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Properties of the store in memory only. */
class MemoryClusterTest {

    private static final PresenceSettings SETTINGS = PresenceSettings.DEFAULTS;

    private final TestTime time = new TestTime();

    // ---- the look-up of every message

    @Test
    void lookingUpUsersAllocatesNextToNothing() {
        NodeAccess cluster = MemoryCluster.builder().buildState();
        NodeId node = await(cluster.lease().join("a"));
        List<String> users = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            users.add("user" + i);
            await(cluster.store().open(session(node, "user" + i, "s", null)));
        }
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        int rounds = 200;
        int found = lookUp(cluster, users, rounds);
        long before = threads.getCurrentThreadAllocatedBytes();
        found += lookUp(cluster, users, rounds);
        long bytesPerCall = (threads.getCurrentThreadAllocatedBytes() - before) / rounds;

        assertThat(found).isEqualTo(2 * rounds * users.size());
        assertThat(bytesPerCall).as("bytes for 1,000 users").isLessThan(128);
    }

    private static int lookUp(NodeAccess cluster, List<String> users, int rounds) {
        int found = 0;
        for (int round = 0; round < rounds; round++) {
            CompletableFuture<Placement> stage = cluster.store().nodesOf(users).toCompletableFuture();
            if (!stage.isDone()) {
                return -1;
            }
            Placement placement = stage.join();
            for (int i = 0; i < users.size(); i++) {
                found += placement.nodesOf(users.get(i)).size();
            }
        }
        return found;
    }

    // ---- clocks

    @Test
    void noJumpOfTheWallClockEndsALeaseOrAGrace() {
        NodeAccess cluster = cluster(SETTINGS.withOfflineGrace(Duration.ofSeconds(5)));
        NodeId node = await(cluster.lease().join("a"));
        UserSession anna = session(node, "anna", "s1", null);
        UserSession bert = session(node, "bert", "s2", null);
        await(cluster.store().open(anna));
        await(cluster.store().open(bert));
        await(cluster.store().close(bert));

        for (Duration jump : List.of(Duration.ofMinutes(30), Duration.ofMinutes(-60))) {
            time.set(time.instant().plus(jump));
            assertThat(status(cluster, "anna").sessionCount()).isEqualTo(1);
            assertThat(status(cluster, "bert").status()).isEqualTo(Status.ONLINE);
            assertThat(await(cluster.reaper().reap(node, 100)).transitions()).isEmpty();
        }
        time.advance(Duration.ofSeconds(5));
        assertThat(status(cluster, "bert").status()).isEqualTo(Status.OFFLINE);
    }

    @Test
    void versionsAndEpochsGrowWhenTheWallClockGoesBack() {
        NodeAccess cluster = cluster(SETTINGS);
        NodeId node = await(cluster.lease().join("a"));
        UserSession session = session(node, "anna", "s1", null);
        long came = await(cluster.store().open(session)).version();

        time.set(time.instant().minus(Duration.ofMinutes(30)));

        long went = await(cluster.store().close(session)).version();
        assertThat(went).isEqualTo(came + 1);
        assertThat(await(cluster.lease().join("a")).epoch()).isGreaterThan(node.epoch());
    }

    @Test
    void worksByTheClocksOfTheMachine() {
        NodeAccess cluster = MemoryCluster.builder().buildState();
        Instant before = Instant.now().minusMillis(1);
        NodeId node = await(cluster.lease().join("a"));
        Transition came = await(cluster.store().open(session(node, "anna", "s1", null)));

        assertThat(came.lastSeen()).isBetween(before, Instant.now());
        assertThat(await(cluster.lease().beat(node)).live()).containsExactly(node);
        assertThat(status(cluster, "anna").status()).isEqualTo(Status.ONLINE);
    }

    // ---- bounds

    @Test
    void offlineUsersAreForgottenAfterAWhile() {
        NodeAccess cluster = cluster(SETTINGS.withOfflineUsers(Duration.ofHours(1), 1_000));
        NodeId node = await(cluster.lease().join("a"));
        UserSession session = session(node, "anna", "s1", null);
        await(cluster.store().open(session));
        long went = await(cluster.store().close(session)).version();
        time.advance(Duration.ofMinutes(59));
        assertThat(status(cluster, "anna").version()).isEqualTo(went);

        time.advance(Duration.ofMinutes(1));

        assertThat(status(cluster, "anna")).isEqualTo(UserPresence.unknown("anna"));
        await(cluster.lease().beat(node));
        await(cluster.reaper().reap(node, 100)); // forgets what was only ignored until now
        time.set(Instant.EPOCH);
        assertThat(await(cluster.store().open(session)).version())
                .as("though forgotten, and the clock gone back")
                .isGreaterThan(went);
    }

    @Test
    void onlySoManyOfflineUsersAreRemembered() {
        NodeAccess cluster = cluster(SETTINGS.withOfflineUsers(Duration.ofHours(1), 128));
        NodeId node = await(cluster.lease().join("a"));
        List<String> users = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            users.add("user" + i);
            await(cluster.store().open(session(node, "user" + i, "s", null)));
        }
        assertThat(await(cluster.presence().count()))
                .as("online users are never forgotten")
                .isEqualTo(5_000);
        for (String user : users) {
            await(cluster.store().close(session(node, user, "s", null)));
        }

        long remembered = await(cluster.presence().status(users)).values().stream()
                .filter(user -> user.version() > 0)
                .count();
        assertThat(remembered).isBetween(1L, 128L);
        assertThat(status(cluster, "user4999").version())
                .as("the user that left last")
                .isPositive();
    }

    @Test
    void aListenerTooFarBehindLosesMessagesAndTheSenderLearnsOfIt() {
        Queue<Runnable> tasks = new ArrayDeque<>();
        NodeAccess cluster = MemoryCluster.builder().executor(tasks::add).buildState();
        NodeId node = await(cluster.lease().join("a"));
        AtomicInteger received = new AtomicInteger();
        await(cluster.bus().listen(node, message -> received.incrementAndGet()));

        int taken = 0;
        while (await(cluster.bus().send(node, new byte[1]))) {
            taken++;
        }
        assertThat(taken).isEqualTo(MemoryNodeBus.MAX_WAITING);
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }

        assertThat(received).hasValue(taken);
        assertThat(await(cluster.bus().send(node, new byte[1]))).isTrue();
    }

    @Test
    void aBusWhoseExecutorEndedFailsToSend() {
        NodeAccess cluster = MemoryCluster.builder()
                .executor(task -> {
                    throw new RejectedExecutionException("ended");
                })
                .buildState();
        NodeId node = await(cluster.lease().join("a"));
        await(cluster.bus().listen(node, message -> {}));
        assertThat(failure(cluster.bus().send(node, new byte[1]))).isInstanceOf(RejectedExecutionException.class);
    }

    // ---- the feed

    @Test
    void aPositionFromBeforeARestartIsAGap() {
        NodeAccess before = cluster(SETTINGS);
        String position = await(before.presence().transitions().newest());
        NodeAccess after = cluster(SETTINGS);
        NodeId node = await(after.lease().join("a"));
        await(after.store().open(session(node, "anna", "s1", null)));

        TransitionFeed.Batch batch = await(after.presence().transitions().read(position, 10));

        assertThat(batch.gap()).isTrue();
        assertThat(batch.changes()).hasSize(1);
        assertThat(await(after.presence().transitions().read(batch.next(), 10)).gap())
                .isFalse();
    }

    // ---- an application's roster

    @Test
    void anApplicationsRosterNamesTheWatchersAndFriends() {
        NodeAccess cluster = MemoryCluster.builder()
                .roster(new OthersRoster(CompletableFuture.completedFuture(new Page<>(List.of("bert"), null, 1))))
                .buildState();
        NodeId node = await(cluster.lease().join("a"));

        Transition came = await(cluster.store().open(session(node, "anna", "s1", null)));

        assertThat(came.watchers().items()).containsExactly("bert");
        assertThat(await(cluster.presence().onlineFriends("bert")))
                .extracting(UserPresence::userId, UserPresence::email)
                .containsExactly(org.assertj.core.groups.Tuple.tuple("anna", "listed@example.org"));
        assertThat(failure(cluster.roster().addFriend("anna", Friend.of("carl"))))
                .isInstanceOf(UnsupportedOperationException.class);
        await(cluster.roster().refresh("anna"));
    }

    @Test
    void aRosterThatAnswersLaterDelaysTheAnswerAndNotTheChange() {
        CompletableFuture<Page<String>> watchers = new CompletableFuture<>();
        NodeAccess cluster =
                MemoryCluster.builder().roster(new OthersRoster(watchers)).buildState();
        NodeId node = await(cluster.lease().join("a"));

        CompletableFuture<Transition> opening =
                cluster.store().open(session(node, "anna", "s1", null)).toCompletableFuture();

        assertThat(opening).isNotDone();
        assertThat(status(cluster, "anna").status()).isEqualTo(Status.ONLINE);
        watchers.complete(new Page<>(List.of("bert"), null, 1));
        assertThat(await(opening).watchers().items()).containsExactly("bert");
    }

    @Test
    void aRosterThatFailsDoesNotUndoTheChange() {
        NodeAccess cluster = MemoryCluster.builder()
                .roster(new OthersRoster(
                        CompletableFuture.failedFuture(new IllegalStateException("as a test wants it"))))
                .buildState();
        NodeId node = await(cluster.lease().join("a"));
        UserSession session = session(node, "anna", "s1", null);

        Transition came = await(cluster.store().open(session));

        assertThat(came.kind()).isEqualTo(Transition.Kind.CAME_ONLINE);
        assertThat(came.watchers().items()).isEmpty();
        assertThat(failure(cluster.presence().onlineFriends("anna")))
                .as("never an empty list")
                .isInstanceOf(IllegalStateException.class);
        await(cluster.store().open(session.on(node)));
        assertThat(await(cluster.store().close(session)).kind()).isEqualTo(Transition.Kind.WENT_OFFLINE);
    }

    @Test
    void aNodeRefusesAStateOfAnotherImplementation() {
        ClusterState foreign = new ClusterState() {
            @Override
            public PresenceSettings settings() {
                return SETTINGS;
            }

            @Override
            public Presence presence() {
                throw new AssertionError("not asked");
            }

            @Override
            public Roster roster() {
                throw new AssertionError("not asked");
            }

            @Override
            public void close() {}
        };
        assertThatThrownBy(() -> NodeAccess.of(foreign))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("cluster: io.scarfall.presence.memory.MemoryClusterTest$")
                .hasMessageEndingWith("(expected: one that MemoryCluster or RedisPresenceCluster made)");
        ClusterState ours = MemoryCluster.create();
        assertThat(NodeAccess.of(ours)).isSameAs(ours);
    }

    private NodeAccess cluster(PresenceSettings settings) {
        return MemoryCluster.builder().settings(settings).time(time, time).buildState();
    }

    private UserSession session(NodeId node, String userId, String sessionId, @Nullable String email) {
        return new UserSession(userId, sessionId, node, time.instant(), time.instant(), email, null, null);
    }

    private static UserPresence status(NodeAccess cluster, String userId) {
        return await(cluster.presence().status(List.of(userId)))
                .values()
                .iterator()
                .next();
    }

    /** Friends kept elsewhere: every user lists anna, and the test chooses her watchers. */
    private record OthersRoster(CompletionStage<Page<String>> watchers) implements Roster {

        @Override
        public CompletionStage<List<Friend>> friends(String userId) {
            return watchers.thenApply(page -> List.of(new Friend("anna", "listed@example.org")));
        }

        @Override
        public CompletionStage<Page<String>> watchers(String userId, @Nullable String cursor, int limit) {
            return watchers;
        }
    }
}
