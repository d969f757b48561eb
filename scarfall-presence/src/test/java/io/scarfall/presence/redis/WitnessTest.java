package io.scarfall.presence.redis;

import static io.scarfall.presence.TestCluster.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.scarfall.presence.PresenceSettings;
import io.scarfall.presence.TestCluster;
import io.scarfall.presence.TestCluster.Node;
import io.scarfall.presence.internal.Placement;
import io.scarfall.presence.testing.Await;
import io.scarfall.presence.testing.RedisServer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A look-up detects that Redis lost data, or may have, without waiting for a beat. */
class WitnessTest {

    private final RedisServer redis = RedisServer.start();
    private final RedisFixture fixture = new RedisFixture(
            PresenceSettings.DEFAULTS, () -> RedisPresenceCluster.builder().address(redis.uri()));
    private final TestCluster cluster = new TestCluster(fixture);
    private final Node a = cluster.join("a");
    private final Node b = cluster.join("b");

    WitnessTest() {
        await(a.store().nodesOf(List.of("anna"))); // the scripts and connections are there
        cluster.beatAll();
    }

    @AfterEach
    void close() {
        fixture.close();
        redis.close();
    }

    private static Placement find(Node node) {
        return await(node.store().nodesOf(List.of("anna", "bert")));
    }

    @Test
    void quietLookUpsAreNotInDoubt() {
        b.open("anna", "s1");
        for (int i = 0; i < 5; i++) {
            assertThat(find(a).isDoubtful()).isFalse();
            cluster.elapse(cluster.beat());
        }
        assertThat(find(a).nodesOf("anna")).containsExactly(b.id());
    }

    @Test
    void afterAFlushEachNodeIsInDoubtUntilItHasJoinedAgain() {
        b.open("anna", "s1");
        redis.command("FLUSHALL");

        assertThat(find(a).isDoubtful()).as("nothing is known").isTrue();
        Node again = b.rejoin();
        again.open("anna", "s1");
        Placement found = find(a);
        assertThat(found.nodesOf("anna")).containsExactly(again.id());
        assertThat(found.isDoubtful())
                .as("others may not have opened their sessions")
                .isTrue();
        assertThat(a.beat().renewed()).isFalse();
        assertThat(find(a).isDoubtful()).as("what the beat has told").isTrue();
        assertThat(find(a.rejoin()).isDoubtful()).isFalse();
    }

    @Test
    void afterALostConnectionTheNextBeatShowsIt() {
        redis.command("CLIENT", "KILL", "TYPE", "normal");
        assertThat(answered(() -> find(a)).isDoubtful()).isTrue();
        assertThat(answered(a::beat).doubtful()).isTrue();
        Await.until("all connections to be there again, and a beat", () -> {
            answered(a::beat);
            return !find(a).isDoubtful();
        });
    }

    /** The first answer: there is none until the connection is back. */
    private static <T> T answered(Supplier<T> question) {
        List<T> answers = new ArrayList<>();
        Await.until("an answer", () -> {
            try {
                return answers.add(question.get());
            } catch (AssertionError e) {
                return false; // not reconnected yet
            }
        });
        return answers.get(0);
    }

    @Test
    void aNodeThatLeavesRemovesItsWitness() {
        assertThat(redis.command("EXISTS", fixture.prefix() + ":alive:" + a.id()))
                .isEqualTo(1L);
        a.leave();
        assertThat(redis.command("EXISTS", fixture.prefix() + ":alive:" + a.id()))
                .isEqualTo(0L);
    }
}
