package io.scarfall.presence.redis;

import static io.scarfall.presence.TestCluster.await;
import static io.scarfall.presence.testing.Await.answer;
import static io.scarfall.presence.testing.Await.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.scarfall.presence.NodeId;
import io.scarfall.presence.PresenceSettings;
import io.scarfall.presence.UserSession;
import io.scarfall.presence.internal.Beat;
import io.scarfall.presence.testing.Await;
import io.scarfall.presence.testing.RedisClusterServers;
import io.scarfall.presence.testing.RedisSentinels;
import io.scarfall.presence.testing.RedisServer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Servers that replace each other, and slots that move, by Redis's own clock. */
@Tag("slow")
class RedisFailoverTest {

    private static final PresenceSettings SETTINGS =
            PresenceSettings.DEFAULTS.withLease(Duration.ofMillis(500), Duration.ofSeconds(30));
    private static final int PARTITIONS = 16;
    /** Less than the time after which a Cluster's topology is read in any case: a redirection must cause it. */
    private static final Duration BEFORE_NEXT_REFRESH = Duration.ofSeconds(20);

    @Test
    void aReplicaThatSentinelsNamedIsUsed() {
        try (RedisSentinels servers = RedisSentinels.start("correct horse");
                RedisState cluster = builder().address(servers.uri()).buildState()) {
            await(cluster.connected());
            NodeId node = await(cluster.lease().join("a"));
            await(cluster.lease().beat(node));
            servers.failOver();
            awaitDoubt(cluster, node); // the old master serves on until it learns that it is no longer the master
            NodeId next = eventually(() -> cluster.lease().join("a"));
            eventually(() -> cluster.store().open(session(next, "anna")));
            assertThat(eventually(() -> cluster.presence().count())).isEqualTo(1);
        }
    }

    @Test
    void inAClusterAReplicaTakesOver() throws Exception {
        try (RedisClusterServers servers =
                        RedisClusterServers.builder().replicas(1).start();
                RedisState cluster = cluster(servers)) {
            NodeId node = await(cluster.lease().join("a"));
            await(cluster.lease().beat(node));
            BlockingQueue<byte[]> received = new LinkedBlockingQueue<>();
            await(cluster.bus().listen(node, received::add));
            for (RedisServer replica : servers.replicas()) {
                servers.failOver(replica);
            }
            awaitDoubt(cluster, node);
            for (int i = 0; i < 40; i++) {
                String user = "user" + i;
                eventually(() -> cluster.store().open(session(node, user)));
            }
            assertThat(eventually(() -> cluster.presence().count())).isEqualTo(40);
            receives(cluster, node, received);
        }
    }

    @Test
    void inAClusterSlotsMove() throws Exception {
        try (RedisClusterServers servers = RedisClusterServers.start();
                RedisState cluster = cluster(servers)) {
            NodeId node = await(cluster.lease().join("a"));
            BlockingQueue<byte[]> received = new LinkedBlockingQueue<>();
            await(cluster.bus().listen(node, received::add));
            RedisKeys keys = new RedisKeys("scarfall", PARTITIONS);
            await(cluster.store().open(session(node, "anna")));
            for (String key : List.of(keys.user("anna"), keys.nodes(), keys.bus(node))) {
                int slot = servers.slotOf(key);
                RedisServer from = servers.masterOf(slot);
                RedisServer to = servers.masters().stream()
                        .filter(master -> master != from)
                        .findFirst()
                        .orElseThrow();
                servers.migrateSlot(slot, to);
            }
            assertThat(await(cluster.presence().sessions("anna")))
                    .as("reads follow")
                    .hasSize(1);
            assertThat(eventually(() -> cluster.store().touch(session(node, "anna"))))
                    .isTrue();
            assertThat(eventually(() -> cluster.lease().beat(node)).renewed()).isTrue();
            eventually(() -> cluster.store().close(session(node, "anna")));
            assertThat(await(cluster.presence().count())).isZero();
            receives(cluster, node, received);
        }
    }

    private static void awaitDoubt(RedisState cluster, NodeId node) {
        Await.until("a doubtful beat", BEFORE_NEXT_REFRESH, () -> {
            Beat beat = answer(cluster.lease().beat(node));
            return beat != null && beat.doubtful();
        });
    }

    /** Sends until a message arrives: messages without a listener are lost. */
    private static void receives(RedisState cluster, NodeId node, BlockingQueue<byte[]> received)
            throws InterruptedException {
        Await.until("a node to listen", () -> {
            answer(cluster.lease().beat(node)); // the bus subscribes again at its own pace
            Boolean sent = answer(cluster.bus().send(node, new byte[] {1}));
            return sent != null && sent;
        });
        assertThat(received.poll(10, TimeUnit.SECONDS)).isEqualTo(new byte[] {1});
    }

    private static RedisState cluster(RedisClusterServers servers) {
        RedisState cluster =
                builder().cluster(List.of(servers.seeds().split(","))).buildState();
        await(cluster.connected());
        return cluster;
    }

    private static RedisPresenceCluster.Builder builder() {
        return RedisPresenceCluster.builder()
                .partitions(PARTITIONS)
                .settings(SETTINGS)
                .commandTimeout(Duration.ofSeconds(1));
    }

    private static UserSession session(NodeId node, String user) {
        Instant now = Instant.now();
        return new UserSession(user, "s", node, now, now, null, null, null);
    }
}
