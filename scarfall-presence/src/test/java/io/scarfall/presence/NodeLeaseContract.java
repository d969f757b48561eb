package io.scarfall.presence;

import static io.scarfall.presence.TestCluster.await;
import static io.scarfall.presence.TestCluster.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.scarfall.presence.TestCluster.Node;
import io.scarfall.presence.internal.Beat;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The contract of {@link io.scarfall.presence.internal.NodeLease}. */
public abstract class NodeLeaseContract extends ClusterContract {

    @Test
    void aBeatReturnsTheTimeAndTheLiveNodes() {
        TestCluster cluster = cluster();
        Node a = cluster.join("a");
        Node b = cluster.join("b");

        Beat beat = a.beat();

        assertThat(beat.renewed()).isTrue();
        assertThat(beat.time()).isEqualTo(cluster.now());
        assertThat(beat.live()).containsExactlyInAnyOrder(a.id(), b.id());
        assertThat(beat.leases()).containsEntry(a.id(), beat.time().plus(cluster.lease()));
    }

    @Test
    void epochsGrowAndAreAtLeastTheClockInMicroseconds() {
        TestCluster cluster = cluster();
        Node first = cluster.join("a");
        Node second = first.rejoin();
        Node other = cluster.join("b");

        assertThat(first.id().epoch()).isGreaterThanOrEqualTo(cluster.now().toEpochMilli() * 1_000);
        assertThat(second.id().epoch()).isGreaterThan(first.id().epoch());
        assertThat(other.id().epoch()).isGreaterThan(second.id().epoch());
        assertThat(second.id().name()).isEqualTo("a");
    }

    @Test
    void aNodeThatBeatsStaysAlive() {
        TestCluster cluster = cluster();
        Node a = cluster.join("a");
        Node b = cluster.join("b");
        cluster.elapse(cluster.lease().multipliedBy(4));
        assertThat(a.beat().live()).containsExactlyInAnyOrder(a.id(), b.id());
        assertThat(b.reapAll()).isEmpty();
        assertThat(a.beat().renewed()).isTrue();
    }

    @Test
    void aNodeThatDoesNotBeatDiesWithItsLease() {
        TestCluster cluster = cluster();
        Node a = cluster.join("a");
        Node b = cluster.join("b");
        b.crash();
        cluster.elapse(cluster.lease().minusMillis(100));
        assertThat(a.beat().live()).contains(b.id());
        cluster.elapse(Duration.ofMillis(200));
        assertThat(a.beat().live()).containsExactly(a.id());
    }

    @Test
    void aLateBeatRenewsALeaseThatWasNotReaped() {
        TestCluster cluster = cluster();
        Node a = cluster.join("a");
        cluster.pause(cluster.lease().multipliedBy(10));
        Beat late = a.beat();
        assertThat(late.renewed()).isTrue();
        assertThat(late.doubtful()).as("others may have taken its places").isTrue();
        assertThat(late.live()).containsExactly(a.id());
        assertThat(a.beat().doubtful()).isFalse();
    }

    @Test
    void aReapedNodeLearnsItFromItsBeat() {
        TestCluster cluster = cluster();
        Node a = cluster.joinAndSettle("a");
        Node b = cluster.join("b");
        b.open("bert", "s1");
        b.crash();
        cluster.elapseLease();
        a.reapAll();

        Beat beat = b.beat();

        assertThat(beat.renewed()).isFalse();
        assertThat(beat.live()).containsExactly(a.id());
        assertThat(b.beat().renewed()).as("for good").isFalse();
        assertThat(a.beat().live()).containsExactly(a.id());
    }

    @Test
    void anUnknownNodeLearnsItFromItsBeat() {
        TestCluster cluster = cluster();
        Node a = cluster.join("a");
        Beat beat = await(a.cluster().lease().beat(new NodeId("b", 1)));
        assertThat(beat.renewed()).isFalse();
        assertThat(beat.live()).containsExactly(a.id());
    }

    @Test
    void joiningAgainSupersedesTheEarlierLife() {
        TestCluster cluster = cluster();
        Node a = cluster.join("a");
        Node b = cluster.join("b");
        b.open("bert", "s1");

        Node again = b.rejoin();

        assertThat(a.beat().live()).containsExactlyInAnyOrder(a.id(), again.id());
        assertThat(b.beat().renewed()).isFalse();
        assertThat(again.beat().renewed()).isTrue();
        assertThat(a.nodesOf("bert")).isEmpty();
        assertThat(a.status("bert").status()).isEqualTo(Status.OFFLINE);
    }

    @Test
    void leavingEndsTheLeaseAtOnce() {
        TestCluster cluster = cluster();
        Node a = cluster.join("a");
        Node b = cluster.join("b");
        b.open("bert", "s1");

        b.leave();

        assertThat(a.beat().live()).containsExactly(a.id());
        assertThat(a.status("bert").status()).isEqualTo(Status.OFFLINE);
        assertThat(b.beat().renewed()).isFalse();
        await(b.cluster().lease().leave(b.id()));
        await(b.cluster().lease().leave(new NodeId("nobody", 1)));
        assertThat(a.beat().live()).containsExactly(a.id());
    }

    @Test
    void leavingUnderAnOldEpochLeavesTheNewOneAlone() {
        TestCluster cluster = cluster();
        Node b = cluster.join("b");
        Node again = b.rejoin();
        await(b.cluster().lease().leave(b.id()));
        assertThat(again.beat().renewed()).isTrue();
    }

    @Test
    void malformedNamesAreRefused() {
        Node a = cluster().join("a");
        for (String name : new String[] {"", "a b", "a@b", "\u00e4", "a:b", "{a}", "x".repeat(129)}) {
            assertThat(failure(a.cluster().lease().join(name)))
                    .as(name)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("name: ");
        }
    }
}
