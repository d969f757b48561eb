package io.scarfall.presence.redis;

import static io.scarfall.presence.TestCluster.await;
import static io.scarfall.presence.TestCluster.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisException;
import io.scarfall.presence.PresenceSettings;
import io.scarfall.presence.TestCluster;
import io.scarfall.presence.TestCluster.Node;
import io.scarfall.presence.internal.NodeBus;
import io.scarfall.presence.testing.Await;
import io.scarfall.presence.testing.RedisClusterServers;
import io.scarfall.presence.testing.RedisServer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The bus over a Cluster that does not permit sharded channels, like one of Redis 6, which has none. */
class PlainChannelsTest {

    private final RedisClusterServers servers = RedisClusterServers.start();
    private final RedisFixture fixture = new RedisFixture(
            PresenceSettings.DEFAULTS,
            () -> RedisPresenceCluster.builder().cluster(List.of(servers.seeds().split(","))));
    private final TestCluster cluster = new TestCluster(fixture);

    @BeforeEach
    void deny() {
        for (RedisServer node : servers.nodes()) {
            node.command("ACL", "SETUSER", "default", "-spublish", "-ssubscribe", "-sunsubscribe");
        }
    }

    @AfterEach
    void close() {
        fixture.close();
        servers.close();
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static NodeBus.Inbox listen(Node node, BlockingQueue<String> received) {
        return await(node.cluster()
                .bus()
                .listen(node.id(), message -> received.add(new String(message, StandardCharsets.UTF_8))));
    }

    @Test
    void nodesReachEachOtherWithoutShardedChannels() throws Exception {
        Node a = cluster.join("a");
        BlockingQueue<String> atA = new LinkedBlockingQueue<>();
        listen(a, atA);
        for (int i = 0; i < 6; i++) { // their channels are at all servers
            Node b = cluster.join("b" + i);
            BlockingQueue<String> atB = new LinkedBlockingQueue<>();
            NodeBus.Inbox inbox = listen(b, atB);
            assertThat(await(a.cluster().bus().send(b.id(), text("there")))).isTrue();
            assertThat(atB.poll(10, TimeUnit.SECONDS)).isEqualTo("there");
            assertThat(await(b.cluster().bus().send(a.id(), text("back")))).isTrue();
            assertThat(atA.poll(10, TimeUnit.SECONDS)).isEqualTo("back");
            b.beat(); // which subscribes again
            assertThat(await(a.cluster().bus().send(b.id(), text("once")))).isTrue();
            assertThat(atB.poll(10, TimeUnit.SECONDS)).isEqualTo("once");
            assertThat(atB).isEmpty();
            inbox.close();
            Await.until("no node to listen", () -> !taken(a, b));
        }
    }

    private static boolean taken(Node from, Node to) {
        return from.cluster()
                .bus()
                .send(to.id(), text("anybody?"))
                .handle((taken, failure) -> failure == null && taken)
                .toCompletableFuture()
                .join();
    }

    @Test
    void aSenderCannotKnowThatNoNodeListens() {
        Node a = cluster.join("a");
        Node b = cluster.join("b");
        assertThat(failure(a.cluster().bus().send(b.id(), text("x"))))
                .isInstanceOf(RedisException.class)
                .hasMessageStartingWith("no node listens at this server");
    }

    @Test
    void aNodeWhoseSlotMovesIsStillReached() throws Exception {
        Node a = cluster.join("a");
        BlockingQueue<String> atA = new LinkedBlockingQueue<>();
        listen(a, atA);
        int slot = servers.slotOf(fixture.prefix() + ":bus:" + a.id());
        RedisServer from = servers.masterOf(slot);
        RedisServer to = servers.masters().stream()
                .filter(node -> node != from)
                .findFirst()
                .orElseThrow();
        servers.migrateSlot(slot, to);
        Await.until("a message that is taken", () -> {
            a.beat();
            return taken(a, a);
        });
        assertThat(atA.poll(10, TimeUnit.SECONDS)).isEqualTo("anybody?");
    }
}
