package io.scarfall.presence.redis;

import static io.scarfall.presence.TestCluster.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.scarfall.presence.NodeId;
import io.scarfall.presence.testing.RedisClusterServers;
import io.scarfall.presence.testing.RedisServer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Beats and reaping use connections that no query delays. */
class LeaseConnectionsTest {

    private static RedisState cluster(RedisPresenceCluster.Builder builder, RedisConnections[] sessions) {
        RedisOptions options = builder.commandTimeout(Duration.ofSeconds(30)).options();
        sessions[0] = new RedisConnections(options, new RedisKeys(options.prefix(), options.partitions()));
        RedisState cluster = new RedisState(options, sessions[0]);
        await(cluster.connected());
        return cluster;
    }

    @Test
    void aBeatWaitsForNoQuery() {
        try (RedisServer redis = RedisServer.start()) {
            beatsWhileQueriesWait(RedisPresenceCluster.builder().address(redis.uri()));
        }
    }

    @Test
    void aBeatWaitsForNoQueryInACluster() {
        try (RedisClusterServers redis = RedisClusterServers.start()) {
            beatsWhileQueriesWait(
                    RedisPresenceCluster.builder().cluster(List.of(redis.seeds().split(",", -1))));
        }
    }

    private static void beatsWhileQueriesWait(RedisPresenceCluster.Builder builder) {
        RedisConnections[] sessions = new RedisConnections[1];
        RedisState cluster = cluster(builder, sessions);
        try {
            NodeId node = await(cluster.lease().join("a"));
            // in the slot of the nodes: later commands on the same connection wait, as for a long answer
            CompletionStage<?> blocking = sessions[0].call(redis -> redis.blpop(20, "{scarfall:nodes}none"));
            CompletionStage<?> behind = sessions[0].call(redis -> redis.get("{scarfall:nodes}other"));
            for (int i = 0; i < 3; i++) {
                assertThat(await(cluster.lease().beat(node)).renewed()).isTrue();
                await(cluster.reaper().reap(node, 100));
            }
            assertThat(blocking.toCompletableFuture()).isNotDone();
            assertThat(behind.toCompletableFuture()).isNotDone();
        } finally {
            cluster.close();
        }
    }

    @Test
    void aLossOfTheOtherConnectionMakesTheNextBeatDoubtful() {
        try (RedisServer redis = RedisServer.start()) {
            RedisConnections[] sessions = new RedisConnections[1];
            RedisState cluster = cluster(RedisPresenceCluster.builder().address(redis.uri()), sessions);
            try {
                NodeId node = await(cluster.lease().join("a"));
                assertThat(await(cluster.lease().beat(node)).doubtful()).isFalse();
                long generation = sessions[0].generation();
                long id = await(sessions[0].call(commands -> commands.clientId()));
                redis.command("CLIENT", "KILL", "ID", String.valueOf(id));
                Awaitility.await().until(() -> sessions[0].generation() >= generation + 2 && sessions[0].isOpen());
                assertThat(await(cluster.lease().beat(node)).doubtful()).isTrue();
                assertThat(await(cluster.lease().beat(node)).doubtful()).isFalse();
            } finally {
                cluster.close();
            }
        }
    }
}
