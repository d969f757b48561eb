package io.scarfall.gateway.internal.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.scarfall.presence.NodeId;
import io.scarfall.presence.internal.Beat;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random outages of the shared store, with and without the loss of its data. Whenever a node is not in doubt, the store knows the
 * sessions of all nodes. Time is simulated.
 */
class StoreDoubtModelTest {

    private static final int NODES = 4;
    private static final int SEEDS = 200;
    private static final long STEP = 50;
    private static final long LOOK = 250;
    private static final long BEAT = 2_000;
    private static final long LEASE = 6_000;
    private static final long TIMEOUT = 2_000;
    private static final long LONGEST_OUTAGE = 20_000;
    private static final long LONGEST_REWRITE = 1_500;
    private static final long BEGIN = 20_000;
    private static final long END = BEGIN + LONGEST_OUTAGE + 40_000;

    private final Map<NodeId, Long> lastBeats = new HashMap<>();
    private long now;
    private boolean isDown;

    /** How often the store lost its data. */
    private int losses;

    /** The kind of an outage. */
    private enum Outage {
        /** Connections are refused: a command fails at once. */
        REFUSED,
        /** Nothing is answered: a command fails after its timeout. */
        SILENT
    }

    /** A node as the store and its own beats see it. */
    private final class Node {

        private final StoreDoubt doubt = new StoreDoubt();
        private final String name;
        private final long phase;
        private final Random random;
        private int epoch = 1;
        private boolean isMember;
        private boolean isStored;
        private long rewrittenAt = -1;
        private long triedAt = -BEAT;
        private long beatenAt;
        private long failsAt = -1;

        /** The number of lost connections, and that number at the last beat. */
        private int connectionLosses;

        private int connectionLossesAtBeat;
        private int lossesAtBeat;

        Node(int index, Random random) {
            name = "node" + index;
            phase = random.nextInt((int) (LOOK / STEP)) * STEP;
            this.random = random;
        }

        void step(Outage outage) {
            if (now == rewrittenAt) {
                isStored = !isDown;
            }
            if (now == failsAt) {
                failsAt = -1;
                failed();
            }
            if (failsAt >= 0 || (now + phase) % LOOK != 0) {
                return;
            }
            if (now - beatenAt > LEASE - BEAT) {
                doubt.failed();
            }
            if (isMember && now - triedAt < BEAT) {
                return;
            }
            triedAt = now;
            if (!isDown) {
                beat();
            } else if (outage == Outage.REFUSED) {
                failed();
            } else {
                failsAt = now + TIMEOUT;
            }
        }

        private void failed() {
            isMember = false;
            doubt.failed();
        }

        private void beat() {
            Long last = lastBeats.get(id());
            boolean isKnown = last != null;
            if (!isKnown) {
                if (beatenAt > 0) {
                    doubt.leaseLost();
                }
                epoch++;
            }
            boolean hasLapsed = isKnown && now >= last + LEASE;
            boolean isDoubtful = hasLapsed || connectionLosses != connectionLossesAtBeat;
            lastBeats.put(id(), now);
            Map<NodeId, Instant> leases = new HashMap<>();
            lastBeats.forEach((node, beaten) -> {
                if (now < beaten + LEASE) {
                    leases.put(node, Instant.ofEpochMilli(beaten + LEASE));
                }
            });
            doubt.beaten(new Beat(true, Instant.ofEpochMilli(now), leases, isDoubtful), name, Duration.ofMillis(LEASE));
            isMember = true;
            beatenAt = now;
            connectionLossesAtBeat = connectionLosses;
            lossesAtBeat = losses;
            if (!isKnown || isDoubtful) {
                rewrittenAt = now + STEP * (1 + random.nextInt((int) (LONGEST_REWRITE / STEP)));
            }
        }

        private NodeId id() {
            return new NodeId(name, epoch);
        }

        /** Whether acks on this node warn that more devices may be connected than the store lists. */
        boolean tells() {
            return !isMember
                    || doubt.isDoubtful()
                    || connectionLosses != connectionLossesAtBeat // a look-up sees both, see Placement.isDoubtful
                    || losses != lossesAtBeat;
        }
    }

    private void run(long seed, Outage outage, boolean losesData) {
        Random random = new Random(seed);
        List<Node> nodes = new ArrayList<>();
        for (int i = 0; i < NODES; i++) {
            nodes.add(new Node(i, random));
        }
        lastBeats.clear();
        losses = 0;
        long down = BEGIN + STEP * random.nextInt((int) (BEAT / STEP));
        long up = down + STEP * (1 + random.nextInt((int) (LONGEST_OUTAGE / STEP)));
        for (now = 0; now < END; now += STEP) {
            if (now == down) {
                isDown = true;
                if (outage == Outage.REFUSED || losesData) {
                    nodes.forEach(node -> node.connectionLosses++);
                }
            }
            if (now == up) {
                isDown = false;
                if (losesData) {
                    losses++;
                    lastBeats.clear();
                    nodes.forEach(node -> node.isStored = false);
                }
            }
            nodes.forEach(node -> node.step(outage));
            check(seed, nodes, up);
        }
    }

    private void check(long seed, List<Node> nodes, long up) {
        for (Node node : nodes) {
            boolean isQuiet = (now > 2 * LEASE && now < BEGIN) || now > up + TIMEOUT + LEASE + 3 * BEAT;
            if (isQuiet) {
                assertThat(node.tells())
                        .as("%s in doubt, seed %s, at %s", node.name, seed, now)
                        .isFalse();
                assertThat(node.doubt.isBlind())
                        .as("%s blind, seed %s, at %s", node.name, seed, now)
                        .isFalse();
            }
            if (!isDown && now > LEASE && !node.tells()) {
                assertThat(nodes)
                        .as(
                                "what the store lacks while %s is not in doubt, seed %s, at %s, up at %s",
                                node.name, seed, now, up)
                        .allMatch(other -> other.isStored);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aNodeThatIsNotInDoubtSeesAllSessions(boolean losesData) {
        for (long seed = 0; seed < SEEDS; seed++) {
            run(seed, Outage.REFUSED, losesData);
            run(seed, Outage.SILENT, losesData);
        }
    }
}
