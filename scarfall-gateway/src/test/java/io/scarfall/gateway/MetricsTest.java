package io.scarfall.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.scarfall.presence.Friend;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The metrics of a gateway with active clients. */
class MetricsTest extends OneNode {
    private final RecordingMetrics metrics = new RecordingMetrics();
    private int port;

    private static ScarfallBuilder builder() {
        return Scarfall.builder().jwtSecret(Tokens.SECRET);
    }

    private void start(ScarfallBuilder builder) {
        scarfall = builder.port(0).internalPort(0).metrics(metrics).start();
        port = scarfall.userPort();
    }

    private void expectGauge(String id, double value) {
        await().atMost(Client.PATIENCE)
                .untilAsserted(() -> assertThat(metrics.gauge(id)).as(id).isEqualTo(value));
    }

    @Test
    void connectionsSessionsAndUsersAreShown() {
        start(builder());
        assertThat(metrics.gauge("scarfall.healthy")).isEqualTo(1);
        try (Client phone = Client.user(port, "alice");
                Client laptop = Client.user(port, "alice");
                Client bob = Client.user(port, "bob");
                Client anonymous = Client.connect(port).joined();
                Client service = Client.connect(scarfall.internalPort()).joined()) {
            assertThat(List.of(phone, laptop, bob, anonymous, service)).allMatch(Client::isConnected);
            assertThat(metrics.gauge("scarfall.connections{port=users}")).isEqualTo(4);
            assertThat(metrics.gauge("scarfall.connections{port=internal}")).isEqualTo(1);
            assertThat(metrics.gauge("scarfall.transports{port=users,transport=websocket}")
                            + metrics.gauge("scarfall.transports{port=users,transport=polling}"))
                    .isEqualTo(4);
            service.ask("send_message", "{\"recipientIds\":[\"bob\"],\"message\":\"" + "x".repeat(5_000) + "\"}");
            assertThat(metrics.times("scarfall.send.message{port=internal}")).hasSize(1);
            assertThat(metrics.times("scarfall.send.message{port=users}")).isEmpty();
            assertThat(metrics.count("scarfall.received.bytes{port=internal,transport=websocket}"))
                    .isBetween(5_000L, 6_000L);
            bob.next("message");
            assertThat(metrics.count("scarfall.sent.bytes{port=users,transport=websocket}"))
                    .isBetween(5_000L, 8_000L);
            assertThat(metrics.gauge("scarfall.sessions")).isEqualTo(3);
            assertThat(metrics.gauge("scarfall.users")).isEqualTo(2);
            assertThat(metrics.gauge("scarfall.sessions.unsettled")).isZero();
            assertThat(metrics.gauge("scarfall.sessions.unclosed")).isZero();
            assertThat(metrics.gauge("scarfall.links.unanswered")).isZero();
        }
        expectGauge("scarfall.connections{port=users}", 0);
        expectGauge("scarfall.sessions", 0);
        expectGauge("scarfall.users", 0);
        assertThat(metrics.count("scarfall.closes{port=users,reason=transport_close}"))
                .isEqualTo(4);
        scarfall.close();
        assertThat(scarfall.isHealthy()).isFalse();
        assertThat(metrics.gauges()).as("gauges of a closed gateway").isEmpty();
    }

    /** Invented event names do not add metrics. */
    @Test
    void eventsAreCountedByKnownNamesOnly() {
        start(builder().on("move", (user, arguments) -> null));
        try (Client alice = Client.user(port, "alice")) {
            var before = metrics.ids();
            IntStream.range(0, 50).forEach(i -> alice.emit("made up " + i));
            alice.ask("move");
            alice.ask("ping");
            alice.ask("ping");

            assertThat(metrics.count("scarfall.events{port=users,event=other}")).isEqualTo(50);
            assertThat(metrics.count("scarfall.events{port=users,event=move}")).isEqualTo(1);
            assertThat(metrics.count("scarfall.events{port=users,event=ping}")).isEqualTo(2);
            assertThat(metrics.count("scarfall.events{port=users,event=send_message}"))
                    .isZero();
            assertThat(metrics.ids()).isEqualTo(before);
        }
    }

    @Test
    void deliveriesAreCountedByRecipient() {
        start(builder());
        try (Client alice = Client.user(port, "alice");
                Client bob = Client.user(port, "bob");
                Client service = Client.connect(scarfall.internalPort()).joined()) {
            alice.send("x", "bob", "alice", "offline");
            service.send("x", "bob", "offline");
            bob.next("message");
            assertThat(scarfall.delivery().sendMessage(List.of("bob"), "x", null))
                    .succeedsWithin(Client.PATIENCE);

            assertThat(metrics.count("scarfall.deliveries{outcome=sent}")).isEqualTo(4);
            assertThat(metrics.count("scarfall.deliveries{outcome=failed}")).isEqualTo(2);
            assertThat(metrics.count("scarfall.deliveries{outcome=uncertain}")).isZero();
            assertThat(metrics.count("scarfall.deliveries.partial")).isZero();
        }
    }

    @Test
    void transitionsAndNoticesAreCounted() {
        start(builder());
        assertThat(scarfall.roster().setFriends("bob", List.of(Friend.of("alice"))))
                .succeedsWithin(Client.PATIENCE);
        try (Client bob = Client.user(port, "bob")) {
            try (Client alice = Client.user(port, "alice");
                    Client second = Client.user(port, "alice")) {
                bob.next("user_status_update");
                assertThat(List.of(alice, second)).allMatch(Client::isConnected);
                assertThat(metrics.count("scarfall.transitions{to=online}")).isEqualTo(2);
                assertThat(metrics.count("scarfall.transitions{to=offline}")).isZero();
            }
            bob.next("user_status_update");
            assertThat(metrics.count("scarfall.transitions{to=offline}")).isEqualTo(1);
            await().atMost(Client.PATIENCE)
                    .untilAsserted(
                            () -> assertThat(metrics.count("scarfall.notices")).isEqualTo(2));
        }
    }

    /** A verifier of an embedder may have any number of its own codes. */
    @Test
    void authenticationsAreCountedByKnownResultsOnly() {
        start(Scarfall.builder()
                .tokenVerifier(token ->
                        CompletableFuture.failedFuture(new TokenRefusedException("own_" + token, "no", true))));
        try (Client mallory = Client.connect(port).joined()) {
            var before = metrics.ids();
            for (int i = 0; i < 6; i++) {
                assertThat(mallory.ask("authenticate", "{'token':'" + i + "'}")
                                .at("/code")
                                .asText())
                        .isEqualTo("own_" + i);
            }
            mallory.ask("authenticate", "{}");

            assertThat(metrics.count("scarfall.authentications{port=users,result=other}"))
                    .isEqualTo(6);
            assertThat(metrics.count("scarfall.authentications{port=users,result=token_required}"))
                    .isEqualTo(1);
            assertThat(metrics.ids()).isEqualTo(before);
            assertThat(mallory.isConnected())
                    .as("a failure that may be retried is not a bad token")
                    .isTrue();
        }
    }

    @Test
    void exceededLimitsOfMessagesAreCountedByLimit() {
        start(builder()
                .delivery(DeliveryConfig.DEFAULT
                        .withMaxRecipients(2)
                        .withMaxMessageBytes(100)
                        .withMaxMetadataBytes(20)
                        .withMaxFanOutBytes(350)));
        try (Client alice = Client.user(port, "alice")) {
            alice.send("x", "a", "b", "c");
            alice.send("x".repeat(100), "a");
            alice.ask(
                    "send_message",
                    "{'recipientIds':['a'],'message':'x','metadata':{'key':'a value that is too long'}}");
            alice.send("x".repeat(90), "a", "b");
            alice.ask("send_message", "{'recipientIds':7}");
            assertThat(scarfall.delivery().sendMessage(List.of("a", "b", "c"), "x", Map.of()))
                    .failsWithin(Client.PATIENCE);

            assertThat(metrics.count("scarfall.limits{limit=recipients}")).isEqualTo(2);
            assertThat(metrics.count("scarfall.limits{limit=message_bytes}")).isEqualTo(1);
            assertThat(metrics.count("scarfall.limits{limit=metadata_bytes}")).isEqualTo(1);
            assertThat(metrics.count("scarfall.limits{limit=fan_out_bytes}")).isEqualTo(1);
        }
    }

    @Test
    void errorsOfHandlersAndFullMailboxesAreCounted() {
        CountDownLatch gate = new CountDownLatch(1);
        start(builder()
                .on("fail", (user, arguments) -> {
                    throw new IllegalStateException("expected by a test");
                })
                .onBlocking("work", String.class, (user, text) -> {
                    gate.await();
                    return text;
                }));
        try (Client alice = Client.user(port, "alice")) {
            alice.ask("fail");
            assertThat(metrics.count("scarfall.handler.errors{port=users}")).isEqualTo(1);
            assertThat(metrics.count("scarfall.handler.errors{port=internal}")).isZero();

            alice.emit("work", "'x'");
            expectGauge("scarfall.mailbox.waiting", 0);
            IntStream.range(0, 70).forEach(i -> alice.emit("work", "'x'"));
            expectGauge("scarfall.mailbox.waiting", 64);
            assertThat(metrics.count("scarfall.limits{limit=mailbox}")).isEqualTo(1);
            gate.countDown();
            alice.ask("ping");
            expectGauge("scarfall.mailbox.waiting", 0);
        }
    }

    @Test
    void theLagOfEventLoopsIsMeasured() {
        start(builder());
        await().atMost(Client.PATIENCE)
                .untilAsserted(() ->
                        assertThat(metrics.times("scarfall.eventloop.lag")).hasSizeGreaterThanOrEqualTo(2));
        assertThat(metrics.gauge("scarfall.eventloop.lag.worst.seconds")).isBetween(0.0, 20.0);
    }
}
