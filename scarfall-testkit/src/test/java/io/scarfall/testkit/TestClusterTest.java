package io.scarfall.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.scarfall.gateway.Scarfall;
import io.scarfall.presence.Friend;
import io.scarfall.presence.NodeId;
import io.scarfall.presence.Roster;
import io.scarfall.presence.memory.MemoryCluster;
import io.scarfall.socketio.Namespace;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Uses the kit as the tests of an embedding application do. */
class TestClusterTest {

    @RegisterExtension
    final TestCluster cluster = TestCluster.of(3)
            .configure(builder ->
                    builder.on("who", (user, arguments) -> user.identity().userId()));

    /** Sends a message to one user, and returns the name of the ack's list that contains the recipient. */
    private static CompletableFuture<String> send(TestClient sender, String message, String recipient) {
        return sender.asking("send_message", Map.of("recipientIds", List.of(recipient), "message", message))
                .thenApply(answer -> {
                    JsonNode lists = answer.require(0, JsonNode.class).path("recipients");
                    return Stream.of("sent", "uncertain", "failed")
                            .filter(list -> !lists.path(list).isEmpty())
                            .findFirst()
                            .orElse("nowhere");
                });
    }

    private static String nextMessage(TestClient client) {
        return client.next("message").require(0, JsonNode.class).path("message").asText();
    }

    private static String nextStatus(TestClient client) {
        JsonNode update = client.next("user_status_update").require(0, JsonNode.class);
        return update.path("userId").asText() + " " + update.path("status").asText();
    }

    private boolean online(String userId) {
        return cluster.shared()
                .presence()
                .status(List.of(userId))
                .toCompletableFuture()
                .join()
                .get(userId)
                .online();
    }

    @Test
    void aMessageReachesAnotherNodeWhileTimeStandsStill() {
        Instant before = cluster.clock().instant();
        try (TestClient alice = cluster.node(0).connect("alice");
                TestClient bob = cluster.node(1).connect("bob")) {
            assertThat(send(alice, "hi", "bob").join()).isEqualTo("sent");
            assertThat(nextMessage(bob)).isEqualTo("hi");
        }
        assertThat(cluster.clock().instant()).isEqualTo(before);
    }

    @Test
    void aLostMessageIsSentAgainWhenTimePasses() {
        try (TestClient alice = cluster.node(0).connect("alice");
                TestClient bob = cluster.node(1).connect("bob")) {
            cluster.bus().lose(1);
            CompletableFuture<String> answer = send(alice, "hi", "bob");
            send(alice, "later on the same connection", "nobody").join();
            cluster.bus().heal();
            cluster.advance(Duration.ofSeconds(1));

            assertThat(answer.join()).isEqualTo("sent");
            assertThat(nextMessage(bob)).isEqualTo("hi");
        }
    }

    @Test
    void reorderedAndRepeatedMessagesArriveInOrderAndOnce() {
        try (TestClient alice = cluster.node(0).connect("alice");
                TestClient bob = cluster.node(1).connect("bob")) {
            cluster.bus().delay(Duration.ZERO, Duration.ofMillis(400));
            cluster.bus().repeat(0.3);
            List<CompletableFuture<String>> answers = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                answers.add(send(alice, "" + i, "bob"));
            }
            await().until(() -> {
                cluster.advance(Duration.ofMillis(50));
                return answers.stream().allMatch(CompletableFuture::isDone);
            });

            assertThat(answers).allSatisfy(answer -> assertThat(answer.join()).isEqualTo("sent"));
            for (int i = 0; i < 50; i++) {
                assertThat(nextMessage(bob)).isEqualTo("" + i);
            }
        }
    }

    @Test
    void theOutcomeIsUncertainWithoutAnAnswer() {
        try (TestClient alice = cluster.node(0).connect("alice");
                TestClient bob = cluster.node(1).connect("bob")) {
            cluster.bus().cut(cluster.node(1), cluster.node(0));
            CompletableFuture<String> answer = send(alice, "hi", "bob");
            assertThat(nextMessage(bob)).isEqualTo("hi");
            cluster.advance(Duration.ofSeconds(11));
            assertThat(answer).isNotDone();
            cluster.advance(Duration.ofSeconds(2));

            assertThat(answer.join()).isEqualTo("uncertain");
        }
    }

    @Test
    void usersOfACrashedNodeGoOfflineWhenItsLeaseExpires() {
        cluster.shared().roster().setFriends("alice", List.of(Friend.of("bob")));
        try (TestClient alice = cluster.node(0).connect("alice");
                TestClient bob = cluster.node(1).connect("bob")) {
            assertThat(nextStatus(alice)).isEqualTo("bob online");
            cluster.node(1).crash();
            cluster.advance(Duration.ofSeconds(5));
            assertThat(online("bob")).isTrue();
            bob.disconnect();
            cluster.advance(Duration.ofSeconds(5));

            assertThat(online("bob")).isFalse();
            assertThat(nextStatus(alice)).isEqualTo("bob offline");
            alice.nothingReceived();
        }
    }

    @Test
    void aNodeFrozenBeyondItsLeaseReopensItsSessions() {
        try (TestClient alice = cluster.node(0).connect("alice");
                TestClient bob = cluster.node(1).connect("bob")) {
            cluster.node(1).freeze();
            cluster.advance(Duration.ofSeconds(20));
            assertThat(online("bob")).isFalse();
            cluster.node(1).heal();
            cluster.advance(Duration.ofSeconds(10));

            await().until(() -> online("bob"));
            assertThat(send(alice, "hi", "bob").join()).isEqualTo("sent");
            assertThat(nextMessage(bob)).isEqualTo("hi");
        }
    }

    @Test
    void aNodeThatIsCutOffServesItsOwnUsersAndReportsOthersAsFailed() {
        try (TestClient alice = cluster.node(0).connect("alice");
                TestClient bob = cluster.node(1).connect("bob");
                TestClient carol = cluster.node(0).connect("carol")) {
            cluster.node(0).cut();
            assertThat(send(alice, "hi", "carol").join()).isEqualTo("sent");
            assertThat(send(alice, "hi", "bob").join()).isEqualTo("failed");
            cluster.node(0).heal();
            cluster.advance(Duration.ofSeconds(4));

            assertThat(send(alice, "again", "bob").join()).isEqualTo("sent");
            assertThat(nextMessage(bob)).isEqualTo("again");
            assertThat(nextMessage(carol)).isEqualTo("hi");
        }
    }

    @Test
    void aRestartedNodeKeepsItsAddress() {
        String address = cluster.node(1).userUrl();
        cluster.node(1).stop();
        assertThatThrownBy(() -> cluster.node(1).gateway()).hasMessageContaining("expected: started");
        cluster.node(1).start();

        assertThat(cluster.node(1).userUrl()).isEqualTo(address);
        try (TestClient alice = cluster.node(0).connect("alice");
                TestClient bob = cluster.node(1).connect("bob")) {
            assertThat(send(alice, "hi", "bob").join()).isEqualTo("sent");
            assertThat(nextMessage(bob)).isEqualTo("hi");
        }
    }

    @Test
    void anApplicationStartsItsFirstGatewayItself() {
        Roster friends = MemoryCluster.create().roster();
        try (TestCluster own = TestCluster.of(2).inMemory().roster(friends)) {
            own.builders(() -> Scarfall.builder()
                    .jwtSecret(own.jwtSecret())
                    .sessions(TestCluster.SESSIONS)
                    .cluster(own.shared()));
            own.open();
            own.shared().roster().setFriends("bob", List.of(Friend.of("alice")));
            Scarfall first = own.node(0).build();
            own.start();
            first.start();
            TestClient alice = own.node(0).connect("alice");
            TestClient bob = own.node(1).connect("bob");
            assertThat(send(alice, "hi", "bob").join()).isEqualTo("sent");
            assertThat(nextMessage(bob)).isEqualTo("hi");
            assertThat(friends.friends("bob").toCompletableFuture().join()).containsExactly(Friend.of("alice"));

            own.node(0).crash();
            assertThat(own.reset()).as("all nodes run").isFalse();
            assertThatThrownBy(() -> own.node(0).start()).hasMessageContaining("started by the application");
            assertThatThrownBy(own::open).hasMessageContaining("expected: stopped");
        }
    }

    @Test
    void aResetEndsFaultsAndClientsAndStartsStoppedNodes() {
        TestClient alice = cluster.node(0).connect("alice");
        cluster.node(1).connect("bob");
        cluster.node(1).crash();
        cluster.node(2).stop();
        cluster.node(0).cut();
        cluster.bus().lose(1);

        assertThat(cluster.reset()).isTrue();
        assertThat(alice.isConnected()).isFalse();
        assertThat(online("alice")).isFalse();
        assertThat(online("bob")).isFalse();
        TestClient carol = cluster.node(2).connect("carol");
        assertThat(send(cluster.node(0).connect("alice"), "hi", "carol").join()).isEqualTo("sent");
        assertThat(nextMessage(carol)).isEqualTo("hi");
    }

    @Test
    void aResetDisconnectsTheClientsOfAllNamespaces() {
        try (TestCluster own = TestCluster.of(1)
                .inMemory()
                .configure(
                        builder -> builder.namespace(Namespace.builder("/lobby").build()))) {
            own.start();
            TestClient alice = own.node(0).connect("alice");
            TestClient lobby = alice.namespace("/lobby").connect();
            own.reset();
            assertThat(alice.isConnected()).isFalse();
            assertThat(lobby.isConnected()).isFalse();
        }
    }

    @Test
    void theSeedDeterminesRandomFaults() {
        assertThat(fates(7)).isEqualTo(fates(7)).isNotEqualTo(fates(8)).contains(true, false);
    }

    /** For each of 100 messages, whether a bus that loses half of them carries it. */
    private static List<Boolean> fates(long seed) {
        TestBus bus = new TestBus(seed, null);
        bus.lose(0.5);
        NodeId to = new NodeId("to", 1);
        List<Boolean> carried = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            AtomicBoolean one = new AtomicBoolean();
            bus.carry("from", to, () -> {
                one.set(true);
                return CompletableFuture.completedFuture(true);
            });
            carried.add(one.get());
        }
        return carried;
    }

    @Test
    void aFailureReportsTheSeed() {
        AssertionError failure = new AssertionError("the test's own");
        assertThatThrownBy(() -> cluster.handleTestExecutionException(null, failure))
                .isSameAs(failure);
        assertThat(failure.getSuppressed())
                .singleElement()
                .satisfies(replay -> assertThat(replay.getMessage()).matches(".*-Dscarfall\\.seed=-?\\d+"));
    }

    @Test
    void invalidArgumentsAreRefused() {
        assertThatThrownBy(() -> TestCluster.of(0)).hasMessageContaining("expected: >= 1");
        assertThatThrownBy(() -> TestCluster.of(1).node(0)).hasMessageContaining("@RegisterExtension");
        assertThatThrownBy(() -> cluster.bus().lose(1.5)).hasMessageContaining("expected: 0 to 1");
        assertThatThrownBy(() -> cluster.bus().repeat(1)).hasMessageContaining("expected: < 1");
        assertThatThrownBy(() -> cluster.node(0).start()).hasMessageContaining("expected: stopped");
    }
}
