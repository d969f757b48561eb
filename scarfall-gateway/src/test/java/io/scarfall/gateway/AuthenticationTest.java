package io.scarfall.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.scarfall.gateway.internal.auth.CapturedLog;
import io.scarfall.gateway.internal.auth.Issuer;
import io.socket.client.IO;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Authentication of users: every way to send a token, and what happens to clients without a valid one. */
class AuthenticationTest extends OneNode {
    private int start() {
        return start(builder());
    }

    private int start(ScarfallBuilder builder) {
        scarfall = builder.port(0).internalPort(0).start();
        return scarfall.userPort();
    }

    private static ScarfallBuilder builder() {
        return Scarfall.builder().jwtSecret(Tokens.SECRET);
    }

    @Test
    void aTokenInConnectAuthenticates() {
        int port = start();

        try (Client alice = Client.connect(port, Map.of("token", Tokens.of("alice")))) {
            assertThat(alice.next("connected"))
                    .isEqualTo(Client.parse(
                            "{'user':{'userId':'alice','email':'alice@example.com','socketId':'" + alice.id() + "'}}"));
        }
    }

    @Test
    void aTokenInTheHeaderAuthenticates() {
        int port = start();
        IO.Options options = new IO.Options();
        options.extraHeaders = Map.of("Authorization", List.of("Bearer " + Tokens.of("alice")));

        try (Client alice = Client.connect(port, "/", options)) {
            assertThat(alice.next("connected").at("/user/userId").asText()).isEqualTo("alice");
        }
    }

    @Test
    void theTokenInConnectHasPrecedenceOverTheHeader() {
        int port = start();
        IO.Options options = new IO.Options();
        options.auth = Map.of("token", Tokens.of("alice"));
        options.extraHeaders = Map.of("Authorization", List.of("Bearer " + Tokens.of("eve")));

        try (Client alice = Client.connect(port, "/", options)) {
            assertThat(alice.next("connected").at("/user/userId").asText()).isEqualTo("alice");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aTokenInTheQueryAuthenticatesOnlyIfConfigured(boolean configured) {
        int port = start(builder().tokenInQuery(configured));
        IO.Options options = new IO.Options();
        options.query = "token=" + Tokens.of("alice");

        try (Client alice = Client.connect(port, "/", options).joined()) {
            JsonNode answer = alice.ask("ping");
            assertThat(answer.at("/code").asText()).isEqualTo(configured ? "" : "unauthenticated");
        }
    }

    @Test
    void theEventAuthenticateIsAnsweredWithAckAndEvent() {
        int port = start();

        try (Client alice = Client.connect(port).joined()) {
            JsonNode answer = alice.ask("authenticate", "{'token':'" + Tokens.of("alice") + "'}");

            assertThat(answer)
                    .isEqualTo(Client.parse(
                            "{'user':{'userId':'alice','email':'alice@example.com','socketId':'" + alice.id() + "'}}"));
            assertThat(alice.next("connected")).isEqualTo(answer);
            assertThat(alice.ask("ping").at("/timestamp").asText()).isNotEmpty();
        }
    }

    @Test
    void authenticatesOverLongPolling() {
        int port = start();
        IO.Options options = new IO.Options();
        options.transports = new String[] {"polling"};
        options.auth = Map.of("token", Tokens.of("alice"));

        try (Client alice = Client.connect(port, "/", options)) {
            assertThat(alice.next("connected").at("/user/userId").asText()).isEqualTo("alice");
            assertThat(alice.send("me", "alice").at("/status").asText()).isEqualTo("sent");
            assertThat(alice.next("message").at("/message").asText()).isEqualTo("me");
        }
    }

    @Test
    void aBadTokenInConnectIsRefusedWithACode() {
        int port = start();

        try (Client anonymous = Client.connect(port, Map.of("token", "no token"))) {
            assertThat(anonymous.next("connect_error"))
                    .isEqualTo(Client.parse(
                            "{'message':'the token is invalid','data':{'code':'invalid_token','retry':false}}"));
        }
        try (Client late = Client.connect(port, Map.of("token", Tokens.lasting("alice", Duration.ofMinutes(-1))))) {
            assertThat(late.next("connect_error").at("/data/code").asText()).isEqualTo("token_expired");
        }
        try (Client empty = Client.connect(port, Map.of("token", ""))) {
            assertThat(empty.next("connect_error").at("/data/code").asText()).isEqualTo("invalid_token");
        }
        IO.Options options = new IO.Options();
        options.extraHeaders = Map.of("Authorization", List.of("Bearer x"));
        try (Client header = Client.connect(port, "/", options)) {
            assertThat(header.next("connect_error").at("/data/code").asText()).isEqualTo("invalid_token");
        }
    }

    /** Some clients put the value of the header into auth. */
    @ParameterizedTest
    @ValueSource(strings = {"Bearer ", "bearer ", "BEARER   "})
    void aTokenMayHaveThePrefixBearer(String scheme) {
        int port = start();

        try (Client alice = Client.connect(port, Map.of("token", scheme + Tokens.of("alice")))) {
            assertThat(alice.next("connected").at("/user/userId").asText()).isEqualTo("alice");
        }
        try (Client alice = Client.connect(port).joined()) {
            assertThat(alice.ask("authenticate", "{'token':'" + scheme + Tokens.of("alice") + "'}")
                            .at("/user/userId")
                            .asText())
                    .isEqualTo("alice");
        }
    }

    @Test
    void aHeaderWithAnotherSchemeIsIgnored() {
        int port = start();
        IO.Options options = new IO.Options();
        options.extraHeaders = Map.of("Authorization", List.of("Basic YWxpY2U6eA=="));

        try (Client anonymous = Client.connect(port, "/", options).joined()) {
            assertThat(anonymous.ask("ping").at("/code").asText()).isEqualTo("unauthenticated");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'token':'no token'} | invalid_token",
                "{'token':''}         | invalid_token",
                "{'token':7}          | invalid_token",
                "{'token':true}       | invalid_token",
                "{'token':['x']}      | invalid_token",
                "{'token':{'x':1}}    | invalid_token",
                "{'token':null}       | token_required",
                "{}                   | token_required",
                "'token'              | invalid",
                "[1]                  | invalid",
                "null                 | token_required",
            })
    void aBadTokenInTheEventIsRefusedAndAGoodOneMayFollow(String credentials, String code) {
        int port = start();

        try (Client alice = Client.connect(port).joined()) {
            JsonNode answer = alice.ask("authenticate", credentials);
            assertThat(answer.at("/status").asText()).isEqualTo("error");
            assertThat(answer.at("/code").asText()).isEqualTo(code);
            assertThat(answer.at("/error").asText()).isNotEmpty();
            if (!code.equals("invalid")) { // an argument of another shape does not count as an attempt
                assertThat(alice.next("authentication_error")).isEqualTo(answer);
            }
            assertThat(alice.ask("ping").at("/code").asText()).isEqualTo("unauthenticated");

            assertThat(alice.ask("authenticate", "{'token':'" + Tokens.of("alice") + "'}")
                            .at("/user/userId")
                            .asText())
                    .isEqualTo("alice");
        }
    }

    /** Without an ack a client waits for {@code connected} or {@code disconnect}. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'token':'garbage'} | invalid_token",
                "{'token':['x']}     | invalid_token",
                "{}                  | token_required",
                "'token'             | invalid",
                "[1]                 | invalid",
                "null                | token_required",
            })
    void aBadTokenInAnEventWithoutAckCausesAnErrorEventAndADisconnect(String credentials, String code) {
        try (Client alice = Client.connect(start()).joined()) {
            alice.emit("authenticate", credentials);
            assertThat(alice.next("authentication_error").at("/code").asText()).isEqualTo(code);
            assertThat(alice.next("disconnect").asText()).isEqualTo("io server disconnect");
            assertThat(alice.received("connected")).isEmpty();
        }
    }

    @Test
    void aBadRenewalWithoutAckCausesAnErrorEventAndADisconnect() {
        try (Client alice = Client.user(start(), "alice")) {
            alice.emit("authenticate", "{'token':'" + Tokens.of("eve") + "'}");
            assertThat(alice.next("authentication_error").at("/code").asText()).isEqualTo("subject_mismatch");
            assertThat(alice.next("disconnect").asText()).isEqualTo("io server disconnect");
        }
    }

    @Test
    void aGoodTokenInAnEventWithoutAckConnects() {
        try (Client alice = Client.connect(start()).joined()) {
            alice.emit("authenticate", "{'token':'" + Tokens.of("alice") + "'}");
            assertThat(alice.next("connected").at("/user/userId").asText()).isEqualTo("alice");
            assertThat(alice.ask("ping").at("/code").asText()).isNotEqualTo("unauthenticated");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "send_message",
                "get_online_users",
                "get_online_friends_only",
                "get_all_online_users",
                "get_detailed_online_users",
                "ping"
            })
    void anUnauthenticatedClientGetsOnlyErrors(String event) {
        int port = start();

        try (Client alice = Client.user(port, "alice");
                Client anonymous = Client.connect(port).joined()) {
            JsonNode answer = anonymous.ask(event, Client.message("hi", "alice"));

            assertThat(answer.at("/status").asText()).isEqualTo("error");
            assertThat(answer.at("/code").asText()).isEqualTo("unauthenticated");
            assertThat(answer.at("/error").asText()).isNotEmpty();
            assertThat(answer.has("users")).isFalse();
            assertThat(anonymous.received("connected")).isEmpty();
            alice.ask("ping");
            assertThat(alice.received("message")).isEmpty();
        }
    }

    @Test
    void aClientThatDoesNotAuthenticateInTimeGetsAnErrorAndIsDisconnected() {
        int port = start(builder().sessions(SessionConfig.DEFAULT.withAuthTimeout(Duration.ofMillis(200))));

        try (Client alice = Client.user(port, "alice");
                Client anonymous = Client.connect(port).joined()) {
            JsonNode error = anonymous.next("authentication_error");
            assertThat(error.at("/status").asText()).isEqualTo("error");
            assertThat(error.at("/code").asText()).isEqualTo("auth_timeout");
            anonymous.next("disconnect");
            assertThat(alice.ask("ping").has("timestamp")).isTrue();
        }
    }

    @Test
    void aClientThatAuthenticatesInTimeStaysConnected() {
        int port = start(builder().sessions(SessionConfig.DEFAULT.withAuthTimeout(Duration.ofMillis(500))));

        try (Client alice = Client.connect(port).joined();
                Client anonymous = Client.connect(port).joined()) {
            alice.ask("authenticate", "{'token':'" + Tokens.of("alice") + "'}");
            anonymous.next("disconnect");
            assertThat(alice.ask("ping").has("timestamp")).isTrue();
        }
    }

    @Test
    void aConnectionEndsWhenItsTokenExpires() {
        int port = start(builder().tokens(TokenConfig.DEFAULT.withSkew(Duration.ZERO)));

        try (Client alice = Client.connect(port, Map.of("token", Tokens.lasting("alice", Duration.ofSeconds(2))))) {
            alice.next("connected");
            assertThat(alice.next("authentication_error"))
                    .isEqualTo(
                            Client.parse("{'status':'error','error':'the token has expired','code':'token_expired'}"));
            assertThat(alice.next("disconnect").asText()).isEqualTo("io server disconnect");
            await().atMost(Client.PATIENCE)
                    .untilAsserted(() -> assertThat(scarfall.sessionCount()).isZero());
        }
    }

    /** A clock that the test sets. Timers run in real time but read this clock, so they keep checking while it stands still. */
    private static final class StandingClock extends Clock {
        static final Instant START = Instant.parse("2027-01-15T08:00:00Z");
        private volatile Instant now = START;

        void set(long millis) {
            now = START.plusMillis(millis);
        }

        /** Accepts tokens that contain their lifetime, and optionally another user. */
        TokenVerifier verifier() {
            return token -> CompletableFuture.completedFuture(new Identity(
                    token.startsWith("eve") ? "eve" : "alice",
                    null,
                    null,
                    START.plusMillis(Long.parseLong(token.replace("eve", "")))));
        }

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            throw new UnsupportedOperationException();
        }
    }

    private int start(StandingClock clock, Duration warning) {
        return start(Scarfall.builder()
                .tokenVerifier(clock.verifier())
                .clock(clock)
                .tokens(TokenConfig.DEFAULT.withWarning(warning)));
    }

    @Test
    void theExpiryOfEachTokenIsAnnouncedOnce() {
        StandingClock clock = new StandingClock();
        int port = start(clock, Duration.ofSeconds(60));

        try (Client alice = Client.connect(port, Map.of("token", "500")).joined();
                Client other = Client.connect(port, Map.of("token", "480")).joined()) {
            alice.next("connected");
            other.next("connected");
            alice.ask("authenticate", "{'token':'500'}");
            clock.set(400);
            assertThat(alice.next("token_expiring"))
                    .isEqualTo(Client.parse("{'expiresAt':'2027-01-15T08:00:00.500Z','inMs':100}"));

            alice.ask("authenticate", "{'token':'500'}"); // the last fifth of its lifetime would begin at 480
            clock.set(480);
            other.next("disconnect");
            assertThat(alice.ask("ping").has("timestamp")).isTrue();
            assertThat(alice.received("token_expiring")).isEmpty();
            assertThat(alice.ask("authenticate", "{'token':'1000'}").has("user"))
                    .isTrue();
            assertThat(alice.ask("authenticate", "{'token':'eve9000'}")
                            .at("/code")
                            .asText())
                    .isEqualTo("subject_mismatch");
            assertThat(alice.next("authentication_error").at("/code").asText()).isEqualTo("subject_mismatch");
            clock.set(896);
            assertThat(alice.next("token_expiring"))
                    .isEqualTo(Client.parse("{'expiresAt':'2027-01-15T08:00:01.000Z','inMs':104}"));

            clock.set(1_000);
            assertThat(alice.next("authentication_error").at("/code").asText()).isEqualTo("token_expired");
            alice.next("disconnect");
            assertThat(alice.received("token_expiring")).isEmpty();
        }
    }

    @Test
    void theTimeOfTheAnnouncementIsConfigurable() {
        StandingClock clock = new StandingClock();
        int port = start(clock, Duration.ofMillis(30));

        try (Client alice = Client.connect(port, Map.of("token", "500"))) {
            alice.next("connected");
            clock.set(470);
            assertThat(alice.next("token_expiring").at("/inMs").asLong()).isEqualTo(30);
        }
    }

    @Test
    void noAnnouncementIsSentIfItIsTurnedOff() {
        StandingClock clock = new StandingClock();
        int port = start(clock, Duration.ZERO);

        try (Client alice = Client.connect(port, Map.of("token", "500"))) {
            alice.next("connected");
            clock.set(499);
            alice.ask("ping");
            clock.set(500);
            alice.next("authentication_error");
            alice.next("disconnect");
            assertThat(alice.received("token_expiring")).isEmpty();
        }
    }

    /** The start does not wait for the keys. Clients get an error with retry: true. */
    @Test
    void withoutTheIssuersKeysAuthenticationIsUnavailable() throws IOException {
        URI unreachable;
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            unreachable = URI.create("http://127.0.0.1:" + taken.getLocalPort() + "/keys");
        }
        String token = Issuer.of(JwtAlgorithm.ES256).sign("{'sub':'alice','exp':4000000000}");
        try (CapturedLog log = new CapturedLog("io.scarfall.gateway.internal.auth")) {
            int port = start(Scarfall.builder().jwks(unreachable, JwtAlgorithm.ES256));

            assertThat(refusal(port, token)).isEqualTo(Client.parse("{'code':'unavailable','retry':true}"));
            try (Client alice = Client.connect(port).joined()) {
                JsonNode answer = alice.ask("authenticate", "{'token':'" + token + "'}");
                assertThat(answer.at("/code").asText()).isEqualTo("unavailable");
                assertThat(answer.at("/retry").asBoolean()).isTrue();
            }
            assertThat(log.text()).contains("keys not fetched").doesNotContain(token);
        }
    }

    @Test
    void oneTokenOfASocketIsVerifiedAtATime() {
        CompletableFuture<Identity> verdict = new CompletableFuture<>();
        List<String> verified = new CopyOnWriteArrayList<>();
        int port = start(Scarfall.builder().tokenVerifier(token -> {
            verified.add(token);
            return verdict;
        }));

        try (Client alice = Client.connect(port).joined()) {
            CompletableFuture<JsonNode> first = alice.asking("authenticate", "{'token':'a'}");
            CompletableFuture<JsonNode> second = alice.asking("authenticate", "{'token':'b'}");
            Client.connect(port).joined().close(); // so that earlier packets have arrived
            assertThat(first).isNotDone();
            assertThat(second).isNotDone();
            assertThat(verified).containsExactly("a");
            verdict.complete(new Identity("alice", null, null, Instant.MAX));
            assertThat(first.orTimeout(20, TimeUnit.SECONDS)
                            .join()
                            .at("/user/userId")
                            .asText())
                    .isEqualTo("alice");
            assertThat(second.orTimeout(20, TimeUnit.SECONDS).join().has("user"))
                    .isTrue();
            assertThat(alice.ask("authenticate", "{'token':'c'}").has("user")).isTrue();
        }
    }

    @Test
    void anotherTokenOfTheSameUserRenewsTheConnection() {
        int port = start(builder().tokens(TokenConfig.DEFAULT.withSkew(Duration.ZERO)));
        String brief = Tokens.lasting("alice", Duration.ofSeconds(2));

        try (Client alice = Client.connect(port, Map.of("token", brief));
                Client other = Client.connect(port, Map.of("token", brief))) {
            String socketId = alice.next("connected").at("/user/socketId").asText();
            JsonNode answer = alice.ask("authenticate", "{'token':'" + Tokens.of("alice") + "'}");
            assertThat(answer.at("/user/socketId").asText()).isEqualTo(socketId);
            other.next("disconnect");
            assertThat(alice.ask("ping").has("timestamp")).isTrue();
            assertThat(scarfall.sessionCount()).isEqualTo(1);
        }
    }

    @Test
    void aTokenOfAnotherUserChangesNothing() {
        int port = start();

        try (Client alice = Client.user(port, "alice");
                Client bob = Client.user(port, "bob")) {
            JsonNode answer = alice.ask("authenticate", "{'token':'" + Tokens.of("eve") + "'}");
            assertThat(answer.at("/status").asText()).isEqualTo("error");
            assertThat(answer.at("/code").asText()).isEqualTo("subject_mismatch");

            alice.send("still me", "bob", "eve");
            assertThat(bob.next("message").at("/senderId").asText()).isEqualTo("alice");
        }
    }

    @Test
    void aTokenVerifierOfAnEmbedderDecides() {
        TokenVerifier verifier = token -> switch (token) {
            case "sync" -> CompletableFuture.completedFuture(new Identity("alice", null, null, Instant.MAX));
            case "async" -> CompletableFuture.supplyAsync(() -> new Identity("alice", null, null, Instant.MAX));
            case "long" -> CompletableFuture.completedFuture(new Identity("x".repeat(129), null, null, Instant.MAX));
            case "later" ->
                CompletableFuture.failedFuture(new TokenRefusedException("keys_missing", "keys are missing", true));
            case "thrown" -> throw new IllegalStateException("secret " + token);
            case "nothing" -> null;
            case "nobody" -> CompletableFuture.completedFuture(null);
            default ->
                CompletableFuture.supplyAsync(() -> {
                    throw new IllegalStateException("secret " + token);
                });
        };
        int port = start(Scarfall.builder().tokenVerifier(verifier));

        for (String token : List.of("sync", "async")) {
            try (Client alice = Client.connect(port, Map.of("token", token))) {
                assertThat(alice.next("connected").at("/user/email").isNull()).isTrue();
            }
        }
        assertThat(refusal(port, "long")).isEqualTo(Client.parse("{'code':'invalid_token','retry':false}"));
        assertThat(refusal(port, "later")).isEqualTo(Client.parse("{'code':'keys_missing','retry':true}"));
        assertThat(refusal(port, "thrown")).isEqualTo(Client.parse("{'code':'unavailable','retry':true}"));
        assertThat(refusal(port, "nothing")).isEqualTo(Client.parse("{'code':'unavailable','retry':true}"));
        assertThat(refusal(port, "nobody")).isEqualTo(Client.parse("{'code':'unavailable','retry':true}"));
        assertThat(refusal(port, "other")).isEqualTo(Client.parse("{'code':'unavailable','retry':true}"));
    }

    private static JsonNode refusal(int port, String token) {
        try (Client client = Client.connect(port, Map.of("token", token))) {
            return client.next("connect_error").at("/data");
        }
    }
}
