package io.scarfall.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.databind.JsonNode;
import io.scarfall.gateway.ControlConfig.WhenFull;
import io.scarfall.presence.internal.Beat;
import io.scarfall.testing.Answers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Packets that a client sends after its token, and messages to the client, wait until the store has admitted the session. */
abstract class AdmissionContract extends SharedNodes {

    private static final int MESSAGES = 100;

    private FaultyCluster viewOfA;
    private FaultyCluster viewOfB;
    private Scarfall a;
    private Scarfall b;

    AdmissionContract(SharedState state) {
        super(state, Duration.ofMinutes(1));
    }

    private void start(UnaryOperator<ScarfallBuilder> changes) {
        a = node(changes);
        b = node(changes);
        viewOfA = views.get(0);
        viewOfB = views.get(1);
        awaitBeats();
    }

    /** From now on the node learns of a revocation only if it asks the store. */
    private void deafen(FaultyCluster view) {
        CompletableFuture<Beat> never = new CompletableFuture<>();
        CompletableFuture<Void> still = new CompletableFuture<>(); // so that a beat in progress has completed
        view.beats = beat -> {
            still.complete(null);
            return beat.thenCompose(answer -> never);
        };
        Answers.await(still);
        viewOfA.carries = (to, message) -> false;
    }

    /** Returns when the store has the revocation. The answer comes later, because no order reaches the other node. */
    private void revoke(String token) {
        a.revokeToken(token);
        await().atMost(Client.PATIENCE)
                .until(() -> !Answers.await(viewOfA.revocations().since(0, 1)).isEmpty());
    }

    private static String token(String userId) {
        return Tokens.sign(Tokens.claims(userId)
                .withIssuedAt(Instant.now())
                .withJWTId(UUID.randomUUID().toString())
                .withExpiresAt(Instant.now().plusSeconds(3_600)));
    }

    private static Client connected(Scarfall node, String token) {
        Client client = Client.connect(node.userPort(), Map.of("token", token));
        client.next("connected");
        return client;
    }

    /** A token, followed by messages to bob. */
    private static List<String> burst(String way, String token) {
        List<String> packets = new ArrayList<>();
        if (way.equals("connect")) {
            packets.add("40{\"token\":\"" + token + "\"}");
        } else {
            packets.add("40");
            packets.add((way.equals("ask") ? "42999" : "42") + "[\"authenticate\",{\"token\":\"" + token + "\"}]");
        }
        for (int i = 0; i < MESSAGES; i++) {
            packets.add("42" + i + "[\"send_message\","
                    + Client.message("m" + i, "bob").replace('\'', '"') + "]");
        }
        return packets;
    }

    /** The messages that bob got before the last one, which another user sent. */
    private static List<String> messages(Client bob, Client sender) {
        sender.send("last", "bob");
        List<String> messages = new ArrayList<>();
        String next;
        while (!(next = bob.next("message").at("/message").asText()).equals("last")) {
            messages.add(next);
        }
        return messages;
    }

    private static void expectRefused(Burst client, String way, String code) {
        if (way.equals("connect")) {
            assertThat(client.until("44").get(0)).startsWith("44").contains("\"code\":\"" + code + "\"");
            assertThat(client.next()).isIn(RawClient.CLOSED, "1", "6");
        } else if (way.equals("authenticate")) { // it asked for no ack, so it waits for the disconnect
            List<String> received = client.until("41");
            assertThat(received).hasSize(3);
            assertThat(received.get(0)).startsWith("40{");
            assertThat(received.get(1))
                    .startsWith("42[\"authentication_error\"")
                    .contains(code);
        } else {
            List<String> received = client.until("43" + (MESSAGES - 1) + "[");
            assertThat(received.get(0)).startsWith("40{");
            assertThat(received.get(1))
                    .startsWith("42[\"authentication_error\"")
                    .contains(code);
            assertThat(received.get(2)).startsWith("43999[").contains(code);
            assertThat(received.subList(3, received.size()))
                    .hasSize(MESSAGES)
                    .allMatch(ack -> ack.contains("\"code\":\"unauthenticated\""));
        }
    }

    static Stream<Arguments> ways() {
        return Stream.of("websocket", "polling")
                .flatMap(
                        transport -> Stream.of("connect", "authenticate", "ask").map(way -> arguments(transport, way)));
    }

    @ParameterizedTest
    @MethodSource("ways")
    void noEventOfASessionWithoutAPlaceRuns(String transport, String way) {
        start(gateway -> gateway.control(ControlConfig.DEFAULT.withMaxUserSessions(1, WhenFull.REFUSE_NEW)));
        try (Client bob = connected(a, token("bob"));
                Client dora = connected(a, token("dora"));
                Client alice = connected(a, token("alice"));
                Burst second = Burst.open(transport, b.userPort())) {
            second.send(burst(way, token("alice")));
            expectRefused(second, way, "too_many_sessions");
            assertThat(messages(bob, dora)).isEmpty();
            alice.ask("ping");
        }
    }

    @ParameterizedTest
    @MethodSource("ways")
    void noEventRunsForARevokedTokenThatTheNodeDoesNotKnow(String transport, String way) {
        start(gateway -> gateway);
        String token = token("alice");
        deafen(viewOfB);
        revoke(token);
        try (Client bob = connected(a, token("bob"));
                Client dora = connected(a, token("dora"));
                Burst alice = Burst.open(transport, b.userPort())) {
            alice.send(burst(way, token));
            expectRefused(alice, way, "revoked");
            assertThat(messages(bob, dora)).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({"websocket,connect", "websocket,authenticate", "polling,connect", "polling,authenticate"})
    void allEventsOfAnAdmittedSessionRunInOrder(String transport, String way) {
        start(gateway -> gateway.control(ControlConfig.DEFAULT.withMaxUserSessions(1, WhenFull.REFUSE_NEW)));
        try (Client bob = connected(b, token("bob"));
                Client dora = connected(a, token("dora"));
                Burst alice = Burst.open(transport, b.userPort())) {
            alice.send(burst(way, token("alice")));
            List<String> expected = new ArrayList<>();
            for (int i = 0; i < MESSAGES; i++) { // acks arrive in any order, messages in the order of sending
                assertThat(alice.until("43")).last().asString().contains("\"sent\":[\"bob\"]");
                expected.add("m" + i);
            }
            assertThat(messages(bob, dora)).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"connect", "authenticate"})
    void withoutTheStoreTheNodeAdmitsSessionsByWhatItKnows(String way) {
        start(gateway -> gateway.control(ControlConfig.DEFAULT.withMaxUserSessions(1, WhenFull.REFUSE_NEW)));
        try (Client bob = connected(b, token("bob"));
                Client dora = connected(b, token("dora"));
                Burst alice = Burst.open("websocket", b.userPort())) {
            viewOfB.down = true;
            alice.send(burst(way, token("alice")));
            for (int i = 0; i < MESSAGES; i++) {
                alice.until("43");
            }
            assertThat(messages(bob, dora)).hasSize(MESSAGES);
            viewOfB.down = false;
        }
    }

    @Test
    void theNodeWaitsForASilentStoreNoLongerThanForAToken() {
        start(gateway -> gateway.control(ControlConfig.DEFAULT.withMaxUserSessions(1, WhenFull.REFUSE_NEW))
                .sessions(SessionConfig.DEFAULT.withAuthTimeout(Duration.ofMillis(500))));
        try (Client bob = connected(b, token("bob"));
                Client dora = connected(b, token("dora"));
                Burst alice = Burst.open("websocket", b.userPort())) {
            viewOfB.admissions = answer -> new CompletableFuture<>();
            alice.send(burst("connect", token("alice")));
            for (int i = 0; i < MESSAGES; i++) {
                alice.until("43");
            }
            assertThat(messages(bob, dora)).hasSize(MESSAGES);
            viewOfB.admissions = UnaryOperator.identity();
        }
    }

    /** Answers of the store that the test holds back and releases. */
    private static final class Held {

        private final List<CompletableFuture<Object>> answers = new ArrayList<>();
        private final List<CompletionStage<?>> real = new ArrayList<>();

        synchronized CompletionStage<?> hold(CompletionStage<?> answer) {
            CompletableFuture<Object> held = new CompletableFuture<>();
            answers.add(held);
            real.add(answer);
            return held;
        }

        synchronized int count() {
            return answers.size();
        }

        synchronized void give() {
            for (int i = 0; i < answers.size(); i++) {
                answers.get(i).complete(Answers.await(real.get(i)));
            }
        }
    }

    private static Held hold(FaultyCluster view) {
        Held held = new Held();
        view.admissions = held::hold;
        return held;
    }

    @Test
    void aSessionIsOfflineAndGetsNoMessageUntilItIsAdmitted() {
        start(gateway -> gateway.control(ControlConfig.DEFAULT.withMaxUserSessions(2, WhenFull.REFUSE_NEW)));
        try (Client bob = connected(b, token("bob"))) {
            Held held = hold(viewOfB);
            try (Client alice = Client.connect(b.userPort(), Map.of("token", token("alice")))) {
                await().atMost(Client.PATIENCE).until(() -> held.count() == 2);
                assertThat(bob.send("early", "alice").at("/recipients/failed/0").asText())
                        .isEqualTo("alice");
                assertThat(Answers.await(viewOfA.presence().sessions("alice"))).isEmpty();
                assertThat(b.sessionCount()).isEqualTo(1);

                held.give();

                alice.next("connected");
                assertThat(bob.send("late", "alice").at("/recipients/sent/0").asText())
                        .isEqualTo("alice");
                assertThat(alice.next("message").at("/message").asText()).isEqualTo("late");
            }
        }
    }

    /** A user can be reached as soon as others can see the user online. */
    @Test
    void aMessageDuringTheOpeningOfTheSessionIsDelivered() {
        start(gateway -> gateway);
        CompletableFuture<Void> open = new CompletableFuture<>();
        CompletableFuture<Void> asked = new CompletableFuture<>();
        viewOfB.opens = opened -> {
            asked.complete(null);
            return opened.thenCombine(open, (transition, now) -> transition);
        };
        try (Client bob = connected(a, token("bob"));
                Client alice = Client.connect(b.userPort(), Map.of("token", token("alice")))) {
            Answers.await(asked);
            await().atMost(Client.PATIENCE)
                    .until(() ->
                            !Answers.await(viewOfA.presence().sessions("alice")).isEmpty());
            assertThat(bob.send("hi", "alice").at("/recipients/sent/0").asText())
                    .isEqualTo("alice");
            assertThat(alice.next("message").at("/message").asText()).isEqualTo("hi");
            open.complete(null);
            alice.next("connected");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"connect", "authenticate"})
    void aSessionThatLeavesDuringItsAdmissionGivesItsPlaceBack(String way) {
        start(gateway -> gateway.control(ControlConfig.DEFAULT.withMaxUserSessions(1, WhenFull.REFUSE_NEW)));
        Held held = hold(viewOfB);
        Burst first = Burst.open("websocket", b.userPort());
        first.send(burst(way, token("alice")).subList(0, way.equals("connect") ? 1 : 2));
        await().atMost(Client.PATIENCE).until(() -> held.count() == 2);
        first.close();
        await().atMost(Client.PATIENCE).until(() -> Answers.await(held.real.get(0)) != null);
        viewOfB.admissions = UnaryOperator.identity();
        held.give();
        await().atMost(Client.PATIENCE)
                .untilAsserted(() -> assertThat(viewOfB.releases)
                        .as("the place is free before its reservation expires")
                        .hasValue(1));
        await().atMost(Client.PATIENCE).until(() -> {
            try (Client second = Client.connect(a.userPort(), Map.of("token", token("alice")))) {
                await().atMost(Client.PATIENCE)
                        .until(() -> second.received("connected").size()
                                        + second.received("connect_error").size()
                                > 0);
                return !second.received("connected").isEmpty();
            }
        });
    }

    @Test
    void aRevokedTokenDoesNotRenewASession() {
        start(gateway -> gateway);
        String later = token("alice");
        deafen(viewOfB);
        revoke(later);
        try (Client alice = connected(b, token("alice"))) {
            JsonNode answer = alice.ask("authenticate", "{'token':'" + later + "'}");
            assertThat(answer.at("/code").asText()).isEqualTo("revoked");
            alice.next("authentication_error");
            alice.ask("ping");
            assertThat(alice.isConnected()).isTrue();
        }
    }

    @Test
    void aRevokedTokenCannotJoinANamespaceOfAnEmbedder() {
        List<String> joined = new ArrayList<>();
        start(gateway ->
                gateway.authenticatedNamespace("/game", table -> table.onConnect(socket -> joined.add(socket.id()))));
        String token = token("alice");
        deafen(viewOfB);
        revoke(token);
        try (Burst alice = Burst.open("websocket", b.userPort())) {
            alice.send(List.of("40/game,{\"token\":\"" + token + "\"}"));
            assertThat(alice.next()).startsWith("44/game,").contains("\"code\":\"revoked\"");
            assertThat(joined).isEmpty();
        }
    }
}
