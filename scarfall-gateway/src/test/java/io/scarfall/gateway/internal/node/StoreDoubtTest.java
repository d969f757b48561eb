package io.scarfall.gateway.internal.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.scarfall.presence.NodeId;
import io.scarfall.presence.internal.Beat;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StoreDoubtTest {

    private static final Duration LEASE = Duration.ofSeconds(6);
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final NodeId SELF = new NodeId("self", 1);
    private static final NodeId OTHER = new NodeId("other", 1);

    private final StoreDoubt doubt = new StoreDoubt();
    private final Map<NodeId, Integer> beats = new HashMap<>(); // the second of the last beat, by node

    private void beat(int second) {
        beat(second, false);
    }

    private void beat(int second, boolean doubtful) {
        beats.put(SELF, second);
        Map<NodeId, Instant> leases = new HashMap<>();
        Instant now = START.plusSeconds(second);
        beats.forEach((node, last) -> {
            Instant end = START.plusSeconds(last).plus(LEASE);
            if (now.isBefore(end)) {
                leases.put(node, end);
            }
        });
        doubt.beaten(new Beat(true, now, leases, doubtful), SELF.name(), LEASE);
    }

    private void assertThatItIs(boolean doubtful, boolean blind) {
        assertThat(doubt.isDoubtful()).as("doubtful").isEqualTo(doubtful);
        assertThat(doubt.isBlind()).as("blind").isEqualTo(blind);
    }

    @Test
    void aNodeThatKnowsNoOtherNodeIsNeverInDoubt() {
        doubt.failed();
        doubt.leaseLost();
        beat(0, true);
        assertThatItIs(false, false);
    }

    @Test
    void successfulBeatsCauseNoDoubtEvenIfANodeJoinsOrDies() {
        beat(0);
        beats.put(OTHER, 1);
        for (int second = 2; second < 20; second += 2) {
            beat(second);
            assertThatItIs(false, false);
        }
    }

    @Test
    void aFailedBeatCausesADoubtUntilTheOtherNodeHasBeatenTwice() {
        beats.put(OTHER, 0);
        beat(0);
        doubt.failed();
        assertThatItIs(true, true);

        beats.put(OTHER, 3);
        beat(4);
        assertThatItIs(true, false);
        beats.put(OTHER, 5);
        beat(6);
        assertThatItIs(true, false);
        beats.put(OTHER, 7);
        beat(8);
        assertThatItIs(false, false);
    }

    @Test
    void aNodeWithAnExpiredLeaseIsAwaitedForOneLeaseAndHidesUsers() {
        beats.put(OTHER, 0);
        beat(0);
        doubt.failed();
        beat(10);
        assertThatItIs(true, true);
        beat(14);
        assertThatItIs(true, true);
        beat(16);
        assertThatItIs(false, false);
    }

    @Test
    void anotherEpochOfTheSameNodeCounts() {
        beats.put(OTHER, 0);
        beat(0);
        doubt.failed();
        beat(10);
        beats.remove(OTHER);
        NodeId again = new NodeId("other", 2);
        beats.put(again, 11);
        beat(12);
        assertThatItIs(true, true);
        beats.put(again, 13);
        beat(14);
        assertThatItIs(false, false);
    }

    @Test
    void aLostLeaseHidesEvenUsersOfLiveNodes() {
        beats.put(OTHER, 0);
        beat(0);
        doubt.leaseLost();
        beats.put(OTHER, 1);
        beat(2);
        assertThatItIs(true, true);
    }

    @Test
    void aLostConnectionHidesNoListedUser() {
        beats.put(OTHER, 1);
        beat(0);
        beat(2, true);
        assertThatItIs(true, false);
    }

    @Test
    void aLookUpThatFindsAnEmptyStoreCausesADoubtButHidesNoListedUser() {
        doubt.suspect();
        assertThatItIs(false, false); // it knows no other node
        beats.put(OTHER, 0);
        beat(0);
        doubt.suspect();
        assertThatItIs(true, false);
        beats.put(OTHER, 1);
        beat(2);
        assertThatItIs(true, false);
        beats.put(OTHER, 3);
        beat(4);
        assertThatItIs(true, false);
        beats.put(OTHER, 5);
        beat(6);
        assertThatItIs(false, false);
    }

    @Test
    void doubtStartsAgainWithTheNextFailure() {
        beats.put(OTHER, 0);
        beat(0);
        doubt.failed();
        beats.put(OTHER, 3);
        beat(2);
        doubt.failed();
        beats.put(OTHER, 7);
        beat(6);
        beats.put(OTHER, 9);
        beat(8);
        assertThatItIs(true, false);
        beats.put(OTHER, 11);
        beat(10);
        assertThatItIs(false, false);
    }
}
