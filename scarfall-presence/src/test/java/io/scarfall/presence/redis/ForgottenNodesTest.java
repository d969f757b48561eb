package io.scarfall.presence.redis;

import static io.scarfall.presence.TestCluster.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.scarfall.presence.NodeId;
import io.scarfall.presence.PresenceSettings;
import io.scarfall.presence.TestCluster;
import io.scarfall.presence.TestCluster.Node;
import io.scarfall.presence.internal.NodeReaper;
import io.scarfall.presence.internal.Transition;
import io.scarfall.presence.testing.RedisServer;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Sessions of nodes that Redis no longer knows, as after a loss of a part of its data. */
class ForgottenNodesTest {

    private final RedisServer redis = RedisServer.shared();
    private final RedisFixture fixture = new RedisFixture(
            PresenceSettings.DEFAULTS, () -> RedisPresenceCluster.builder().address(redis.uri()));
    private final TestCluster cluster = new TestCluster(fixture);

    @AfterEach
    void close() {
        fixture.close();
    }

    private void forget(NodeId node) {
        assertThat(redis.command("HDEL", fixture.prefix() + ":nodes", node.toString()))
                .isEqualTo(1L);
    }

    private static int adopt(Node by) {
        return await(by.cluster().reaper().adopt());
    }

    @Test
    void aForgottenNodeIsReapedALeaseAfterItWasFound() {
        Node gone = cluster.join("gone");
        Node other = cluster.joinAndSettle("other");
        gone.open("anna", "s1");
        gone.open("anna", "s2");
        gone.open("bert", "s3");
        other.open("carl", "s4");
        gone.crash();
        forget(gone.id());
        cluster.elapseLease();
        assertThat(other.reapAll()).isEmpty();
        assertThat(other.count())
                .as("sessions of a forgotten node are not reaped")
                .isEqualTo(3);

        assertThat(adopt(other)).isEqualTo(1);
        assertThat(adopt(other)).as("it is known now").isZero();
        assertThat(other.reapAll())
                .as("it may live, and is to learn that first")
                .isEmpty();
        cluster.elapseLease();
        assertThat(other.reapAll()).extracting(Transition::userId).containsExactlyInAnyOrder("anna", "bert");
        assertThat(other.count()).isEqualTo(1);
        assertThat(adopt(other)).isZero();
    }

    /** Two nodes reap at the same time, and both finish it. */
    @Test
    void aReapedLifeIsKeptWhileItsSessionsAreRememberedWhicheverReaperEndsLast() {
        Node gone = cluster.join("gone");
        Node other = cluster.joinAndSettle("other");
        gone.open("anna", "s1");
        gone.crash();
        cluster.elapseLease();
        other.reapAll();
        String nodes = fixture.prefix() + ":nodes";
        String micros = String.valueOf(cluster.now().toEpochMilli() * 1_000);

        redis.command(
                "EVAL", Script.FORGET.source(), "1", nodes, micros, gone.id().toString(), "60000");

        other.beat();
        assertThat(await(other.store().nodesOf(List.of("anna"))).hasReaped("anna"))
                .isTrue();
        cluster.elapse(NodeReaper.REMEMBERED);
        other.reapAll();
        assertThat(redis.command("HEXISTS", nodes, gone.id().toString())).isEqualTo(0L);
    }

    @Test
    void aNodeThatWasForgottenWhileItWasReapedIsFoundToo() {
        Node gone = cluster.join("gone");
        Node other = cluster.joinAndSettle("other");
        for (int i = 0; i < 50; i++) {
            gone.open("user" + i, "s");
        }
        gone.crash();
        cluster.elapseLease();
        assertThat(other.reap(20).sessions()).isEqualTo(20);
        forget(gone.id());
        assertThat(other.reapAll()).isEmpty();
        assertThat(adopt(other)).isEqualTo(1);
        cluster.elapseLease();
        assertThat(other.reapAll()).hasSize(30);
        assertThat(other.count()).isZero();
    }

    @Test
    void theNextLifeOfAForgottenNodeFindsItBeforeItWrites() {
        Node gone = cluster.join("gone");
        gone.open("anna", "s1");
        gone.crash();
        forget(gone.id());
        Node next = cluster.join("gone");
        assertThat(adopt(next)).isEqualTo(1);
        next.open("anna", "s2");
        cluster.elapseLease();
        assertThat(next.reapAll()).isEmpty();
        assertThat(next.sessions("anna")).hasSize(1);
        assertThat(redis.command("KEYS", fixture.prefix() + ":*:node:" + gone.id()))
                .isEqualTo(List.of());
    }

    @Test
    void aForgottenNodeThatRunsJoinsAgain() {
        Node running = cluster.join("running");
        Node other = cluster.joinAndSettle("other");
        running.open("anna", "s1");
        running.crash(); // it does not beat by itself
        forget(running.id());
        assertThat(adopt(other)).isEqualTo(1);
        assertThat(running.beat().renewed()).isFalse();
        Node next = running.rejoin();
        next.open("anna", "s1");
        cluster.elapseLease();
        assertThat(other.reapAll()).isEmpty();
        assertThat(other.status("anna").online()).isTrue();
    }

    @Test
    void aKnownNodeIsNotAdopted() {
        Node one = cluster.joinAndSettle("one");
        Node dead = cluster.join("dead");
        one.open("anna", "s1");
        dead.open("bert", "s2");
        dead.crash();
        cluster.elapseLease();
        assertThat(adopt(one)).isZero();
        assertThat(one.beat().renewed()).isTrue();
        assertThat(one.reapAll()).hasSize(1);
    }
}
