package io.scarfall.presence;

import static io.scarfall.presence.TestCluster.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.scarfall.presence.TestCluster.Node;
import io.scarfall.presence.internal.Reaped;
import io.scarfall.presence.internal.Transition;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The contract of {@link NodeReaper}. */
public abstract class NodeReaperContract extends ClusterContract {

    @Test
    void usersOfADeadNodeGoOffline() {
        TestCluster cluster = cluster();
        Node a = cluster.joinAndSettle("a");
        Node b = cluster.join("b");
        a.setFriends("anna", "bert");
        Transition came = b.open("bert", "s1");
        b.open("bert", "s2");
        b.open("both", "s3");
        a.open("both", "s4");
        Instant leaseEnd = cluster.now().plus(cluster.lease());
        b.crash();
        cluster.elapseLease();

        Reaped reaped = a.reap(100);

        assertThat(reaped.sessions()).isEqualTo(3);
        assertThat(reaped.more()).isFalse();
        assertThat(reaped.transitions()).singleElement().satisfies(went -> {
            assertThat(went.kind()).isEqualTo(Transition.Kind.WENT_OFFLINE);
            assertThat(went.userId()).isEqualTo("bert");
            assertThat(went.version()).isGreaterThan(came.version());
            assertThat(went.email()).isEqualTo("bert@example.org");
            assertThat(went.lastSeen()).isEqualTo(leaseEnd);
            assertThat(went.watchers().items()).containsExactly("anna");
        });
        assertThat(a.count()).isEqualTo(1);
        assertThat(a.status("both").status()).isEqualTo(Status.ONLINE);
        assertThat(a.reap(100)).isEqualTo(Reaped.nothing());
    }

    @Test
    void reapingIsPaced() {
        TestCluster cluster = cluster();
        Node a = cluster.joinAndSettle("a");
        Node b = cluster.join("b");
        for (int i = 0; i < 25; i++) {
            b.open("user" + i, "s1");
            b.open("user" + i, "s2");
        }
        b.crash();
        cluster.elapseLease();

        List<String> gone = new ArrayList<>();
        int sessions = 0;
        Reaped reaped;
        do {
            reaped = a.reap(7);
            assertThat(reaped.sessions()).isLessThanOrEqualTo(7);
            reaped.transitions().forEach(transition -> gone.add(transition.userId()));
            sessions += reaped.sessions();
            assertThat(a.count()).isEqualTo(25 - gone.size());
        } while (reaped.more());

        assertThat(sessions).isEqualTo(50);
        assertThat(gone).hasSize(25).doesNotHaveDuplicates();
        assertThat(a.online()).isEmpty();
    }

    @Test
    void anotherReaperContinuesWhereOneStopped() {
        TestCluster cluster = cluster();
        Node a = cluster.joinAndSettle("a");
        Node b = cluster.join("b");
        Node c = cluster.join("c");
        for (int i = 0; i < 10; i++) {
            b.open("user" + i, "s");
        }
        b.crash();
        cluster.elapseLease();
        int first = a.reap(4).transitions().size();
        assertThat(first).isPositive();
        assertThat(b.beat().renewed()).as("half reaped is lost").isFalse();
        a.crash();

        assertThat(c.reapAll()).hasSize(10 - first);
        assertThat(c.count()).isZero();
    }

    @Test
    void noNodeReapsALiveOne() {
        TestCluster cluster = cluster();
        Node a = cluster.joinAndSettle("a");
        Node b = cluster.join("b");
        b.open("bert", "s1");
        a.open("anna", "s2");
        assertThat(a.reapAll()).isEmpty();
        b.crash();
        cluster.elapse(cluster.lease().minusMillis(100));
        assertThat(a.reapAll()).isEmpty();
        assertThat(b.touch("bert", "s1")).isTrue();
    }

    @Test
    void aNodeWithoutALeaseReapsNothing() {
        TestCluster cluster = cluster();
        Node a = cluster.joinAndSettle("a");
        Node b = cluster.joinAndSettle("b");
        b.open("bert", "s1");
        a.crash();
        b.crash();
        cluster.pause(cluster.lease().multipliedBy(2));
        assertThat(a.reapAll()).isEmpty();
        b.leave();
        assertThat(a.reapAll()).isEmpty();
        assertThat(b.reapAll()).isEmpty();
        a.beat();
        assertThat(a.reapAll()).extracting(Transition::userId).containsExactly("bert");
    }

    @Test
    void aNewNodeDeclaresNoNodeDeadInItsFirstLease() {
        TestCluster cluster = cluster();
        Node old = cluster.join("old");
        old.open("anna", "s1");
        old.crash();
        cluster.pause(cluster.lease().multipliedBy(2));
        Node fresh = cluster.join("fresh");

        assertThat(fresh.reapAll()).isEmpty();
        cluster.elapse(cluster.lease().minusSeconds(1));
        assertThat(fresh.reapAll()).isEmpty();
        cluster.elapse(Duration.ofSeconds(2));
        assertThat(fresh.reapAll()).extracting(Transition::userId).containsExactly("anna");
    }

    @Test
    void sessionsLeftByANodeThatLeftAreReapedAtOnce() {
        TestCluster cluster = cluster();
        Node a = cluster.join("a");
        Node b = cluster.join("b");
        b.open("bert", "s1");
        b.leave();
        assertThat(a.reapAll()).extracting(Transition::userId).containsExactly("bert");
    }

    @Test
    void sessionsOfASupersededLifeAreReapedWhenItsLeaseWouldHaveLapsed() {
        TestCluster cluster = cluster();
        Node a = cluster.joinAndSettle("a");
        Node b = cluster.join("b");
        b.open("back", "s1");
        b.open("gone", "s2");
        Node again = b.rejoin();

        assertThat(a.reapAll()).as("there is time to open them again").isEmpty();
        assertThat(again.open("back", "s1").kind()).isEqualTo(Transition.Kind.UNCHANGED);
        cluster.elapseLease();
        assertThat(again.reapAll()).extracting(Transition::userId).containsExactly("gone");
        assertThat(a.status("back").status()).isEqualTo(Status.ONLINE);
    }

    @Test
    void theGraceHoldsForADeadNodeToo() {
        TestCluster cluster = cluster(SETTINGS.withOfflineGrace(Duration.ofSeconds(20)));
        Node a = cluster.joinAndSettle("a");
        Node b = cluster.join("b");
        b.open("bert", "s1");
        b.open("carl", "s2");
        b.crash();
        cluster.elapseLease();

        assertThat(a.status("bert").status()).as("before it was reaped").isEqualTo(Status.ONLINE);
        assertThat(a.reapAll()).isEmpty();
        assertThat(a.status("bert").status()).isEqualTo(Status.ONLINE);
        assertThat(a.open("carl", "s3").kind()).isEqualTo(Transition.Kind.UNCHANGED);
        cluster.elapse(Duration.ofSeconds(20));
        assertThat(a.reapAll()).extracting(Transition::userId).containsExactly("bert");
    }

    @Test
    void gracesArePacedToo() {
        TestCluster cluster = cluster();
        Node a = cluster.join("a");
        for (int i = 0; i < 10; i++) {
            a.open("user" + i, "s");
            a.close("user" + i, "s", Duration.ofSeconds(3));
        }
        cluster.elapse(Duration.ofSeconds(4));
        Reaped reaped = a.reap(4);
        assertThat(reaped.transitions()).hasSize(4);
        assertThat(reaped.sessions()).isZero();
        assertThat(reaped.more()).isTrue();
        assertThat(a.reapAll()).hasSize(6);
    }

    @Test
    void limitsOutOfTheirRangeAreRefused() {
        Node a = cluster().join("a");
        for (int limit : new int[] {-1, 0, PresenceSettings.MAX_PAGE + 1}) {
            assertThat(failure(a.cluster().reaper().reap(a.id(), limit)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("limit: " + limit);
        }
    }
}
