package io.scarfall.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.scarfall.gateway.ControlConfig.WhenFull;
import io.scarfall.presence.PresenceSettings;
import io.scarfall.presence.UserSession;
import io.scarfall.presence.internal.Beat;
import io.scarfall.presence.internal.Revocation;
import io.scarfall.testing.Answers;
import io.socket.client.IO;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Revocation, and the limit of a user's sessions, on two gateways. */
abstract class SessionControl extends SharedNodes {

    FaultyCluster viewOfA;
    FaultyCluster viewOfB;
    Scarfall a;
    Scarfall b;

    SessionControl(SharedState state, Duration lease) {
        super(state, lease);
    }

    void start(UnaryOperator<ScarfallBuilder> changes) {
        start(settings, changes);
    }

    void start(PresenceSettings settings, UnaryOperator<ScarfallBuilder> changes) {
        a = node(settings, changes);
        b = node(settings, changes);
        viewOfA = views.get(0);
        viewOfB = views.get(1);
        awaitBeats();
    }

    /** A token with {@code iat} and a unique id. */
    static String token(String userId) {
        return token(userId, Instant.now());
    }

    private static String token(String userId, Instant issuedAt) {
        return Tokens.sign(Tokens.claims(userId)
                .withIssuedAt(issuedAt)
                .withJWTId(UUID.randomUUID().toString())
                .withExpiresAt(Instant.now().plusSeconds(3_600)));
    }

    static Client connect(Scarfall node, String token) {
        return Client.connect(node.userPort(), Map.of("token", token));
    }

    static Client connected(Scarfall node, String token) {
        Client client = connect(node, token);
        client.next("connected");
        return client;
    }

    static void expectEnded(Client client, String code) {
        JsonNode error = client.next("authentication_error");
        assertThat(error.at("/code").asText()).isEqualTo(code);
        assertThat(error.at("/status").asText()).isEqualTo("error");
        assertThat(client.next("disconnect").asText()).isEqualTo("io server disconnect");
    }

    /** The guard or the round trip before the opening refuses it. {@code connected} never arrives. */
    static void expectRefused(Scarfall node, String token, String code) {
        try (Client client = connect(node, token)) {
            await().atMost(Client.PATIENCE)
                    .until(() -> !client.received("connect_error").isEmpty()
                            || !client.received("authentication_error").isEmpty());
            if (client.received("connect_error").isEmpty()) {
                expectEnded(client, code);
            } else {
                JsonNode error = client.next("connect_error");
                assertThat(error.at("/data/code").asText()).isEqualTo(code);
                assertThat(error.at("/data/retry").asBoolean()).isFalse();
            }
            assertThat(client.received("connected")).isEmpty();
        }
    }

    static Ended done(CompletionStage<Ended> revocation) {
        return Answers.await(revocation);
    }

    static Ended ended(int sessions) {
        return new Ended(sessions, List.of());
    }

    static void stays(Client client) {
        client.ask("ping");
        assertThat(client.received("authentication_error")).isEmpty();
        assertThat(client.isConnected()).isTrue();
    }

    // Users.

    @Test
    void aRevokedUserIsDisconnectedFromAllNodesAndCannotReconnect() {
        start(gateway -> gateway);
        String phone = token("alice");
        String laptop = token("alice");
        try (Client here = connected(a, phone);
                Client there = connected(b, laptop);
                Client again = connected(b, phone);
                Client bob = connected(b, token("bob"))) {

            assertThat(done(a.revokeUser("alice"))).isEqualTo(ended(3));

            for (Client client : List.of(here, there, again)) {
                expectEnded(client, "revoked");
            }
            stays(bob);
            for (Scarfall node : List.of(a, b)) {
                expectRefused(node, phone, "revoked");
                expectRefused(node, laptop, "revoked");
            }
            assertThat(bob.send("hi", "alice").at("/recipients/failed/0").asText())
                    .isEqualTo("alice");
            assertThat(done(b.revokeUser("alice"))).as("again").isEqualTo(ended(0));
        }
    }

    @Test
    void openSessionsEndAtOnceAlthoughTheAnswerWaitsForTheEndOfTheSecond() {
        start(gateway -> gateway);
        try (Client there = connected(b, token("alice"))) {
            CompletableFuture<Ended> revocation = a.revokeUser("alice").toCompletableFuture();
            expectEnded(there, "revoked");
            Instant over = Instant.now();

            done(revocation);

            Instant revoked = revocations(viewOfA).get(0).at();
            assertThat(Duration.between(revoked, over)).isLessThan(Duration.ofSeconds(1));
            assertThat(Instant.now().getEpochSecond()).isGreaterThan(revoked.getEpochSecond());
        }
    }

    static List<Revocation> revocations(FaultyCluster view) {
        return Answers.await(view.revocations().since(0, 100));
    }

    @Test
    void aTokenIssuedAfterTheAnswerIsAccepted() {
        start(gateway -> gateway);
        for (int i = 0; i < 3; i++) {
            done(a.revokeUser("alice"));
            String later = token("alice");
            try (Client here = connected(a, later);
                    Client there = connected(b, later)) {
                stays(here);
                stays(there);
            }
        }
    }

    /** A token contains whole seconds, so within the second of the revocation the order is unknown. */
    @Test
    void tokensIssuedInTheSecondOfTheRevocationAreRefused() {
        start(gateway -> gateway);
        try (Client before = connected(b, token("alice"))) {
            done(a.revokeUser("alice"));
            Instant second =
                    Instant.ofEpochSecond(revocations(viewOfA).get(0).at().getEpochSecond());
            expectEnded(before, "revoked");
            for (Scarfall node : List.of(a, b)) {
                expectRefused(node, token("alice", second), "revoked");
                connected(node, token("alice", second.plusSeconds(1))).close();
            }
        }
    }

    @Test
    void aTokenFromAClockThatIsAheadIsNoNewerThanItsFirstUse() {
        start(gateway -> gateway);
        try (Client ahead = connected(b, token("alice", Instant.now().plusSeconds(4)))) {
            assertThat(done(a.revokeUser("alice"))).isEqualTo(ended(1));
            expectEnded(ahead, "revoked");
        }
    }

    @Test
    void aTokenWithoutAnIssueTimeCountsAsOlder() {
        start(gateway -> gateway.tokens(TokenConfig.DEFAULT.withSkew(Duration.ZERO)));
        String timeless = Tokens.of("alice");
        try (Client client = connected(b, timeless)) {
            done(a.revokeUser("alice"));
            expectEnded(client, "revoked");
            expectRefused(a, timeless, "revoked");
            expectRefused(a, Tokens.lasting("alice", Duration.ofHours(2)), "revoked");
            connected(a, Tokens.of("bob")).close();
        }
    }

    @Test
    void verifiersOfEmbeddersReportIssueTimeAndId() {
        start(gateway -> gateway);
        FaultyCluster view = new FaultyCluster(state.view(settings));
        Scarfall own = Scarfall.builder()
                .tokenVerifier(token -> CompletableFuture.completedFuture(
                        token.startsWith("dated")
                                ? new Identity("alice", null, null, Instant.MAX, Instant.MAX, "id of " + token)
                                : new Identity(token, null, null, Instant.MAX)))
                .port(0)
                .internalPort(0)
                .nodeName("own")
                .cluster(view)
                .start();
        try (own;
                Client dated = connected(own, "dated");
                Client bob = connected(own, "bob")) {
            done(own.revokeUser("carl"));
            expectRefused(own, "carl", "revoked");
            assertThat(done(own.revokeTokenId("id of dated"))).isEqualTo(ended(1));
            expectEnded(dated, "revoked");
            assertThat(done(own.revokeTokenId(Identity.digest("bob")))).isEqualTo(ended(1));
            expectEnded(bob, "revoked");
            connected(own, "dated 2").close();
        }
    }

    // Tokens and sessions.

    @Test
    void aRevokedTokenEndsOnlyItsOwnConnections() {
        start(gateway -> gateway);
        String phone = token("alice");
        String laptop = token("alice");
        try (Client here = connected(a, phone);
                Client there = connected(b, phone);
                Client other = connected(b, laptop)) {

            assertThat(done(a.revokeToken(phone))).isEqualTo(ended(2));

            expectEnded(here, "revoked");
            expectEnded(there, "revoked");
            stays(other);
            expectRefused(a, phone, "revoked");
            expectRefused(b, phone, "revoked");
            assertThat(done(b.revokeToken(phone))).as("again").isEqualTo(ended(0));
        }
    }

    @Test
    void aTokenWithoutAnIdIsIdentifiedByItsDigest() {
        start(gateway -> gateway);
        String token = Tokens.of("alice");
        try (Client client = connected(b, token)) {
            assertThat(done(a.revokeTokenId(Identity.digest(token)))).isEqualTo(ended(1));
            expectEnded(client, "revoked");
            expectRefused(a, token, "revoked");
            connected(a, Tokens.lasting("alice", Duration.ofHours(2))).close();
        }
        assertThat(revocations(viewOfA).toString()).doesNotContain(token, token.substring(token.length() - 20));
    }

    @Test
    void anInvalidTokenCannotBeRevoked() {
        start(gateway -> gateway);
        CompletableFuture<Ended> refused = a.revokeToken("x").toCompletableFuture();
        assertThatThrownBy(refused::join).hasMessageContaining("the token is invalid");
        CompletableFuture<Ended> malformed = a.revokeUser("").toCompletableFuture();
        assertThatThrownBy(malformed::join).hasMessageContaining("userId: empty");
    }

    @Test
    void revokingASessionRevokesItsToken() {
        start(gateway -> gateway);
        String phone = token("alice");
        try (Client session = connected(b, phone);
                Client tab = connected(a, phone);
                Client laptop = connected(b, token("alice"))) {
            assertThat(done(a.revokeSession("bob", session.id())))
                    .as("of another user")
                    .isEqualTo(ended(0));
            assertThat(done(a.revokeSession("alice", "unknown"))).isEqualTo(ended(0));
            stays(session);

            assertThat(done(a.revokeSession("alice", session.id())).unconfirmed())
                    .isEmpty();

            expectEnded(session, "revoked");
            expectEnded(tab, "revoked");
            stays(laptop);
            expectRefused(a, phone, "revoked");
            expectRefused(b, phone, "revoked");
        }
    }

    @Test
    void aLaterTokenIsCheckedToo() {
        start(gateway -> gateway);
        String later = token("alice");
        done(a.revokeToken(later));
        try (Client client = connected(b, token("alice"))) {
            assertThat(client.ask("authenticate", "{'token':'" + later + "'}")
                            .at("/code")
                            .asText())
                    .isEqualTo("revoked");
            client.ask("ping");
            assertThat(client.isConnected()).isTrue();
            String good = token("alice");
            assertThat(client.ask("authenticate", "{'token':'" + good + "'}")
                            .at("/user/userId")
                            .asText())
                    .isEqualTo("alice");
            client.next("authentication_error");

            assertThat(done(a.revokeToken(good))).as("the current token").isEqualTo(ended(1));
            expectEnded(client, "revoked");
        }
    }

    @Test
    void socketsOfOtherNamespacesEndToo() {
        start(gateway -> gateway.authenticatedNamespace("/game", table -> {}));
        IO.Options options = new IO.Options();
        String token = token("alice");
        options.auth = Map.of("token", token);
        IO.Options others = new IO.Options();
        others.auth = Map.of("token", token("bob"));
        try (Client game = Client.connect(b.userPort(), "/game", options).joined();
                Client bob = Client.connect(b.userPort(), "/game", others).joined()) {
            assertThat(done(a.revokeUser("alice"))).isEqualTo(ended(1));
            expectEnded(game, "revoked");
            assertThat(bob.isConnected()).isTrue();
            try (Client again = Client.connect(b.userPort(), "/game", options)) {
                assertThat(again.next("connect_error").at("/data/code").asText())
                        .isEqualTo("revoked");
            }
        }
    }

    // Faults.

    @Test
    void aNodeThatAnOrderDoesNotReachReadsTheList() {
        start(gateway -> gateway);
        String token = token("alice");
        try (Client there = connected(b, token);
                Client session = connected(b, token("bob"))) {
            viewOfA.carries = (to, message) -> false;

            CompletionStage<Ended> users = a.revokeUser("alice");
            CompletionStage<Ended> sessions = a.revokeSession("bob", session.id());

            expectEnded(there, "revoked");
            expectEnded(session, "revoked");
            assertThat(done(users)).isEqualTo(new Ended(0, List.of("node1")));
            assertThat(done(sessions)).isEqualTo(new Ended(0, List.of("node1")));
            expectRefused(b, token, "revoked");
        }
    }

    /** The node gets no order and does not beat. It refuses the client in the round trip before the opening. */
    @Test
    void aNodeThatDoesNotKnowARevocationAsksTheStoreAtAConnect() {
        start(settings.withLease(Duration.ofMillis(100), Duration.ofMinutes(1)), gateway -> gateway);
        String token = token("alice");
        CompletableFuture<Beat> never = new CompletableFuture<>();
        CompletableFuture<Void> still = new CompletableFuture<>(); // so that a beat in progress has completed
        viewOfB.beats = beat -> {
            still.complete(null);
            return beat.thenCompose(answer -> never);
        };
        Answers.await(still);
        viewOfA.carries = (to, message) -> false;
        String phone = token("bob");
        CompletionStage<Ended> user = a.revokeUser("alice"); // both at once: each answer takes seconds
        done(a.revokeToken(phone));
        done(user);

        expectRefused(b, token, "revoked");
        expectRefused(b, phone, "revoked");
        never.cancel(false);
    }

    @Test
    void aNodeThatWasCutOffCatchesUp() {
        start(gateway -> gateway);
        String token = token("alice");
        try (Client there = connected(b, token)) {
            String known = token("carl");
            done(a.revokeToken(known));
            viewOfB.down = true;
            await().atMost(Client.PATIENCE).until(() -> !b.isHealthy());
            done(a.revokeUser("alice"));
            expectRefused(b, known, "revoked"); // a known revocation holds without the store
            Client late = connected(b, token); // an unknown one does not
            stays(there);

            viewOfB.down = false;

            expectEnded(there, "revoked");
            expectEnded(late, "revoked");
            expectRefused(b, token, "revoked");
        }
    }

    @Test
    void aNodeThatStartsLaterKnowsRevocations() {
        start(gateway -> gateway);
        String token = token("alice");
        for (int i = 0; i < 40; i++) {
            done(a.revokeTokenId("other" + i));
        }
        done(a.revokeUser("alice"));
        Scarfall later = node(gateway -> gateway);

        try (Client client = connect(later, token)) {
            assertThat(client.next("connect_error").at("/data/code").asText()).isEqualTo("revoked");
        }
    }

    @Test
    void withoutTheStoreNothingIsRevokedAndTheCallFails() {
        start(gateway -> gateway);
        try (Client client = connected(a, token("alice"));
                Client service = Client.connect(a.internalPort()).joined()) {
            viewOfA.down = true;
            assertThatThrownBy(() -> done(a.revokeUser("alice"))).isInstanceOf(CompletionException.class);
            assertThat(service.ask("revoke", "{'userId':'alice'}").at("/code").asText())
                    .isEqualTo("unavailable");
            stays(client);
        }
    }

    // The internal gateway.

    @Test
    void servicesRevoke() {
        start(gateway -> gateway.serviceKeys("ops:7c1e94b02fd85a36e19b40d7528fa6c3"));
        String phone = token("alice");
        String laptop = token("alice");
        try (Client stranger = Client.connect(a.internalPort()).joined();
                Client service = Client.connect(
                                a.internalPort(),
                                Map.of("serviceName", "ops", "serviceKey", "7c1e94b02fd85a36e19b40d7528fa6c3"))
                        .joined();
                Client one = connected(b, phone);
                Client two = connected(b, laptop);
                Client three = connected(b, token("alice"));
                Client bob = connected(b, token("bob"))) {
            assertThat(stranger.ask("revoke", "{'userId':'alice'}").at("/code").asText())
                    .isEqualTo("unauthenticated");
            stays(one);

            String done = "{'status':'ok','ended':1,'unconfirmed':[]}";
            assertThat(service.ask("revoke", "{'token':'" + phone + "'}")).isEqualTo(Client.parse(done));
            expectEnded(one, "revoked");
            assertThat(service.ask("revoke", "{'token':'" + phone + "'}")
                            .at("/ended")
                            .asInt())
                    .as("again")
                    .isZero();
            assertThat(service.ask("revoke", "{'userId':'alice','sessionId':'" + two.id() + "'}"))
                    .isEqualTo(Client.parse(done));
            expectEnded(two, "revoked");
            assertThat(service.ask("revoke", "{'userId':'alice'}")).isEqualTo(Client.parse(done));
            expectEnded(three, "revoked");
            assertThat(service.ask("revoke", "{'tokenId':'none'}").at("/ended").asInt())
                    .isZero();
            stays(bob);

            for (String malformed : List.of(
                    "{}",
                    "null",
                    "'alice'",
                    "{'userId':''}",
                    "{'userId':'alice','tokenId':'x'}",
                    "{'sessionId':'x'}",
                    "{'tokenId':'x','sessionId':'x'}",
                    "{'userId':['alice']}",
                    "{'userId':'alice','sessionId':''}")) {
                assertThat(service.ask("revoke", malformed).at("/code").asText())
                        .as(malformed)
                        .isEqualTo("invalid");
            }
            assertThat(service.ask("revoke", "{'token':'x'}").at("/code").asText())
                    .isEqualTo("invalid_token");
        }
    }

    @Test
    void usersCannotRevoke() {
        start(gateway -> gateway);
        try (Client alice = connected(a, token("alice"));
                Client bob = connected(a, token("bob"))) {
            CompletableFuture<JsonNode> answer = alice.asking("revoke", "{'userId':'bob'}");
            stays(alice);
            stays(bob);
            assertThat(answer.join().at("/code").asText()).isEqualTo("unknown_event");
            assertThat(revocations(viewOfA)).isEmpty();
        }
    }

    @Test
    void theNumberOfRevocationsIsBounded() {
        start(gateway -> gateway.control(ControlConfig.DEFAULT.withMaxRevocations(1)));
        done(a.revokeTokenId("1"));
        try (Client service = Client.connect(a.internalPort()).joined()) {
            assertThat(service.ask("revoke", "{'tokenId':'2'}").at("/code").asText())
                    .isEqualTo("overloaded");
        }
    }

    // The limit of a user's sessions.

    @Test
    void aboveTheLimitTheNewSessionIsRefused() {
        start(gateway -> gateway.control(ControlConfig.DEFAULT.withMaxUserSessions(2, WhenFull.REFUSE_NEW)));
        try (Client here = connected(a, token("alice"));
                Client there = connected(b, token("alice"));
                Client bob = connected(b, token("bob"))) {
            for (Scarfall node : List.of(a, b)) {
                try (Client third = connect(node, token("alice"))) {
                    JsonNode error = third.next("connect_error").at("/data");
                    assertThat(error.at("/code").asText()).isEqualTo("too_many_sessions");
                    assertThat(error.at("/retry").asBoolean()).isTrue();
                    assertThat(third.received("connected")).isEmpty();
                }
                try (Client third = Client.connect(node.userPort()).joined()) {
                    assertThat(third.ask("authenticate", "{'token':'" + token("alice") + "'}")
                                    .at("/code")
                                    .asText())
                            .isEqualTo("too_many_sessions");
                }
            }
            stays(here);
            stays(there);
            stays(bob);
            here.leave();
            await().atMost(Client.PATIENCE).until(() -> sessions("alice").size() == 1);
            stays(connected(b, token("alice")));
        }
    }

    private List<UserSession> sessions(String userId) {
        return Answers.await(viewOfA.presence().sessions(userId));
    }

    @Test
    void ofManyConcurrentSessionsExactlyTheLimitIsAdmitted() {
        int bound = 3;
        start(gateway -> gateway.control(ControlConfig.DEFAULT.withMaxUserSessions(bound, WhenFull.REFUSE_NEW)));
        for (int round = 0; round < 5; round++) {
            String token = token("user" + round);
            List<Client> clients = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                clients.add(connect(i % 2 == 0 ? a : b, token));
            }
            await().atMost(Client.PATIENCE)
                    .until(() -> clients.stream()
                            .allMatch(client -> client.received("connected").size()
                                            + client.received("connect_error").size()
                                    == 1));
            assertThat(clients)
                    .filteredOn(client -> !client.received("connected").isEmpty())
                    .hasSize(bound);
            clients.forEach(Client::close);
        }
    }

    @Test
    void aboveTheLimitTheOldestSessionEnds() {
        start(gateway -> gateway.control(ControlConfig.DEFAULT.withMaxUserSessions(2, WhenFull.END_OLDEST)));
        try (Client first = connected(b, token("alice"));
                Client second = connected(a, token("alice"));
                Client third = connected(a, token("alice"))) {
            expectEnded(first, "session_replaced");
            stays(second);
            Client fourth = connected(b, token("alice"));
            expectEnded(second, "session_replaced");
            stays(third);
            stays(fourth);
            await().atMost(Client.PATIENCE).until(() -> sessions("alice").size() == 2);
            fourth.leave();
        }
    }

    @Test
    void ofManyConcurrentSessionsTheNewestStay() {
        int bound = 2;
        start(gateway -> gateway.control(ControlConfig.DEFAULT.withMaxUserSessions(bound, WhenFull.END_OLDEST)));
        String token = token("alice");
        List<Client> clients = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            clients.add(connect(i % 2 == 0 ? a : b, token));
        }
        await().atMost(Client.PATIENCE)
                .until(() -> clients.stream()
                                .filter(client ->
                                        !client.received("authentication_error").isEmpty())
                                .count()
                        == clients.size() - bound);
        await().atMost(Client.PATIENCE).until(() -> sessions("alice").size() == bound);
        assertThat(clients)
                .filteredOn(client -> client.received("authentication_error").isEmpty())
                .allMatch(client -> client.received("connected").size() == 1);
        clients.forEach(Client::close);
    }

    @Test
    void sessionsOfADeadNodeTakeNoPlace() {
        start(gateway -> gateway.control(ControlConfig.DEFAULT.withMaxUserSessions(1, WhenFull.REFUSE_NEW)));
        try (Client there = connected(b, token("alice"))) {
            viewOfB.down = true;
            await().atMost(Client.PATIENCE).until(() -> sessions("alice").isEmpty());
            Client here = connected(a, token("alice"));

            viewOfB.down = false;

            expectEnded(there, "session_replaced");
            stays(here);
            here.leave();
        }
    }

    @Test
    void theOrderToEndAReplacedSessionIsRepeated() {
        start(gateway -> gateway.control(ControlConfig.DEFAULT.withMaxUserSessions(1, WhenFull.END_OLDEST)));
        try (Client there = connected(b, token("alice"))) {
            CompletableFuture<Void> tried = new CompletableFuture<>();
            Instant begun = Instant.now();
            viewOfA.carries = (to, message) -> {
                if (Instant.now().isAfter(begun.plusSeconds(4))) { // longer than the repetitions of an order
                    tried.complete(null);
                    return true;
                }
                return false;
            };
            Client here = connected(a, token("alice"));

            expectEnded(there, "session_replaced");

            assertThat(tried).isDone();
            stays(here);
            here.leave();
        }
    }

    /** While the store is away, sessions cannot be counted. They are admitted, and counted when it is back. */
    @Test
    void sessionsFromAnOutageAreCountedLater() {
        start(gateway -> gateway.control(ControlConfig.DEFAULT.withMaxUserSessions(1, WhenFull.REFUSE_NEW)));
        try (Client here = connected(a, token("alice"))) {
            viewOfB.down = true;
            await().atMost(Client.PATIENCE).until(() -> !b.isHealthy());
            Client there = connected(b, token("alice"));
            stays(there);

            viewOfB.down = false;

            expectEnded(there, "too_many_sessions");
            stays(here);
        }
    }
}
