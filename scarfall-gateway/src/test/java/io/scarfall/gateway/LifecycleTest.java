package io.scarfall.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.scarfall.presence.Friend;
import io.scarfall.presence.Presence;
import io.scarfall.presence.Roster;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A gateway is built, then started, then closed; a process may build another one afterwards. */
class LifecycleTest {
    private final List<Scarfall> built = new ArrayList<>();

    @AfterEach
    void stop() {
        built.forEach(Scarfall::close);
    }

    private Scarfall build(ScarfallBuilder builder) {
        Scarfall scarfall = builder.build();
        built.add(scarfall);
        return scarfall;
    }

    @Test
    void thePartsOfABuiltGatewayWorkOnceItRuns() {
        Scarfall scarfall = build(OneNode.onFreePorts());
        Messages messages = scarfall.delivery();
        Presence presence = scarfall.presence();
        Roster roster = scarfall.roster();
        assertNotRunning(messages.sendMessage(List.of("alice"), "early", null), "not started");
        assertNotRunning(messages.send(List.of("alice"), "early"), "not started");
        assertNotRunning(presence.status("alice"), "not started");
        assertNotRunning(presence.count(), "not started");
        assertNotRunning(roster.setFriends("alice", List.of(Friend.of("bob"))), "not started");
        assertNotRunning(scarfall.revokeUser("alice"), "not started");
        assertThatIllegalStateException().isThrownBy(scarfall::userPort);
        assertThat(scarfall.isHealthy()).isFalse();
        assertThat(scarfall.sessionCount()).isZero();

        scarfall.start();

        try (Client alice = Client.user(scarfall.userPort(), "alice")) {
            Delivery delivery = join(messages.sendMessage(List.of("alice"), "hello", null));
            assertThat(delivery.sent()).containsExactly("alice");
            assertThat(alice.next("message").get("message").asText()).isEqualTo("hello");
            assertThat(join(presence.status("alice")).online()).isTrue();
            assertThat(join(roster.setFriends("alice", List.of(Friend.of("bob")))))
                    .isNull();
            assertThat(join(roster.friends("alice"))).extracting(Friend::userId).containsExactly("bob");
        }
        scarfall.close();
        assertNotRunning(messages.sendMessage(List.of("alice"), "late", null), "closed");
        assertNotRunning(presence.status("alice"), "closed");
        assertNotRunning(roster.friends("alice"), "closed");
    }

    @Test
    void buildingOpensNeitherPortsNorThreads() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Set<Thread> before = new HashSet<>(Thread.getAllStackTraces().keySet());
            Scarfall scarfall = build(OneNode.onFreePorts()
                    .host("127.0.0.1")
                    .port(taken.getLocalPort())
                    .metrics(new RecordingMetrics()));
            assertThat(Thread.getAllStackTraces().keySet())
                    .filteredOn(thread -> thread.getName().startsWith("scarfall"))
                    .isSubsetOf(before);
            assertThatExceptionOfType(UncheckedIOException.class).isThrownBy(scarfall::start);
            assertThatIllegalStateException().isThrownBy(scarfall::start).withMessageContaining("closed");
        }
    }

    @Test
    void aGatewayStartsOnce() {
        Scarfall scarfall = build(OneNode.onFreePorts());
        scarfall.start();
        assertThatIllegalStateException().isThrownBy(scarfall::start).withMessageContaining("started");
        assertThat(scarfall.isHealthy()).isTrue();
        scarfall.close();
        scarfall.close();
        assertThatIllegalStateException().isThrownBy(scarfall::start).withMessageContaining("closed");

        Scarfall unstarted = build(OneNode.onFreePorts());
        unstarted.close();
        assertThatIllegalStateException().isThrownBy(unstarted::start).withMessageContaining("closed");
    }

    @Test
    void aSecondGatewayInTheProcessShowsItsOwnNumbers() {
        RecordingMetrics metrics = new RecordingMetrics();
        ScarfallBuilder builder = OneNode.onFreePorts().metrics(metrics);
        Scarfall first = build(builder);
        first.start();
        Set<String> gauges = metrics.gauges();
        assertThat(gauges).contains("scarfall.sessions", "scarfall.healthy");
        try (Client alice = Client.user(first.userPort(), "alice")) {
            assertThat(alice.ask("ping").isMissingNode()).isFalse();
            assertThat(metrics.gauge("scarfall.sessions")).isEqualTo(1);
        }
        first.close();
        assertThat(metrics.gauges()).isEmpty();

        Scarfall second = build(builder);
        second.start();
        assertThat(metrics.gauges()).isEqualTo(gauges);
        assertThat(metrics.gauge("scarfall.healthy")).isEqualTo(1);
        try (Client alice = Client.user(second.userPort(), "alice");
                Client bob = Client.user(second.userPort(), "bob")) {
            assertThat(metrics.gauge("scarfall.sessions")).isEqualTo(2);
            assertThat(join(second.delivery().sendMessage(List.of("alice", "bob"), "x", null))
                            .sent())
                    .containsExactly("alice", "bob");
            assertThat(alice.next("message").get("message").asText()).isEqualTo("x");
            assertThat(bob.next("message").get("message").asText()).isEqualTo("x");
        }
    }

    private static <T> T join(CompletionStage<T> stage) {
        return stage.toCompletableFuture().join();
    }

    private static void assertNotRunning(CompletionStage<?> stage, String why) {
        assertThat(stage.toCompletableFuture())
                .failsWithin(Duration.ZERO)
                .withThrowableOfType(ExecutionException.class)
                .withCauseInstanceOf(IllegalStateException.class)
                .withMessageContaining(why);
    }
}
