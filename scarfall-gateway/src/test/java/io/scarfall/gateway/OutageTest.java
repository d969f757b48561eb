package io.scarfall.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.scarfall.gateway.internal.auth.CapturedLog;
import io.scarfall.presence.Friend;
import io.scarfall.presence.NodeId;
import io.scarfall.presence.PresenceSettings;
import io.scarfall.presence.UserSession;
import io.scarfall.presence.internal.Beat;
import io.scarfall.presence.internal.NodeAccess;
import io.scarfall.presence.internal.Transition;
import io.scarfall.presence.memory.MemoryCluster;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What users see while the store fails or is slow, and after its return. */
@Tag("slow")
class OutageTest extends OneNode {
    private final NodeAccess store = NodeAccess.of(MemoryCluster.builder()
            .settings(PresenceSettings.DEFAULTS.withLease(Duration.ofMillis(50), Duration.ofSeconds(5)))
            .build());
    private final FaultyCluster cluster = new FaultyCluster(store);
    private final RecordingMetrics metrics = new RecordingMetrics();

    @AfterEach
    void endOutage() {
        cluster.down = false;
    }

    private int start() {
        return start(Duration.ofMinutes(5));
    }

    private int start(Duration cleanupInterval) {
        scarfall = onFreePorts()
                .nodeName("node")
                .cluster(cluster)
                .sessions(SessionConfig.DEFAULT
                        .withCleanupInterval(cleanupInterval)
                        .withIdleTimeout(Duration.ofMinutes(30)))
                .delivery(DeliveryConfig.DEFAULT.withMaxUnanswered(20))
                .metrics(metrics)
                .start();
        return scarfall.userPort();
    }

    private long count() {
        return store.presence().count().toCompletableFuture().join();
    }

    private void awaitCount(long online) {
        await().atMost(Client.PATIENCE).untilAsserted(() -> assertThat(count()).isEqualTo(online));
    }

    private static UserSession sessionOfAlice(NodeAccess state) {
        return state.presence().sessions("alice").toCompletableFuture().join().get(0);
    }

    private void watcherListsAlice() {
        store.roster()
                .setFriends("watcher", List.of(Friend.of("alice")))
                .toCompletableFuture()
                .join();
    }

    private static void expectStatus(Client watcher, String status) {
        assertThat(watcher.next("user_status_update").at("/status").asText()).isEqualTo(status);
    }

    @Test
    void aNodeThatNeverJoinedReportsWhy() {
        cluster.down = true;
        try (CapturedLog log = new CapturedLog("io.scarfall.gateway.internal.node")) {
            start();
            await().atMost(Client.PATIENCE)
                    .untilAsserted(() -> assertThat(log.text())
                            .contains(
                                    "WARN io.scarfall.gateway.internal.node.Membership not a member of the cluster, retrying node=node error=",
                                    "the store is down"));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "get_online_users",
                "get_online_friends_only",
                "get_all_online_users",
                "get_detailed_online_users"
            })
    void anOutageIsAnErrorAndNeverAnEmptyList(String event) {
        int port = start();

        try (Client alice = Client.user(port, "alice")) {
            cluster.down = true;
            JsonNode answer = alice.ask(event);
            assertThat(answer.at("/status").asText()).isEqualTo("error");
            assertThat(answer.at("/code").asText()).isEqualTo("unavailable");
            assertThat(answer.has("users")).isFalse();
            assertThat(alice.ask("ping").has("timestamp")).isTrue();

            cluster.down = false;
            assertThat(alice.ask(event).has("users")).isTrue();
        }
    }

    /** Its answer cannot be right about others either: it was flushed, for example, or takes this node for dead. */
    @ParameterizedTest
    @ValueSource(strings = {"get_online_users", "get_all_online_users", "get_detailed_online_users"})
    void aQueryFailsIfTheStoreDoesNotKnowTheUserWhoAsks(String event) {
        int port = start();

        try (Client alice = Client.user(port, "alice")) {
            UserSession session = sessionOfAlice(store);
            store.store().close(session).toCompletableFuture().join();
            assertThat(alice.ask(event).at("/code").asText()).isEqualTo("unavailable");

            await().atMost(Client.PATIENCE)
                    .untilAsserted(
                            () -> assertThat(alice.ask(event).has("users")).isTrue());
            assertThat(sessions("alice")).isEqualTo(1);
        }
    }

    /** A beat is requested if the lease is not held, or if the answer of the store is impossible. That detects a flush. */
    @Test
    void inDoubtTheNodeBeatsAtOnce() {
        NodeAccess slow = NodeAccess.of(MemoryCluster.builder()
                .settings(PresenceSettings.DEFAULTS.withLease(Duration.ofMinutes(2), Duration.ofMinutes(5)))
                .build());
        FaultyCluster view = new FaultyCluster(slow);
        AtomicInteger beats = new AtomicInteger();
        view.beats = beat -> {
            beats.incrementAndGet();
            return beat;
        };
        view.down = true;
        scarfall = onFreePorts().cluster(view).start();
        view.down = false;
        await().atMost(Client.PATIENCE).until(scarfall::isHealthy);

        try (Client alice = Client.user(scarfall.userPort(), "alice");
                Client bob = Client.user(scarfall.userPort(), "bob")) {
            bob.send("hi", "alice");
            int before = beats.get();
            UserSession session = sessionOfAlice(slow);
            slow.store().close(session).toCompletableFuture().join();
            await().atMost(Client.PATIENCE).until(() -> {
                bob.send("hi", "alice");
                return beats.get() > before;
            });
            assertThat(alice.isConnected()).isTrue();
        }
    }

    /** The node checks before and after the query, because the store may learn or lose the session in between. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aQueryFailsIfTheStoreLosesTheUserWhoAsksMeanwhile(boolean learns) {
        int port = start();

        try (Client alice = Client.user(port, "alice")) {
            UserSession session = sessionOfAlice(store);
            if (learns) {
                store.store().close(session).toCompletableFuture().join();
                cluster.asked =
                        () -> store.store().open(session).toCompletableFuture().join();
            } else {
                cluster.asked =
                        () -> store.store().close(session).toCompletableFuture().join();
            }
            assertThat(alice.ask("get_all_online_users").at("/code").asText()).isEqualTo("unavailable");
        }
    }

    /** If the store accepts no writes, all leases expire, so all users seem to be offline. */
    @Test
    void aNodeWithAnExpiredLeaseDoesNotReportAllUsersAsOffline() {
        int port = start();

        try (Client alice = Client.user(port, "alice")) {
            assertThat(alice.send("hi", "far").at("/code").asText()).isEqualTo("not_delivered");
            cluster.beats = beat -> CompletableFuture.failedFuture(new IllegalStateException("no writes"));
            await().atMost(Client.PATIENCE)
                    .untilAsserted(() -> assertThat(scarfall.isHealthy()).isFalse());
            assertThat(alice.send("hi", "far").at("/code").asText()).isEqualTo("unavailable");
            assertThat(alice.send("hi", "alice", "far").at("/recipients"))
                    .isEqualTo(Client.parse("{'total':2,'sent':['alice'],'failed':['far'],'partial':['alice']}"));
        }
    }

    @Test
    void servicesGetAnErrorToo() {
        start();

        try (Client service = Client.connect(scarfall.internalPort()).joined()) {
            cluster.down = true;
            assertThat(service.ask("set_friends", "{'userId':'alice','friends':[]}")
                            .at("/code")
                            .asText())
                    .isEqualTo("unavailable");
            assertThat(service.send("hi", "alice").at("/code").asText()).isEqualTo("unavailable");
        }
    }

    @Test
    void localDeliveryContinuesAndSessionsAreWrittenLater() {
        int port = start();

        try (Client alice = Client.user(port, "alice");
                Client leaving = Client.user(port, "leaving")) {
            cluster.down = true;
            leaving.leave();
            try (Client bob = Client.user(port, "bob")) {
                assertThat(alice.send("hi", "bob", "far").at("/recipients"))
                        .isEqualTo(Client.parse("{'total':2,'sent':['bob'],'failed':['far'],'partial':['bob']}"));
                assertThat(bob.next("message").at("/message").asText()).isEqualTo("hi");
                assertThat(metrics.count("scarfall.deliveries{outcome=sent}")).isEqualTo(1);
                assertThat(metrics.count("scarfall.deliveries.partial")).isEqualTo(1);
                await().atMost(Client.PATIENCE)
                        .untilAsserted(() -> assertThat(scarfall.isHealthy()).isFalse());

                cluster.down = false;
                await().atMost(Client.PATIENCE)
                        .untilAsserted(() -> assertThat(
                                        alice.ask("get_all_online_users").toString())
                                .contains("alice", "bob")
                                .doesNotContain("leaving"));
                assertThat(count()).isEqualTo(2);
            }
        }
    }

    @Test
    void aGatewayStartsWithoutTheStoreAndJoinsLater() {
        cluster.down = true;
        int port = start();

        assertThat(scarfall.isHealthy()).isFalse();
        try (Client alice = Client.user(port, "alice")) {
            assertThat(alice.send("me", "alice").at("/status").asText()).isEqualTo("sent");
            cluster.down = false;
            awaitCount(1);
            assertThat(scarfall.isHealthy()).isTrue();
        }
    }

    @Test
    void friendsGetANoticeOfAChangeWhoseAnswerWasLost() {
        int port = start();
        watcherListsAlice();
        UnaryOperator<CompletionStage<Transition>> lost = answer -> answer.thenCompose(
                transition -> CompletableFuture.failedFuture(new IllegalStateException("the answer was lost")));

        try (Client watcher = Client.user(port, "watcher")) {
            cluster.opens = lost;
            Client alice =
                    Client.connect(port, Map.of("token", Tokens.of("alice"))).joined();
            awaitCount(2);
            cluster.opens = UnaryOperator.identity();
            expectStatus(watcher, "online");

            cluster.closes = lost;
            alice.leave();
            awaitCount(1);
            cluster.closes = UnaryOperator.identity();
            expectStatus(watcher, "offline");
            watcher.ask("ping");
            assertThat(watcher.received("user_status_update")).isEmpty();
        }
    }

    @Test
    void aSecondDeviceWhoseAnswerWasLostCausesNoNotice() {
        int port = start();
        watcherListsAlice();
        try (Client watcher = Client.user(port, "watcher");
                Client alice = Client.user(port, "alice")) {
            expectStatus(watcher, "online");
            AtomicInteger opens = new AtomicInteger();
            cluster.opens = answer -> opens.getAndIncrement() > 0
                    ? answer
                    : answer.thenCompose(transition ->
                            CompletableFuture.failedFuture(new IllegalStateException("the answer was lost")));
            try (Client other = Client.user(port, "alice")) {
                await().atMost(Client.PATIENCE)
                        .untilAsserted(() -> assertThat(opens).hasValueGreaterThan(1));
                assertThat(other.send("hi", "watcher").at("/status").asText()).isEqualTo("sent");
                watcher.next("message");
                assertThat(watcher.received("user_status_update")).isEmpty();
            }
            assertThat(alice.isConnected()).isTrue();
        }
    }

    @Test
    void aCloseFollowsItsOpenHoweverLateTheAnswer() {
        int port = start();
        watcherListsAlice();
        Queue<CompletableFuture<Transition>> pending = new ConcurrentLinkedQueue<>();

        try (Client watcher = Client.user(port, "watcher")) {
            cluster.opens = answer -> {
                CompletableFuture<Transition> later = new CompletableFuture<>();
                pending.add(later);
                return later.thenCombine(answer, (go, transition) -> transition);
            };
            Client alice =
                    Client.connect(port, Map.of("token", Tokens.of("alice"))).joined();
            await().atMost(Client.PATIENCE)
                    .untilAsserted(() -> assertThat(pending).hasSize(1));
            assertThat(alice.received("connected")).isEmpty();
            alice.leave();
            awaitCount(1);
            JsonNode offline = watcher.next("user_status_update");
            assertThat(offline.at("/status").asText()).isEqualTo("offline");

            pending.forEach(later -> later.complete(null));
            watcher.ask("ping");
            assertThat(watcher.received("user_status_update")).isEmpty(); // the earlier online notice is outdated
            assertThat(count()).isEqualTo(1);
        }
    }

    @Test
    void allSessionsAreWrittenAgainIfTheStoreMayHaveLostWrites() {
        int port = start();
        try (Client alice = Client.user(port, "alice")) {
            assertThat(sessions("alice")).isEqualTo(1);
            NodeId self = store.presence()
                    .sessions("alice")
                    .toCompletableFuture()
                    .join()
                    .get(0)
                    .node();
            session(self, "alice", alice.id(), Instant.now(), false);
            assertThat(sessions("alice")).isZero();

            session(self, "ghost", Instant.now(), true); // the node closed it, but the store lost that
            cluster.beats =
                    answer -> answer.thenApply(beat -> new Beat(beat.renewed(), beat.time(), beat.leases(), true));
            await().atMost(Client.PATIENCE).untilAsserted(() -> {
                assertThat(sessions("alice")).isEqualTo(1);
                assertThat(sessions("ghost")).isZero();
            });
        }
    }

    @Test
    void theCleanUpRemovesIdleSessionsWithoutASocketAndReopensLostOnes() {
        int port = start(Duration.ofMillis(200));
        try (Client alice = Client.user(port, "alice")) {
            NodeId self = store.presence()
                    .sessions("alice")
                    .toCompletableFuture()
                    .join()
                    .get(0)
                    .node();
            Instant longAgo = Instant.now().minus(Duration.ofHours(1));
            session(self, "ghost", longAgo, true);
            session(self, "fresh", Instant.now(), true);
            session(self, "alice", alice.id(), Instant.now(), false);

            await().atMost(Client.PATIENCE).untilAsserted(() -> {
                assertThat(sessions("alice")).isEqualTo(1);
                assertThat(sessions("ghost")).isZero();
            });
            assertThat(sessions("fresh")).isEqualTo(1);
            await().atMost(Client.PATIENCE)
                    .untilAsserted(() -> assertThat(metrics.count("scarfall.cleanup{found=idle}"))
                            .isEqualTo(1));
            assertThat(metrics.count("scarfall.cleanup{found=socketless}")).isZero();
        }
    }

    @Test
    void aFailedAuditAfterADoubtIsRepeated() {
        int port = start();
        try (Client alice = Client.user(port, "alice")) {
            NodeId self = store.presence()
                    .sessions("alice")
                    .toCompletableFuture()
                    .join()
                    .get(0)
                    .node();
            session(self, "fresh", Instant.now(), true);
            cluster.failingLists = true;
            cluster.beats =
                    answer -> answer.thenApply(beat -> new Beat(beat.renewed(), beat.time(), beat.leases(), true));
            await().atMost(Client.PATIENCE)
                    .untilAsserted(() -> assertThat(cluster.lists.get()).isPositive());
            cluster.beats = answer -> answer;
            assertThat(sessions("fresh")).isEqualTo(1);
            cluster.failingLists = false;
            await().atMost(Client.PATIENCE)
                    .untilAsserted(() -> assertThat(sessions("fresh")).isZero());
            assertThat(sessions("alice")).isEqualTo(1);
            assertThat(alice.isConnected()).isTrue();
            await().atMost(Client.PATIENCE)
                    .untilAsserted(() -> assertThat(metrics.count("scarfall.cleanup{found=socketless}"))
                            .isEqualTo(1));
        }
    }

    private void session(NodeId node, String userId, Instant time, boolean open) {
        session(node, userId, "session of " + userId, time, open);
    }

    private void session(NodeId node, String userId, String sessionId, Instant time, boolean open) {
        UserSession session = new UserSession(userId, sessionId, node, time, time, null, null, null);
        (open ? store.store().open(session) : store.store().close(session))
                .toCompletableFuture()
                .join();
    }

    private int sessions(String userId) {
        return store.presence().sessions(userId).toCompletableFuture().join().size();
    }

    @Test
    void aSenderWithTooManyUnansweredMessagesGetsAnError() {
        int port = start();
        try (Client alice = Client.user(port, "alice")) {
            CompletableFuture<Void> go = new CompletableFuture<>();
            cluster.lookups = lookup -> go.thenCombine(lookup, (now, found) -> found);
            List<CompletableFuture<JsonNode>> answers = new java.util.ArrayList<>();
            for (int i = 0; i < 20; i++) {
                answers.add(alice.asking("send_message", Client.message("" + i, "bob")));
            }
            assertThat(alice.send("one more", "bob").at("/code").asText()).isEqualTo("overloaded");
            assertThat(metrics.count("scarfall.limits{limit=unanswered}")).isEqualTo(1);
            go.complete(null);
            assertThat(answers)
                    .allSatisfy(answer -> assertThat(answer)
                            .succeedsWithin(Client.PATIENCE)
                            .satisfies(json ->
                                    assertThat(json.at("/code").asText()).isEqualTo("not_delivered")));
            assertThat(alice.send("again", "alice").at("/status").asText()).isEqualTo("sent");
        }
    }

    @Test
    void activityIsRecordedFromTimeToTime() {
        scarfall = onFreePorts()
                .cluster(cluster)
                .sessions(SessionConfig.DEFAULT.withTouchInterval(Duration.ofMillis(100)))
                .start();
        try (Client alice = Client.user(scarfall.userPort(), "alice")) {
            Instant before = lastActivity();
            await().atMost(Client.PATIENCE).untilAsserted(() -> {
                alice.ask("ping");
                assertThat(lastActivity()).isAfter(before);
            });
        }
    }

    @Test
    void activityIsNotRecordedForEveryEvent() {
        int port = start();
        try (Client alice = Client.user(port, "alice")) {
            for (int i = 0; i < 50; i++) {
                alice.ask("ping");
            }
            assertThat(cluster.touches).hasValue(0); // the opening has recorded it
        }
    }

    private Instant lastActivity() {
        return store.presence()
                .sessions("alice")
                .toCompletableFuture()
                .join()
                .get(0)
                .lastActivity();
    }
}
