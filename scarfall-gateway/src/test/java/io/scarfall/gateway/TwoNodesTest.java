package io.scarfall.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.scarfall.engineio.EventLoops;
import io.scarfall.presence.Friend;
import io.scarfall.presence.NodeId;
import io.scarfall.presence.Page;
import io.scarfall.presence.PresenceSettings;
import io.scarfall.presence.UserSession;
import io.scarfall.presence.internal.Beat;
import io.scarfall.presence.internal.NodeAccess;
import io.scarfall.presence.internal.Placement;
import io.scarfall.presence.internal.Reaped;
import io.scarfall.presence.internal.Transition;
import io.scarfall.presence.memory.MemoryCluster;
import io.scarfall.testing.Answers;
import io.socket.client.IO;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Two gateways in one process with shared state. */
@Tag("slow")
class TwoNodesTest {
    private static final Duration LEASE = Duration.ofSeconds(1);

    private final NodeAccess cluster = NodeAccess.of(MemoryCluster.builder()
            .settings(PresenceSettings.DEFAULTS.withLease(Duration.ofMillis(100), LEASE))
            .build());
    private final FaultyCluster viewOfA = new FaultyCluster(cluster);
    private final FaultyCluster viewOfB = new FaultyCluster(cluster);
    private final EventLoops loops = EventLoops.start(1);
    private Scarfall a;
    private Scarfall b;

    @BeforeEach
    void start() {
        a = node("a", viewOfA, Duration.ofSeconds(3));
        b = node("b", viewOfB, Duration.ofSeconds(3));
    }

    private static Scarfall node(String name, FaultyCluster view, Duration answerTimeout) {
        return OneNode.onFreePorts()
                .nodeName(name)
                .cluster(view)
                .delivery(DeliveryConfig.DEFAULT.withAnswerTimeout(answerTimeout))
                .start();
    }

    @AfterEach
    void stop() {
        a.close();
        b.close();
        loops.close();
    }

    private void lists(String userId, String friend) {
        cluster.roster()
                .setFriends(userId, List.of(Friend.of(friend)))
                .toCompletableFuture()
                .join();
    }

    @Test
    void messagesReachUsersOnAnyNode() {
        try (Client alice = Client.user(a.userPort(), "alice");
                Client bobHere = Client.user(a.userPort(), "bob");
                Client bobThere = Client.user(b.userPort(), "bob");
                Client carol = Client.user(b.userPort(), "carol");
                Client dave = Client.user(b.userPort(), "dave")) {
            JsonNode answer = alice.send("hi", "bob", "offline", "carol");

            assertThat(answer.at("/status").asText()).isEqualTo("sent");
            assertThat(answer.at("/recipients"))
                    .isEqualTo(Client.parse("{'total':3,'sent':['bob','carol'],'failed':['offline']}"));
            for (Client client : List.of(bobHere, bobThere, carol)) {
                JsonNode message = client.next("message");
                assertThat(message.at("/recipientId").asText()).isEqualTo(client == carol ? "carol" : "bob");
                assertThat(message.at("/senderId").asText()).isEqualTo("alice");
                assertThat(message.at("/messageId")).isEqualTo(answer.at("/messageId"));
            }
            assertThat(carol.send("back", "alice").at("/recipients/sent/0").asText())
                    .isEqualTo("alice");
            assertThat(alice.next("message").at("/message").asText()).isEqualTo("back");
            for (Client client : List.of(alice, bobHere, bobThere, carol, dave)) {
                client.ask("ping");
                assertThat(client.received("message")).isEmpty();
            }
        }
    }

    @Test
    void aSessionInTheStoreAloneDoesNotCountAsDelivery() {
        try (Client alice = Client.user(a.userPort(), "alice");
                Client bob = Client.user(b.userPort(), "bob")) {
            NodeId here = nodeOf("alice");
            NodeId there = nodeOf("bob");
            open("ghost here", here);
            open("ghost there", there);

            assertThat(alice.send("hi", "ghost here", "ghost there", "bob").at("/recipients"))
                    .isEqualTo(Client.parse("{'total':3,'sent':['bob'],'failed':['ghost here','ghost there']}"));
            assertThat(bob.next("message").at("/message").asText()).isEqualTo("hi");
        }
    }

    private NodeId nodeOf(String userId) {
        return cluster.presence()
                .sessions(userId)
                .toCompletableFuture()
                .join()
                .get(0)
                .node();
    }

    private List<NodeId> nodesOf(String userId) {
        return cluster.store()
                .nodesOf(List.of(userId))
                .toCompletableFuture()
                .join()
                .nodesOf(userId);
    }

    private void open(String userId, NodeId node) {
        UserSession session =
                new UserSession(userId, "no socket", node, Instant.now(), Instant.now(), null, null, null);
        cluster.store().open(session).toCompletableFuture().join();
    }

    @Test
    void servicesReachUsersOfOtherNodes() {
        try (Client service = Client.connect(a.internalPort()).joined();
                Client bob = Client.user(b.userPort(), "bob")) {
            assertThat(service.send("hi", "bob", "offline").at("/recipients"))
                    .isEqualTo(Client.parse("{'total':2,'sent':['bob'],'failed':['offline']}"));
            assertThat(bob.next("message").at("/metadata/source").asText()).isEqualTo("internal_service");
        }
    }

    @Test
    void allNodesSeeTheSamePresence() {
        lists("watcher", "alice");
        try (Client watcher = Client.user(a.userPort(), "watcher")) {
            Client phone = Client.user(b.userPort(), "alice");
            JsonNode online = watcher.next("user_status_update");
            assertThat(online.at("/status").asText()).isEqualTo("online");
            assertThat(watcher.ask("get_online_users").at("/users/0/userId").asText())
                    .isEqualTo("alice");
            assertThat(watcher.ask("get_all_online_users").at("/total").asInt()).isEqualTo(2);

            Client laptop = Client.user(a.userPort(), "alice");
            phone.leave();
            await().atMost(Client.PATIENCE)
                    .untilAsserted(() -> assertThat(b.sessionCount()).isZero());
            watcher.ask("ping");
            assertThat(watcher.received("user_status_update")).isEmpty();

            laptop.leave();
            JsonNode offline = watcher.next("user_status_update");
            assertThat(offline.at("/status").asText()).isEqualTo("offline");
            assertThat(offline.at("/version").asLong())
                    .isGreaterThan(online.at("/version").asLong());
        }
    }

    @Test
    void orderIsKeptAlthoughLookUpsAreAnsweredOutOfOrder() {
        Random random = new Random(3);
        ScheduledExecutorService timers = loops.timers();
        viewOfA.lookups = lookup -> {
            Executor later = task -> timers.schedule(task, random.nextInt(3_000), TimeUnit.MICROSECONDS);
            return random.nextInt(3) == 0 ? lookup : lookup.thenApplyAsync(found -> found, later);
        };
        int count = 500;
        try (Client alice = Client.user(a.userPort(), "alice");
                Client here = Client.user(a.userPort(), "bob");
                Client there = Client.user(b.userPort(), "bob")) {
            for (int i = 0; i < count; i++) {
                alice.emit("send_message", Client.message("" + i, "bob"));
            }
            for (Client device : List.of(here, there)) {
                for (int i = 0; i < count; i++) {
                    assertThat(device.next("message").at("/message").asText()).isEqualTo("" + i);
                }
            }
        }
    }

    @Test
    void withoutAnAnswerTheOutcomeIsUncertain() {
        try (Client alice = Client.user(a.userPort(), "alice");
                Client bob = Client.user(b.userPort(), "bob");
                Client carol = Client.user(a.userPort(), "carol")) {
            viewOfB.carries = (to, message) -> false;

            JsonNode answer = alice.send("hi", "bob", "carol");

            assertThat(answer.at("/recipients"))
                    .isEqualTo(Client.parse("{'total':2,'sent':['carol'],'failed':['bob'],'uncertain':['bob']}"));
            assertThat(bob.next("message").at("/message").asText()).isEqualTo("hi");
            assertThat(carol.next("message").at("/message").asText()).isEqualTo("hi");
        }
    }

    @Test
    void aUserWithAnotherDeviceOnASilentNodeIsPartial() {
        try (Client alice = Client.user(a.userPort(), "alice");
                Client service = Client.connect(a.internalPort()).joined();
                Client bobHere = Client.user(a.userPort(), "bob");
                Client bobThere = Client.user(b.userPort(), "bob");
                Client carol = Client.user(a.userPort(), "carol")) {
            viewOfA.carries = (to, message) -> false;

            for (Client sender : List.of(alice, service)) {
                assertThat(sender.send("hi", "bob", "carol").at("/recipients"))
                        .isEqualTo(Client.parse("{'total':2,'sent':['bob','carol'],'failed':[],'partial':['bob']}"));
                assertThat(bobHere.next("message").at("/message").asText()).isEqualTo("hi");
                carol.next("message");
            }
            assertThat(bobThere.received("message")).isEmpty();

            viewOfA.carries = (to, message) -> true;
            assertThat(alice.send("hi", "bob", "carol").at("/recipients"))
                    .isEqualTo(Client.parse("{'total':2,'sent':['bob','carol'],'failed':[]}"));
            bobThere.next("message");
        }
    }

    @Test
    void aUserWithAnotherDeviceThatWasNotReachedIsPartial() {
        try (Client alice = Client.user(a.userPort(), "alice");
                Client bob = Client.user(a.userPort(), "bob");
                Client carol = Client.user(b.userPort(), "carol")) {
            open("bob", nodeOf("carol"));
            open("ghost", nodeOf("carol"));
            open("carol", nodeOf("carol"));

            assertThat(alice.send("hi", "bob", "carol", "ghost").at("/recipients"))
                    .isEqualTo(Client.parse("{'total':3,'sent':['bob','carol'],'failed':['ghost'],'partial':['bob']}"));
            bob.next("message");
            carol.next("message");
        }
    }

    @Test
    void aUserWithAnotherDeviceOnAnUnreachableNodeIsPartial() {
        try (Client alice = Client.user(a.userPort(), "alice");
                Client bobHere = Client.user(a.userPort(), "bob");
                Client bobThere = Client.user(b.userPort(), "bob");
                Client carol = Client.user(b.userPort(), "carol")) {
            viewOfA.maxMessageBytes = 100;

            assertThat(alice.send("hi", "bob", "carol").at("/recipients"))
                    .isEqualTo(Client.parse("{'total':2,'sent':['bob'],'failed':['carol'],'partial':['bob']}"));
            bobHere.next("message");
            assertThat(bobThere.received("message")).isEmpty();
            assertThat(carol.received("message")).isEmpty();
        }
    }

    /** For example, the store lost its data, and nodes are writing their sessions again. */
    @Test
    void aUserThatTheStoreDoesNotListOnThisNodeIsPartial() {
        try (Client alice = Client.user(a.userPort(), "alice");
                Client bobHere = Client.user(a.userPort(), "bob");
                Client bobThere = Client.user(b.userPort(), "bob")) {
            for (UserSession session :
                    cluster.presence().sessions("bob").toCompletableFuture().join()) {
                cluster.store().close(session).toCompletableFuture().join();
            }

            assertThat(alice.send("hi", "bob", "alice").at("/recipients"))
                    .isEqualTo(Client.parse("{'total':2,'sent':['bob','alice'],'failed':[],'partial':['bob']}"));
            bobHere.next("message");
            assertThat(bobThere.received("message")).isEmpty();
        }
    }

    @Test
    void theSenderDoesNotWaitForADeadNode() {
        try (Scarfall patient = node("c", new FaultyCluster(cluster), Duration.ofMinutes(1));
                Client alice = Client.user(patient.userPort(), "alice");
                Client bob = Client.user(b.userPort(), "bob")) {
            viewOfB.down = true;
            assertThat(alice.send("hi", "bob").at("/recipients"))
                    .isEqualTo(Client.parse("{'total':1,'sent':[],'failed':['bob'],'uncertain':['bob']}"));
            assertThat(bob.received("message")).isEmpty();
        }
    }

    @Test
    void manyRecipientsOnOneNodeShareAnEnvelope() {
        List<byte[]> envelopes = new ArrayList<>();
        List<Client> clients = IntStream.range(0, 10)
                .mapToObj(i -> Client.user(b.userPort(), "user" + i))
                .toList();
        try (Client alice = Client.user(a.userPort(), "alice")) {
            viewOfA.carries = (to, message) -> envelopes.add(message);

            String[] everybody =
                    IntStream.range(0, 12).mapToObj(i -> "user" + i).toArray(String[]::new);
            JsonNode answer = alice.send("hi", everybody);

            assertThat(envelopes).hasSize(1);
            assertThat(answer.at("/recipients/sent")).hasSize(10);
            assertThat(answer.at("/recipients/failed").toString()).isEqualTo("[\"user10\",\"user11\"]");
            for (Client client : clients) {
                assertThat(client.next("message").at("/message").asText()).isEqualTo("hi");
            }
        } finally {
            clients.forEach(Client::close);
        }
    }

    /** Defect 7 of the predecessor: see the name of the test. */
    @Test
    void usersOfADeadNodeGoOffline() {
        lists("watcher", "alice");
        try (Client watcher = Client.user(a.userPort(), "watcher");
                Client alice = Client.user(b.userPort(), "alice");
                Client both = Client.user(b.userPort(), "both");
                Client bothHere = Client.user(a.userPort(), "both")) {
            assertThat(watcher.next("user_status_update").at("/status").asText())
                    .isEqualTo("online");
            viewOfB.down = true;

            JsonNode offline = watcher.next("user_status_update");
            assertThat(offline.at("/userId").asText()).isEqualTo("alice");
            assertThat(offline.at("/status").asText()).isEqualTo("offline");
            assertThat(watcher.send("x", "alice", "both").at("/recipients"))
                    .isEqualTo(Client.parse("{'total':2,'sent':['both'],'failed':['alice'],'partial':['both']}"));
            assertThat(online()).containsExactlyInAnyOrder("watcher", "both");
            assertThat(alice.isConnected() && both.isConnected() && bothHere.isConnected())
                    .isTrue();
        }
    }

    private List<String> online() {
        return cluster.presence().online(null, 100).toCompletableFuture().join().items().stream()
                .map(user -> user.userId())
                .collect(Collectors.toList());
    }

    @Test
    void watchersOnAReturnedNodeGetMissedNoticesOnce() {
        cluster.roster()
                .setFriends(
                        "watcher",
                        Stream.of("alice", "bob", "carol").map(Friend::of).toList())
                .toCompletableFuture()
                .join();
        try (Client watcher = Client.user(b.userPort(), "watcher");
                Client alice = Client.user(a.userPort(), "alice")) {
            assertThat(watcher.next("user_status_update").at("/userId").asText())
                    .isEqualTo("alice");
            viewOfB.down = true;
            await().atMost(Client.PATIENCE)
                    .untilAsserted(() -> assertThat(online()).containsExactly("alice"));
            Client bob = Client.user(a.userPort(), "bob");
            Client.user(a.userPort(), "carol").leave();
            await().atMost(Client.PATIENCE)
                    .untilAsserted(() -> assertThat(online()).containsExactlyInAnyOrder("alice", "bob"));

            viewOfB.down = false;

            Map<String, String> heard = new HashMap<>();
            for (int i = 0; i < 2; i++) {
                JsonNode update = watcher.next("user_status_update");
                heard.put(update.at("/userId").asText(), update.at("/status").asText());
            }
            assertThat(heard).isEqualTo(Map.of("bob", "online", "carol", "offline"));
            bob.leave();
            assertThat(watcher.next("user_status_update").at("/status").asText())
                    .as("no notice in between")
                    .isEqualTo("offline");
            assertThat(alice.isConnected()).isTrue();
        }
    }

    @Test
    void aReturnedNodeReopensItsSessions() {
        lists("watcher", "alice");
        try (Client watcher = Client.user(a.userPort(), "watcher");
                Client alice = Client.user(b.userPort(), "alice");
                Client gone = Client.user(b.userPort(), "gone")) {
            watcher.next("user_status_update");
            viewOfB.down = true;
            assertThat(watcher.next("user_status_update").at("/status").asText())
                    .isEqualTo("offline");
            gone.leave();
            await().atMost(Client.PATIENCE)
                    .untilAsserted(() -> assertThat(b.sessionCount()).isEqualTo(1));
            Client late = Client.user(b.userPort(), "late");
            assertThat(b.isHealthy()).isFalse();
            assertThat(late.send("local", "alice", "watcher").at("/recipients"))
                    .isEqualTo(Client.parse("{'total':2,'sent':['alice'],'failed':['watcher'],'partial':['alice']}"));
            assertThat(late.send("nobody", "watcher").at("/code").asText()).isEqualTo("unavailable");

            viewOfB.down = false;

            assertThat(watcher.next("user_status_update").at("/status").asText())
                    .isEqualTo("online");
            await().atMost(Client.PATIENCE)
                    .untilAsserted(() -> assertThat(online()).containsExactlyInAnyOrder("watcher", "alice", "late"));
            await().atMost(Client.PATIENCE)
                    .untilAsserted(() -> assertThat(b.isHealthy()).isTrue());
            assertThat(alice.next("message").at("/message").asText()).isEqualTo("local");
            assertThat(watcher.send("again", "alice", "late").at("/recipients/failed"))
                    .isEmpty();
            assertThat(alice.next("message").at("/message").asText()).isEqualTo("again");
            late.leave();
        }
    }

    /** For example, on the wrong side of a split brain, where Alice's node could not beat and was reaped. */
    @Test
    void wrongNoticesAreCorrectedAfterADoubt() {
        lists("watcher", "alice");
        try (Client watcher = Client.user(b.userPort(), "watcher");
                Client alice = Client.user(a.userPort(), "alice")) {
            JsonNode online = watcher.next("user_status_update");
            long version = online.at("/version").asLong();
            Transition lost = new Transition(
                    Transition.Kind.WENT_OFFLINE,
                    "alice",
                    version + 1,
                    Instant.now(),
                    null,
                    new Page<>(List.of("watcher"), null, 1));
            AtomicBoolean reaped = new AtomicBoolean();
            viewOfB.reaps = answer -> reaped.getAndSet(true)
                    ? answer
                    : CompletableFuture.completedFuture(new Reaped(List.of(lost), 1, false));
            assertThat(watcher.next("user_status_update").at("/status").asText())
                    .isEqualTo("offline");

            AtomicBoolean doubted = new AtomicBoolean();
            viewOfB.beats = answer -> doubted.getAndSet(true)
                    ? answer
                    : answer.thenApply(beat -> new Beat(beat.renewed(), beat.time(), beat.leases(), true));
            JsonNode better = watcher.next("user_status_update");
            assertThat(better.at("/userId").asText()).isEqualTo("alice");
            assertThat(better.at("/status").asText()).isEqualTo("online");
            assertThat(better.at("/version").asLong()).isGreaterThan(version + 1);
            assertThat(alice.isConnected()).isTrue();
        }
    }

    @Test
    void aUserWithADeviceOnADeadNodeIsPartial() {
        try (Client alice = Client.user(a.userPort(), "alice");
                Client bobHere = Client.user(a.userPort(), "bob");
                Client bobThere = Client.user(b.userPort(), "bob");
                Client carol = Client.user(b.userPort(), "carol")) {
            viewOfA.reaping = false;
            viewOfB.down = true;
            await().atMost(Client.PATIENCE).until(() -> nodesOf("carol").isEmpty());

            assertThat(alice.send("hi", "bob", "carol", "offline").at("/recipients"))
                    .isEqualTo(Client.parse("{'total':3,'sent':['bob'],'failed':['carol','offline'],"
                            + "'uncertain':['carol'],'partial':['bob']}"));
            assertThat(bobHere.next("message").at("/message").asText()).isEqualTo("hi");
            assertThat(List.of(bobThere, carol)).allMatch(Client::isConnected);
            viewOfB.down = false;
        }
    }

    @Test
    void aUserWithAReapedSessionIsPartialUntilItsNodeIsBack() {
        try (Client alice = Client.user(a.userPort(), "alice");
                Client bobHere = Client.user(a.userPort(), "bob");
                Client bobThere = Client.user(b.userPort(), "bob");
                Client carol = Client.user(b.userPort(), "carol")) {
            assertThat(alice.send("quiet", "bob", "carol").at("/recipients"))
                    .isEqualTo(Client.parse("{'total':2,'sent':['bob','carol'],'failed':[]}"));
            NodeId there = nodeOf("carol");
            viewOfB.down = true;
            await().atMost(Client.PATIENCE)
                    .until(() -> cluster.store()
                            .sessionsOf(there, null, 10)
                            .toCompletableFuture()
                            .join()
                            .items()
                            .isEmpty());

            assertThat(alice.send("hi", "bob", "carol", "alice").at("/recipients"))
                    .isEqualTo(Client.parse("{'total':3,'sent':['bob','alice'],'failed':['carol'],'partial':['bob']}"));
            assertThat(List.of(bobHere, bobThere, carol)).allMatch(Client::isConnected);
            viewOfB.down = false;
            await().atMost(Client.PATIENCE)
                    .untilAsserted(
                            () -> assertThat(alice.send("again", "bob", "carol").at("/recipients"))
                                    .isEqualTo(Client.parse("{'total':2,'sent':['bob','carol'],'failed':[]}")));
        }
    }

    @Test
    void aLookUpThatDetectsLostDataStartsADoubt() {
        try (Client alice = Client.user(a.userPort(), "alice");
                Client bobHere = Client.user(a.userPort(), "bob");
                Client carol = Client.user(b.userPort(), "carol")) {
            awaitBeatsOfAThatSeeB();
            AtomicBoolean lost = new AtomicBoolean(true);
            viewOfA.lookups = found -> lost.getAndSet(false)
                    ? CompletableFuture.completedFuture(new Placement() {
                        @Override
                        public List<NodeId> nodesOf(String userId) {
                            return List.of();
                        }

                        @Override
                        public boolean isDoubtful() {
                            return true;
                        }
                    })
                    : found;

            assertThat(alice.send("hi", "bob", "carol").at("/recipients"))
                    .isEqualTo(Client.parse("{'total':2,'sent':['bob'],'failed':['carol'],"
                            + "'uncertain':['carol'],'partial':['bob']}"));
            await().atMost(Client.PATIENCE)
                    .untilAsserted(
                            () -> assertThat(alice.send("again", "bob", "carol").at("/recipients"))
                                    .isEqualTo(Client.parse("{'total':2,'sent':['bob','carol'],'failed':[]}")));
            assertThat(List.of(bobHere, carol)).allMatch(Client::isConnected);
        }
    }

    /** Until then a node knows no other node that it could miss. At the second beat the first has been taken over. */
    private void awaitBeatsOfAThatSeeB() {
        AtomicInteger seen = new AtomicInteger();
        viewOfA.beats = answer -> answer.thenApply(beat -> {
            if (beat.live().size() == 2) {
                seen.incrementAndGet();
            }
            return beat;
        });
        await().atMost(Client.PATIENCE).until(() -> seen.get() >= 2);
    }

    /** The first node that returns knows, for a moment, no other node or only nodes with expired leases. */
    @Test
    void afterAnOutageAnswersAreErrorsUntilAllNodesAreBack() {
        lists("alice", "bob");
        try (Client alice = Client.user(a.userPort(), "alice");
                Client bob = Client.user(b.userPort(), "bob")) {
            await().atMost(Client.PATIENCE)
                    .untilAsserted(() -> assertThat(alice.ask("get_online_users")
                                    .at("/users/0/userId")
                                    .asText())
                            .isEqualTo("bob"));
            viewOfA.down = true;
            viewOfB.down = true;
            await().atMost(Client.PATIENCE).until(() -> nodesOf("bob").isEmpty());
            await().atMost(Client.PATIENCE).until(() -> !a.isHealthy());
            viewOfA.down = false;
            await().atMost(Client.PATIENCE).until(a::isHealthy);

            for (String event : List.of("get_online_users", "get_all_online_users", "get_detailed_online_users")) {
                assertThat(alice.ask(event).at("/code").asText()).as(event).isEqualTo("unavailable");
            }
            JsonNode answer = alice.send("hi", "bob");
            assertThat(answer.at("/code").asText()).isEqualTo("unavailable");
            assertThat(answer.at("/recipients/uncertain/0").asText()).isEqualTo("bob");

            viewOfB.down = false;
            await().atMost(Client.PATIENCE)
                    .untilAsserted(() -> assertThat(alice.ask("get_online_users")
                                    .at("/users/0/userId")
                                    .asText())
                            .isEqualTo("bob"));
            await().atMost(Client.PATIENCE)
                    .untilAsserted(() -> assertThat(alice.send("hi", "bob").at("/recipients"))
                            .isEqualTo(Client.parse("{'total':1,'sent':['bob'],'failed':[]}")));
            assertThat(bob.isConnected()).isTrue();
        }
    }

    @Test
    void aNodeThatStopsTakesItsUsersOffline() {
        lists("watcher", "alice");
        try (Client watcher = Client.user(a.userPort(), "watcher");
                Client alice = Client.user(b.userPort(), "alice")) {
            watcher.next("user_status_update");
            b.close();
            assertThat(watcher.next("user_status_update").at("/status").asText())
                    .isEqualTo("offline");
            assertThat(alice.received("disconnect"))
                    .extracting(JsonNode::asText)
                    .doesNotContain("io server disconnect");
            assertThat(online()).containsExactly("watcher");
        }
    }

    @Test
    void aUserWhoReconnectsAfterADrainWasNeverOffline() {
        lists("watcher", "alice");
        try (Client watcher = Client.user(a.userPort(), "watcher");
                Client alice = Client.user(b.userPort(), "alice")) {
            assertThat(watcher.next("user_status_update").at("/status").asText())
                    .isEqualTo("online");
            assertThat(alice.isConnected()).isTrue();
            b.drain(Duration.ZERO, Client.PATIENCE, Client.PATIENCE.multipliedBy(3));
            assertThat(b.sessionCount()).isZero();
            assertThat(online()).containsExactlyInAnyOrder("watcher", "alice");
            assertThat(watcher.send("x", "alice").at("/recipients"))
                    .isEqualTo(Client.parse("{'total':1,'sent':[],'failed':['alice']}"));

            try (Client back = Client.user(a.userPort(), "alice")) {
                assertThat(watcher.send("x", "alice").at("/status").asText()).isEqualTo("sent");
                back.leave();
                assertThat(watcher.next("user_status_update").at("/status").asText())
                        .as("the first notice")
                        .isEqualTo("offline");
            }
        }
    }

    @Test
    void aUserWhoDoesNotReconnectAfterADrainGoesOfflineAfterTheGrace() {
        lists("watcher", "alice");
        Duration grace = Duration.ofSeconds(1);
        try (Client watcher = Client.user(a.userPort(), "watcher");
                Client alice = Client.user(b.userPort(), "alice")) {
            watcher.next("user_status_update");
            assertThat(alice.isConnected()).isTrue();
            long start = System.nanoTime();
            b.drain(Duration.ZERO, Client.PATIENCE, grace);
            assertThat(b.sessionCount()).isZero();
            assertThat(watcher.next("user_status_update").at("/status").asText())
                    .isEqualTo("offline");
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(grace);
            assertThat(online()).containsExactly("watcher");
        }
    }

    /** Even if the drain has started, and the users that it disconnects have a grace period. */
    @Test
    void aUserWhoDisconnectsDuringADrainGoesOfflineAtOnce() {
        CompletableFuture<Void> handling = new CompletableFuture<>();
        AtomicBoolean drains = new AtomicBoolean();
        FaultyCluster view = new FaultyCluster(cluster);
        CompletableFuture<Transition> left = new CompletableFuture<>();
        view.closes = closed -> {
            drains.set(true);
            return closed.whenComplete((transition, error) -> {
                if (transition != null && transition.userId().equals("alice")) {
                    left.complete(transition);
                }
            });
        };
        long patienceEnds = System.nanoTime() + Client.PATIENCE.toNanos();
        Scarfall draining = OneNode.onFreePorts()
                .nodeName("draining")
                .cluster(view)
                .on("wait", (user, arguments) -> {
                    handling.complete(null);
                    int looks = 0; // by polling, because this thread must not block
                    while (!drains.get() && System.nanoTime() < patienceEnds) {
                        looks++;
                    }
                    return looks; // the node handles the next frame before it ends the session
                })
                .start();
        List<Burst> others = new ArrayList<>();
        try (Burst alice = Burst.open("websocket", draining.userPort())) {
            for (int i = 0; i < 8; i++) { // not all on alice's event loop
                Burst other = Burst.open("websocket", draining.userPort());
                other.send(List.of("40{\"token\":\"" + Tokens.of("other" + i) + "\"}"));
                other.until("42[\"connected\"");
                others.add(other);
            }
            alice.send(List.of("40{\"token\":\"" + Tokens.of("alice") + "\"}"));
            alice.until("42[\"connected\"");
            alice.send(List.of("42[\"wait\"]", "41"));
            Answers.await(handling);
            Duration grace = Client.PATIENCE.multipliedBy(3);
            CompletableFuture<Void> drain = Answers.aside(() -> draining.drain(Duration.ZERO, Client.PATIENCE, grace));
            assertThat(Answers.await(left).kind()).isEqualTo(Transition.Kind.WENT_OFFLINE);
            assertThat(drains).as("the drain had started").isTrue();
            assertThat(drain).succeedsWithin(Client.PATIENCE);
            assertThat(online())
                    .as("users in their grace period")
                    .doesNotContain("alice")
                    .contains("other0", "other7");
        } finally {
            others.forEach(Burst::close);
            draining.close();
        }
    }

    @Test
    void aDrainWaitsForUnansweredCloses() {
        CompletableFuture<Void> asked = new CompletableFuture<>();
        CompletableFuture<Void> answers = new CompletableFuture<>();
        viewOfB.closes = closed -> {
            asked.complete(null);
            return closed.thenCombine(answers, (transition, now) -> transition);
        };
        try (Client alice = Client.user(b.userPort(), "alice")) {
            assertThat(alice.isConnected()).isTrue();
            CompletableFuture<Void> drain =
                    Answers.aside(() -> b.drain(Duration.ZERO, Client.PATIENCE.multipliedBy(3), Duration.ZERO));
            Answers.await(asked);
            assertThatThrownBy(() -> drain.get(1, TimeUnit.SECONDS)).isInstanceOf(TimeoutException.class);
            answers.complete(null);
            assertThat(drain).succeedsWithin(Client.PATIENCE);
        }
    }

    /** A polling client fetches a message that was acked as sent, although its node drains in between. */
    @Test
    void aPollingClientOfADrainingNodeFetchesItsMessages() {
        IO.Options polling = new IO.Options();
        polling.transports = new String[] {"polling"};
        polling.auth = java.util.Map.of("token", Tokens.of("alice"));
        try (Client alice = Client.connect(b.userPort(), "/", polling);
                Client bob = Client.user(a.userPort(), "bob")) {
            alice.next("connected");
            CompletableFuture<Void> drain = Answers.aside(() -> b.drain(Duration.ZERO, Client.PATIENCE, Duration.ZERO));
            int sent = 0;
            while (bob.send("" + sent, "alice").at("/status").asText().equals("sent")) {
                sent++;
            }
            assertThat(drain).succeedsWithin(Client.PATIENCE);
            alice.next("disconnect");
            assertThat(alice.received("message"))
                    .extracting(message -> message.at("/message").asText())
                    .isEqualTo(IntStream.range(0, sent).mapToObj(i -> "" + i).toList());
        }
    }

    @Test
    void anOlderNoticeNeverFollowsANewerOne() {
        lists("watcher", "alice");
        try (Client watcher = Client.user(a.userPort(), "watcher")) {
            for (int i = 0; i < 40; i++) {
                Client client = Client.user(i % 2 == 0 ? a.userPort() : b.userPort(), "alice");
                client.leave();
            }
            await().atMost(Client.PATIENCE)
                    .untilAsserted(() -> assertThat(online()).containsExactly("watcher"));
            await().atMost(Client.PATIENCE).untilAsserted(() -> {
                List<JsonNode> updates = watcher.received("user_status_update");
                assertThat(updates.get(updates.size() - 1).at("/status").asText())
                        .isEqualTo("offline");
            });
            assertThat(watcher.received("user_status_update"))
                    .extracting(update -> update.at("/version").asLong())
                    .isSorted()
                    .doesNotHaveDuplicates();
        }
    }
}
