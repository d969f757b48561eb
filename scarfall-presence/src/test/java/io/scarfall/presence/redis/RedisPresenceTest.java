package io.scarfall.presence.redis;

import static io.scarfall.presence.TestCluster.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.scarfall.presence.Friend;
import io.scarfall.presence.NodeId;
import io.scarfall.presence.PresenceSettings;
import io.scarfall.presence.Status;
import io.scarfall.presence.TransitionFeed.Batch;
import io.scarfall.presence.TransitionFeed.Group;
import io.scarfall.presence.TransitionFeed.StatusChange;
import io.scarfall.presence.UserPresence;
import io.scarfall.presence.UserSession;
import io.scarfall.presence.testing.Await;
import io.scarfall.presence.testing.RedisServer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A back end that asks and is not a node, by Redis's own clock; with restricted rights in Redis. */
class RedisPresenceTest {

    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    /** So long that no pause of this machine ends it. */
    private static final PresenceSettings SETTINGS =
            PresenceSettings.DEFAULTS.withLease(Duration.ofMillis(400), Duration.ofMinutes(1));

    private final RedisServer redis = RedisServer.builder()
            .user(
                    "presence",
                    "correct horse",
                    "~scarfall:*",
                    "~friends:*",
                    "&scarfall:*",
                    "+@all",
                    "-@dangerous",
                    "+info")
            .start();
    private final RedisState cluster = builder().buildState();
    private final RedisPresence presence = RedisPresence.of(builder());

    private RedisPresenceCluster.Builder builder() {
        return RedisPresenceCluster.builder()
                .address("redis://127.0.0.1:" + redis.port())
                .username("presence")
                .password("correct horse")
                .settings(SETTINGS);
    }

    @AfterEach
    void close() {
        presence.close();
        cluster.close();
        redis.close();
    }

    @Test
    void answersQueries() {
        await(cluster.connected());
        NodeId node = await(cluster.lease().join("a"));
        assertThat(presence.isOnline("anna", TIMEOUT)).isFalse();
        await(cluster.store().open(session(node, "anna")));
        await(cluster.roster().addFriend("bert", Friend.of("anna")));
        assertThat(presence.isOnline("anna", TIMEOUT)).isTrue();
        assertThat(presence.status(List.of("anna"), TIMEOUT).get("anna").sessionCount())
                .isEqualTo(1);
        assertThat(await(presence.sessions("anna")))
                .extracting(UserSession::node)
                .containsExactly(node);
        assertThat(await(presence.onlineFriends("bert")))
                .extracting(UserPresence::userId)
                .containsExactly("anna");
        assertThat(await(presence.online(null, 10)).items())
                .extracting(UserPresence::userId)
                .containsExactly("anna");
        assertThat(await(presence.count())).isEqualTo(1);
        assertThat(await(presence.transitions().read("oldest", 10)).changes()).hasSize(1);

        assertThat(presence.status("anna", TIMEOUT).online()).isTrue();
        assertThat(await(presence.status("nobody"))).isEqualTo(UserPresence.unknown("nobody"));
        UserSession found = await(presence.sessions("anna")).get(0);
        assertThat(found.device()).isEqualTo("{\"model\":\"phone\"}");
        assertThat(found.connectedAt()).isBefore(Instant.now().plusSeconds(1));
        assertThat(found.lastActivity()).isAfterOrEqualTo(found.connectedAt());
        assertThat(await(presence.roster().friends("bert"))).containsExactly(Friend.of("anna"));
        assertThat(await(presence.online(null, 1)).total()).isEqualTo(1);
    }

    @Test
    void aGroupContinuesInAnotherProcess() {
        await(cluster.connected());
        NodeId node = await(cluster.lease().join("a"));
        for (int i = 0; i < 3; i++) {
            await(cluster.store().open(session(node, "anna")));
            await(cluster.store().close(session(node, "anna")));
            await(cluster.store().open(session(node, "bert")));
            await(cluster.store().close(session(node, "bert")));
        }
        Group reader = presence.transitions().group("mail", "one");
        Batch first = await(reader.read(4));
        assertThat(first.changes()).hasSize(4);
        assertThat(await(reader.read(4)).changes()).as("not acknowledged").hasSize(4);
        assertThat(await(reader.acknowledge(first))).isTrue();
        await(reader.leave());

        List<StatusChange> seen = new ArrayList<>(first.changes());
        try (RedisPresence later = RedisPresence.of(builder())) {
            Group next = later.transitions().group("mail", "two");
            for (Batch batch = await(next.read(5)); !batch.changes().isEmpty(); batch = await(next.read(5))) {
                seen.addAll(batch.changes());
                assertThat(await(next.acknowledge(batch))).isTrue();
            }
        }
        assertThat(seen).hasSize(12);
        for (String user : List.of("anna", "bert")) {
            assertThat(seen)
                    .filteredOn(change -> change.userId().equals(user))
                    .hasSize(6)
                    .isSortedAccordingTo(Comparator.comparingLong(StatusChange::version))
                    .extracting(StatusChange::status)
                    .startsWith(Status.ONLINE, Status.OFFLINE, Status.ONLINE);
        }
    }

    @Test
    void noticesADeadNodeByItself() {
        PresenceSettings brief = SETTINGS.withLease(Duration.ofMillis(200), Duration.ofMillis(600));
        try (RedisState dying = builder().settings(brief).buildState()) {
            await(dying.connected());
            NodeId node = await(dying.lease().join("a"));
            await(dying.store().open(session(node, "anna")));
            Await.until("its lease has lapsed", () -> !presence.isOnline("anna", TIMEOUT));
            await(cluster.lease().beat(node)); // for a minute
            Await.until("it beats again", () -> presence.isOnline("anna", TIMEOUT));
        }
    }

    @Test
    void waitingEnds() {
        assertThatThrownBy(() -> RedisPresence.await(new CompletableFuture<>(), Duration.ofMillis(1)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("no answer within PT0.001S");
        RuntimeException why = new IllegalArgumentException("as a test wants it");
        assertThatThrownBy(() -> RedisPresence.await(CompletableFuture.failedFuture(why), TIMEOUT))
                .isInstanceOf(IllegalStateException.class)
                .hasCause(why);
    }

    @Test
    void afterClosingEverythingFails() {
        presence.close();
        presence.close();
        assertThatThrownBy(() -> presence.isOnline("anna", TIMEOUT)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void settingsOutOfTheirRangeAreRefused() {
        assertThatThrownBy(() -> builder().partitions(0).build()).hasMessage("partitions: 0 (expected: 1..4096)");
        assertThatThrownBy(() -> builder().prefix("a b").build()).hasMessageStartingWith("prefix: a b (expected: ");
        assertThatThrownBy(() -> builder().commandTimeout(Duration.ZERO).build())
                .hasMessageStartingWith("commandTimeout: PT0S (expected: ");
        assertThatThrownBy(() -> builder().maxMessageBytes(0).build()).hasMessageStartingWith("maxMessageBytes: 0");
        assertThatThrownBy(() -> builder().cluster(List.of("127.0.0.1:1")).build())
                .hasMessageContaining("expected: an address, or some nodes of a cluster");
        assertThatThrownBy(() -> RedisPresenceCluster.builder().build()).hasMessageStartingWith("address: 0 given");
    }

    private static UserSession session(NodeId node, String user) {
        Instant now = Instant.now();
        return new UserSession(user, "s", node, now, now, null, "{\"model\":\"phone\"}", null);
    }
}
