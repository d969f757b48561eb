package io.scarfall.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.scarfall.presence.NodeId;
import io.scarfall.presence.PresenceSettings;
import io.scarfall.presence.UserSession;
import io.scarfall.presence.internal.NodeAccess;
import io.scarfall.presence.redis.RedisPresenceCluster;
import io.scarfall.presence.testing.RedisServer;
import io.scarfall.testing.Answers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A gateway repairs its sessions in a real Redis, and reads lists that other systems write. */
@Tag("slow")
class RedisUpkeepTest {

    private static final Duration BOUND = Duration.ofSeconds(40);

    /** Longer than any pause of this machine. Only a test that waits for the end of a lease sees it expire. */
    private static final PresenceSettings SETTINGS =
            PresenceSettings.DEFAULTS.withLease(Duration.ofMillis(200), Duration.ofSeconds(4));

    private final RecordingMetrics metrics = new RecordingMetrics();
    private final RedisServer redis = RedisServer.start();
    private final NodeAccess cluster = cluster();
    private final NodeAccess other = cluster();
    private final Scarfall scarfall;

    RedisUpkeepTest() {
        Answers.await(cluster.connected());
        Answers.await(other.connected());
        scarfall = OneNode.onFreePorts()
                .nodeName("node")
                .cluster(cluster)
                .sessions(SessionConfig.DEFAULT.withCleanupInterval(Duration.ofMillis(500)))
                .friends(FriendsConfig.DEFAULT.withRefreshInterval(Duration.ofSeconds(1)))
                .metrics(metrics)
                .start();
    }

    private NodeAccess cluster() {
        return NodeAccess.of(RedisPresenceCluster.builder()
                .address(redis.uri())
                .partitions(16)
                .settings(SETTINGS)
                .listener(new StoreMetrics(metrics))
                .build());
    }

    @AfterEach
    void stop() {
        scarfall.close();
        cluster.close();
        other.close();
        redis.close();
    }

    @Test
    void aStaleSessionIsRemovedAndALostOneIsReopened() {
        try (Client alice = Client.user(scarfall.userPort(), "alice")) {
            NodeId self = sessions("alice").get(0).node();
            Instant now = Instant.now();
            Answers.await(other.store().open(session(self, "ghost", "gone", now.minus(Duration.ofHours(1)))));
            Answers.await(other.store().open(session(self, "fresh", "fresh", now)));
            until(() -> {
                assertThat(sessions("ghost")).isEmpty();
                assertThat(metrics.count("scarfall.cleanup{found=idle}")).isEqualTo(1);
            });
            assertThat(sessions("fresh")).as("it may be idle for half an hour").hasSize(1);

            Answers.await(other.store().close(session(self, "alice", alice.id(), now)));
            assertThat(Answers.await(other.presence().count())).isEqualTo(1);
            until(() -> {
                assertThat(sessions("alice")).hasSize(1);
                assertThat(Answers.await(other.presence().count())).isEqualTo(2);
            });
            assertThat(metrics.count("scarfall.cleanup{found=socketless}")).isZero();
            assertThat(metrics.times("scarfall.store{operation=list}")).isNotEmpty();
            assertThat(metrics.times("scarfall.store{operation=open}")).isNotEmpty();
            assertThat(metrics.times("scarfall.store{operation=beat}")).isNotEmpty();
        }
    }

    @Test
    void afterALostConnectionSessionsWithoutASocketAreRemovedAtOnce() {
        try (Client alice = Client.user(scarfall.userPort(), "alice")) {
            NodeId self = sessions("alice").get(0).node();
            Answers.await(other.store().open(session(self, "fresh", "fresh", Instant.now())));
            redis.command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
            until(() -> assertThat(sessions("fresh")).isEmpty());
            until(() -> assertThat(metrics.count("scarfall.cleanup{found=socketless}"))
                    .isEqualTo(1));
            assertThat(sessions("alice")).hasSize(1);
            assertThat(alice.isConnected()).isTrue();
        }
    }

    @Test
    void sessionsOfAForgottenNodeAreRemoved() {
        NodeId forgotten = Answers.await(other.lease().join("forgotten"));
        Answers.await(other.store().open(session(forgotten, "ghost", "gone", Instant.now())));
        redis.command("HDEL", "scarfall:nodes", forgotten.toString());
        until(() -> assertThat(Answers.await(other.presence().count())).isZero());
        until(
                () -> { // counted when Redis has answered
                    assertThat(metrics.count("scarfall.reaped.adopted")).isEqualTo(1);
                    assertThat(metrics.count("scarfall.reaped.sessions")).isEqualTo(1);
                });
        assertThat(redis.command("KEYS", "scarfall:*:node:forgotten*")).isEqualTo(List.of());
    }

    @Test
    void aNodeFindsSessionsOfItsForgottenEpochBeforeItWrites() {
        scarfall.close();
        NodeId forgotten = Answers.await(other.lease().join("again"));
        Answers.await(other.store().open(session(forgotten, "ghost", "gone", Instant.now())));
        redis.command("HDEL", "scarfall:nodes", forgotten.toString());
        try (Scarfall again =
                OneNode.onFreePorts().nodeName("again").cluster(cluster).start()) {
            assertThat(again.isHealthy()).isTrue();
            until(() -> assertThat(Answers.await(other.presence().count())).isZero());
        }
    }

    @Test
    void aLostLeaseIsCounted() {
        try (Client alice = Client.user(scarfall.userPort(), "alice")) {
            NodeId self = sessions("alice").get(0).node();
            redis.command("FLUSHALL");
            until(() -> assertThat(sessions("alice"))
                    .singleElement()
                    .extracting(UserSession::node)
                    .isNotEqualTo(self));
            assertThat(metrics.count("scarfall.leases.lost")).isEqualTo(1);
            assertThat(alice.isConnected()).isTrue();
        }
    }

    @Test
    void anInactiveUserGetsUpdatesAboutAFriendThatAnotherSystemAdded() {
        try (Client alice = Client.user(scarfall.userPort(), "alice");
                Client bob = Client.user(scarfall.userPort(), "bob")) {
            redis.command("SET", "friends:alice", "[{\"_id\":\"bob\",\"email\":\"b@example.org\"}]");
            until(() -> assertThat(Answers.await(other.roster().watchers("bob", null, 10))
                            .items())
                    .containsExactly("alice"));
            assertThat(alice.next("user_status_update").toString()).contains("\"bob\"", "online");
            bob.leave();
            assertThat(alice.next("user_status_update").toString()).contains("\"bob\"", "offline");
            redis.command("DEL", "friends:alice");
            until(() -> assertThat(Answers.await(other.roster().watchers("bob", null, 10))
                            .items())
                    .isEmpty());
        }
    }

    // ----

    private List<UserSession> sessions(String userId) {
        return Answers.await(other.presence().sessions(userId));
    }

    private static UserSession session(NodeId node, String userId, String id, Instant time) {
        return new UserSession(userId, id, node, time, time, null, null, null);
    }

    private static void until(ThrowingRunnable assertion) {
        await().atMost(BOUND).ignoreExceptions().untilAsserted(assertion); // as if Redis were away
    }
}
