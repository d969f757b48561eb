package io.scarfall.server.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.scarfall.presence.testing.Await;
import io.scarfall.presence.testing.RedisServer;
import io.scarfall.server.faults.Experiment.Outcome;
import io.scarfall.server.faults.Ledger.Verdict;
import io.scarfall.server.faults.Nodes.Node;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.SoftAssertions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Runs every {@link Fault} for a short time, and prints the table of what was measured at the end. {@link Faults} does the
 * same by hand, for longer.
 */
@Tag("faults")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class FaultsTest {

    /** The longest time that an ack may take, plus 5 s for a busy machine. */
    private static final long SLOWEST_ACK_MILLIS = 15_000 + 5_000;

    private final List<Outcome> outcomes = new ArrayList<>();

    /** Shared by consecutive experiments that need the same kind of Redis. */
    private @Nullable World world;

    @AfterAll
    void report() {
        close();
        System.out.println(Outcome.HEAD);
        outcomes.forEach(outcome -> System.out.println(outcome.row()));
    }

    private void close() {
        if (world != null) {
            world.close();
            world = null;
        }
    }

    private World of(World.Kind kind) {
        World before = world;
        if (before != null && before.kind() == kind) {
            return before;
        }
        close();
        World made = World.of(kind);
        world = made;
        return made;
    }

    @ParameterizedTest
    @EnumSource(Fault.class)
    void guaranteesHoldDuringAFault(Fault fault) {
        Outcome outcome;
        try {
            outcome = new Experiment(of(fault.kind())).run(fault, fault.time());
        } catch (RuntimeException | Error e) {
            close(); // the next experiment starts with a fresh world
            throw new AssertionError(fault + ": " + e.getMessage(), e); // the report of a run names no arguments
        }
        outcomes.add(outcome);
        Verdict verdict = outcome.verdict();
        SoftAssertions softly = new SoftAssertions();
        softly.assertThat(verdict.sent()).as(fault + ": sent").isPositive();
        softly.assertThat(verdict.examples()).as(fault + ": broken guarantees").isEmpty();
        softly.assertThat(verdict.missed())
                .as(fault + ": missed, and the sender not informed")
                .isZero();
        if (fault == Fault.NOTHING) {
            softly.assertThat(verdict.partial())
                    .as(fault + ": partial without a fault")
                    .isZero();
            softly.assertThat(verdict.uncertain())
                    .as(fault + ": uncertain without a fault")
                    .isZero();
        }
        softly.assertThat(verdict.unanswered())
                .as(fault + ": messages without an ack")
                .isZero();
        softly.assertThat(verdict.slowestAckMillis())
                .as(fault + ": slowest ack, ms")
                .isLessThan(SLOWEST_ACK_MILLIS);
        softly.assertThat(outcome.differences())
                .as(fault + ": differences between presence and connected devices")
                .isEmpty();
        softly.assertThat(outcome.falsehoods())
                .as(fault + ": answers that cannot be true")
                .isZero();
        softly.assertThat(outcome.exits())
                .as(fault + ": servers that exited unexpectedly")
                .isEmpty();
        softly.assertAll();
    }

    @Test
    void aServerThatStartsBeforeRedisWaitsForIt() throws Exception {
        RedisServer redis = RedisServer.start();
        redis.kill();
        Ledger ledger = new Ledger();
        try (Nodes nodes = Nodes.behindProxies(1, redis.port());
                Crowd crowd = new Crowd(nodes, ledger)) {
            Node node = nodes.get(0);
            node.process().awaitLine("not connected to Redis yet");
            assertThat(ready(node).statusCode()).isEqualTo(503);
            redis.restart();
            crowd.awaitWhole(Await.BOUND);
            assertThat(ready(node).statusCode()).isEqualTo(200);
        } finally {
            redis.close();
        }
    }

    @Test
    void withoutRedisAServerIsNotReadyButServesItsOwnUsers() throws Exception {
        World here = of(World.Kind.ALONE);
        here.crowd().awaitWhole(Await.BOUND);
        Node node = here.nodes().get(0);
        here.redis().kill();
        try {
            Await.until("the server to be not ready", () -> ready(node).statusCode() == 503);
            assertThat(ready(node).body()).contains("the store cannot be reached");
            assertThat(here.crowd()
                            .askAt(node, "get_all_online_users", "{}")
                            .path("code")
                            .asText())
                    .isEqualTo("unavailable");
            assertThat(here.crowd()
                            .askAt(
                                    node,
                                    "send_message",
                                    "{\"recipientIds\":[\"home0-1\",\"home1-1\"],\"message\":\"0:0\"}")
                            .at("/recipients")
                            .toString())
                    .isEqualTo("{\"total\":2,\"sent\":[\"home0-1\"],\"failed\":[\"home1-1\"],"
                            + "\"partial\":[\"home0-1\"]}");
        } finally {
            here.redis().restart();
        }
        here.crowd().awaitWhole(Await.BOUND);
        assertThat(ready(node).statusCode()).isEqualTo(200);
    }

    private static HttpResponse<String> ready(Node node) throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + node.internalPort() + "/readyz");
        return HttpClient.newHttpClient().send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
    }
}
