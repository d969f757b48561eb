package io.scarfall.presence;

import static io.scarfall.presence.TestCluster.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.scarfall.presence.TestCluster.Node;
import io.scarfall.presence.internal.NodeAccess;
import io.scarfall.presence.internal.Places;
import io.scarfall.presence.internal.Places.Claim;
import io.scarfall.presence.internal.Places.Placed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

/** The contract of {@link Places}. */
public abstract class PlacesContract extends ClusterContract {

    private static final Claim GRANTED = new Claim(true, List.of());

    private static Claim openAndClaim(Node node, String sessionId, int places, boolean displace) {
        node.open("anna", sessionId);
        return claim(node, sessionId, places, displace);
    }

    private static Claim claim(Node node, String sessionId, int places, boolean displace) {
        return await(node.cluster().places().claim(node.session("anna", sessionId), places, displace));
    }

    @Test
    void aSessionIsRefusedWhenAllPlacesAreTaken() {
        TestCluster cluster = cluster();
        Node a = cluster.join("a");
        Node b = cluster.join("b");
        assertThat(openAndClaim(a, "1", 2, false)).isEqualTo(GRANTED);
        assertThat(openAndClaim(b, "2", 2, false)).isEqualTo(GRANTED);

        assertThat(openAndClaim(a, "3", 2, false)).isEqualTo(Claim.REFUSED);

        assertThat(claim(a, "1", 2, false)).as("again").isEqualTo(GRANTED);
        assertThat(claim(b, "2", 2, false)).as("again").isEqualTo(GRANTED);
        assertThat(claim(a, "3", 2, false)).as("again").isEqualTo(Claim.REFUSED);
        assertThat(claim(a, "3", 3, false)).as("one more place").isEqualTo(GRANTED);
    }

    @Test
    void aPlaceIsFreeWhenItsSessionIsClosed() {
        TestCluster cluster = cluster();
        Node a = cluster.join("a");
        Node b = cluster.join("b");
        openAndClaim(a, "1", 1, false);
        a.close("anna", "1");

        assertThat(openAndClaim(b, "2", 1, false)).isEqualTo(GRANTED);

        assertThat(openAndClaim(a, "3", 1, false)).isEqualTo(Claim.REFUSED);
    }

    @Test
    void theOldestSessionLosesItsPlaceIfItMayBeDisplaced() {
        TestCluster cluster = cluster();
        Node a = cluster.join("a");
        Node b = cluster.join("b");
        openAndClaim(b, "z", 2, true);
        openAndClaim(a, "y", 2, true);
        cluster.elapse(Duration.ofSeconds(1));

        assertThat(openAndClaim(a, "x 1", 2, true)).isEqualTo(new Claim(true, List.of(new Placed("z", b.id()))));
        assertThat(openAndClaim(b, "w", 1, true).displaced())
                .containsExactly(new Placed("y", a.id()), new Placed("x 1", a.id()));
        assertThat(claim(b, "z", 1, false)).as("without its place").isEqualTo(Claim.REFUSED);
    }

    @Test
    void usersHavePlacesOfTheirOwn() {
        TestCluster cluster = cluster();
        Node a = cluster.join("a");
        openAndClaim(a, "1", 1, false);
        a.open("bert", "2");

        assertThat(await(a.cluster().places().claim(a.session("bert", "2"), 1, false)))
                .isEqualTo(GRANTED);
    }

    @Test
    void sessionsOfDeadNodesTakeNoPlace() {
        TestCluster cluster = cluster();
        Node a = cluster.join("a");
        Node b = cluster.join("b");
        openAndClaim(b, "1", 1, false);
        assertThat(openAndClaim(a, "2", 1, false)).isEqualTo(Claim.REFUSED);
        b.crash();
        cluster.elapseLease();

        assertThat(claim(a, "2", 1, false)).isEqualTo(GRANTED);
    }

    @Test
    void aSessionKeepsItsPlaceUnderALaterEpoch() {
        TestCluster cluster = cluster();
        Node a = cluster.join("a");
        Node b = cluster.join("b");
        openAndClaim(b, "1", 2, false);
        openAndClaim(a, "2", 2, false);
        Node again = b.rejoin();

        assertThat(openAndClaim(again, "1", 2, true)).isEqualTo(GRANTED);

        assertThat(openAndClaim(a, "3", 2, true).displaced()).containsExactly(new Placed("1", again.id()));
    }

    @Test
    void aNodeThatHasJustJoinedIsAlive() {
        TestCluster cluster = cluster();
        Node a = cluster.join("a");
        NodeAccess other = cluster.join("b").cluster();
        Node late = cluster.join("late");
        openAndClaim(late, "1", 1, false);
        UserSession session = a.session("anna", "2");
        await(other.store().open(session));

        assertThat(await(other.places().claim(session, 1, false))).isEqualTo(Claim.REFUSED);
    }

    @Test
    void aPlaceIsReservedForASessionThatIsNotOpenYet() {
        TestCluster cluster = cluster();
        Node a = cluster.join("a");
        Node b = cluster.join("b");
        assertThat(claim(a, "1", 1, false)).isEqualTo(GRANTED);

        assertThat(claim(b, "2", 1, false)).isEqualTo(Claim.REFUSED);

        assertThat(claim(a, "1", 1, false)).as("again").isEqualTo(GRANTED);
        a.open("anna", "1");
        cluster.elapse(Places.RESERVED.plusSeconds(1));
        assertThat(claim(b, "2", 1, false)).as("it is open").isEqualTo(Claim.REFUSED);
    }

    @Test
    void aReservationEndsIfTheSessionIsNotOpened() {
        TestCluster cluster = cluster();
        Node a = cluster.join("a");
        Node b = cluster.join("b");
        claim(a, "1", 1, false);
        cluster.elapse(Places.RESERVED.plusSeconds(1));

        assertThat(claim(b, "2", 1, false)).isEqualTo(GRANTED);
    }

    @Test
    void aPlaceIsReleased() {
        TestCluster cluster = cluster();
        Node a = cluster.join("a");
        Node b = cluster.join("b");
        claim(a, "1", 1, false);
        await(b.cluster().places().release(b.session("anna", "2")));
        assertThat(claim(b, "2", 1, false)).as("another's was").isEqualTo(Claim.REFUSED);

        await(a.cluster().places().release(a.session("anna", "1")));

        assertThat(claim(b, "2", 1, false)).isEqualTo(GRANTED);
        await(b.cluster().places().release(b.session("anna", "2")));
        await(b.cluster().places().release(b.session("anna", "2")));
    }

    @Test
    void aReservedPlaceIsFreeWhenItsSessionIsClosed() {
        TestCluster cluster = cluster();
        Node a = cluster.join("a");
        claim(a, "1", 1, false);
        a.open("anna", "1");
        a.close("anna", "1");

        assertThat(claim(a, "2", 1, false)).isEqualTo(GRANTED);
    }

    /** Two sessions claim the last place at once: exactly one gets it. */
    @Test
    void exactlyAsManyAsThereArePlacesGetOne() throws Exception {
        TestCluster cluster = cluster();
        List<Node> nodes = List.of(cluster.join("a"), cluster.join("b"), cluster.join("c"), cluster.join("d"));
        for (int round = 0; round < 30; round++) {
            int places = 1 + round % 5;
            String user = "user" + round;
            List<Callable<List<Boolean>>> tasks = new ArrayList<>();
            for (Node node : nodes) {
                tasks.add(() -> {
                    List<Boolean> granted = new ArrayList<>();
                    for (int i = 0; i < 3; i++) {
                        UserSession session = node.session(user, node.id().name() + i);
                        await(node.store().open(session));
                        granted.add(await(node.cluster().places().claim(session, places, false))
                                .granted());
                    }
                    return granted;
                });
            }
            assertThat(TestCluster.inParallel(tasks))
                    .filteredOn(granted -> granted)
                    .hasSize(places);
        }
    }

    /**
     * If older sessions are displaced, as many sessions as there are places keep one, and each loser is named once.
     */
    @Test
    void everyPlaceIsLostOnce() throws Exception {
        TestCluster cluster = cluster();
        List<Node> nodes = List.of(cluster.join("a"), cluster.join("b"), cluster.join("c"));
        List<Callable<List<String>>> tasks = new ArrayList<>();
        for (Node node : nodes) {
            tasks.add(() -> {
                List<String> displaced = new ArrayList<>();
                for (int i = 0; i < 20; i++) {
                    Claim claim = openAndClaim(node, node.id().name() + i, 4, true);
                    assertThat(claim.granted()).isTrue();
                    claim.displaced().forEach(placed -> displaced.add(placed.sessionId()));
                }
                return displaced;
            });
        }
        assertThat(TestCluster.inParallel(tasks)).hasSize(3 * 20 - 4).doesNotHaveDuplicates();
    }
}
