package io.scarfall.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.fasterxml.jackson.databind.JsonNode;
import io.scarfall.engineio.Bytes;
import io.scarfall.engineio.HttpReply;
import io.scarfall.presence.Friend;
import io.scarfall.presence.Page;
import io.scarfall.presence.Roster;
import io.scarfall.socketio.Namespace;
import io.scarfall.socketio.ParentNamespace;
import io.socket.client.IO;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** A back end embeds a gateway and extends it. */
class EmbeddingTest extends OneNode {
    private record Order(int number, String note) {}

    @Test
    void customEventsGetTheAuthenticatedUser() {
        scarfall = onFreePorts()
                .on("order", Order.class, (user, order) -> {
                    user.socket().emit("ordered", order.number());
                    return Map.of("by", user.identity().userId(), "note", order.note());
                })
                .on(
                        "whereabouts",
                        String.class,
                        (user, friend) -> user.presence()
                                .status(List.of(friend))
                                .thenApply(status -> status.get(friend).status().word()))
                .on("bare", (user, arguments) -> arguments.size())
                .on("broken", (user, arguments) -> {
                    throw new IllegalStateException("broken");
                })
                .start();

        try (Client alice = Client.user(scarfall.userPort(), "alice");
                Client anonymous = Client.connect(scarfall.userPort()).joined()) {
            assertThat(alice.ask("order", "{'number':7,'note':'x'}"))
                    .isEqualTo(Client.parse("{'by':'alice','note':'x'}"));
            assertThat(alice.next("ordered").asInt()).isEqualTo(7);
            assertThat(alice.ask("whereabouts", "'alice'").asText()).isEqualTo("online");
            assertThat(alice.ask("whereabouts", "'bob'").asText()).isEqualTo("offline");
            assertThat(alice.ask("order", "'x'").at("/code").asText()).isEqualTo("invalid");
            assertThat(alice.ask("order").at("/code").asText()).isEqualTo("invalid");
            assertThat(alice.ask("order", "null").at("/code").asText()).isEqualTo("invalid");
            assertThat(alice.ask("bare").asInt()).isZero();
            assertThat(alice.ask("bare", "1", "{}").asInt()).isEqualTo(2);
            assertThat(alice.ask("broken").at("/code").asText()).isEqualTo("internal");
            assertThat(anonymous.ask("order", "{'number':7}").at("/code").asText())
                    .isEqualTo("unauthenticated");
        }
    }

    @Test
    void customEventsMayBlock() {
        CountDownLatch go = new CountDownLatch(1);
        scarfall = onFreePorts()
                .onBlocking("slow", Integer.class, (user, number) -> {
                    go.await();
                    return Thread.currentThread().getName().startsWith("scarfall-blocking") ? number : -1;
                })
                .start();

        try (Client alice = Client.user(scarfall.userPort(), "alice")) {
            List<CompletableFuture<JsonNode>> answers =
                    List.of(alice.asking("slow", "1"), alice.asking("slow", "2"), alice.asking("slow", "3"));
            assertThat(alice.ask("ping").has("timestamp")).isTrue();
            assertThat(answers).noneMatch(CompletableFuture::isDone);
            go.countDown();
            for (int i = 0; i < answers.size(); i++) {
                assertThat(answers.get(i)
                                .orTimeout(20, java.util.concurrent.TimeUnit.SECONDS)
                                .join()
                                .asInt())
                        .isEqualTo(i + 1);
            }
        }
    }

    @Test
    void eventsOfTheGatewayCannotBeReplaced() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> onFreePorts()
                        .on("send_message", String.class, (user, text) -> null)
                        .start())
                .withMessageContaining("send_message");
    }

    @Test
    void namespacesAreAddedAndRemovedBeforeTheStartAndAfterIt() {
        Namespace early = Namespace.builder("/early")
                .on("hello", (socket, none) -> "early")
                .build();
        Namespace late =
                Namespace.builder("/late").on("hello", (socket, none) -> "late").build();
        scarfall = onFreePorts()
                .limits(LimitConfig.DEFAULT.withRates(RateLimits.parse("session=1/15, hello=8")))
                .build();
        scarfall.addNamespace(early);
        scarfall.addNamespace(new ParentNamespace(
                Pattern.compile("/tenant-\\d+"),
                name -> scarfall.authenticatedNamespace(
                        name,
                        table -> table.on(
                                "who",
                                (socket, none) ->
                                        name + " " + Identity.of(socket).userId()))));
        assertThatIllegalStateException()
                .isThrownBy(() -> scarfall.authenticatedNamespace("/staff", table -> {}))
                .withMessageContaining("not started");
        scarfall.start();
        IO.Options alice = new IO.Options();
        alice.auth = Map.of("token", Tokens.of("alice"));

        try (Client client = Client.connect(scarfall.userPort(), "/early", new IO.Options());
                Client tenant = Client.connect(scarfall.userPort(), "/tenant-7", alice);
                Client without = Client.connect(scarfall.userPort(), "/tenant-7", new IO.Options());
                Client tooEarly = Client.connect(scarfall.userPort(), "/late", new IO.Options())) {
            assertThat(client.joined().ask("hello").asText()).isEqualTo("early");
            assertThat(tenant.joined().ask("who").asText()).isEqualTo("/tenant-7 alice");
            assertThat(without.next("connect_error").at("/data/code").asText()).isEqualTo("token_required");
            assertThat(tooEarly.next("connect_error").at("/message").asText()).isEqualTo("Invalid namespace");

            assertThat(scarfall.removeNamespace(early)).isTrue();
            client.next("disconnect");
        }
        scarfall.addNamespace(late);
        assertThatIllegalStateException().isThrownBy(() -> scarfall.addNamespace(late));
        try (Client client = Client.connect(scarfall.userPort(), "/late", new IO.Options())) {
            assertThat(client.joined().ask("hello").asText()).isEqualTo("late");
            assertThat(client.ask("hello").at("/code").asText())
                    .as("its configured cost of 8 applies")
                    .isEqualTo("rate_limited");
        }
    }

    @Test
    void customNamespacesMayRequireAToken() {
        scarfall = onFreePorts()
                .namespace(Namespace.builder("/open")
                        .on("hello", String.class, (socket, name) -> "hello " + name)
                        .build())
                .authenticatedNamespace(
                        "/staff",
                        table -> table.on(
                                "who", (socket, none) -> Identity.of(socket).userId()))
                .tokens(TokenConfig.DEFAULT.withSkew(Duration.ZERO))
                .start();
        IO.Options alice = new IO.Options();
        alice.auth = Map.of("token", Tokens.of("alice"));
        IO.Options brief = new IO.Options();
        brief.auth = Map.of("token", Tokens.lasting("bob", Duration.ofSeconds(2)));
        IO.Options bad = new IO.Options();
        bad.auth = Map.of("token", "x");

        try (Client open = Client.connect(scarfall.userPort(), "/open", new IO.Options())
                        .joined();
                Client staff =
                        Client.connect(scarfall.userPort(), "/staff", alice).joined();
                Client soonOver =
                        Client.connect(scarfall.userPort(), "/staff", brief).joined();
                Client without = Client.connect(scarfall.userPort(), "/staff", new IO.Options());
                Client refused = Client.connect(scarfall.userPort(), "/staff", bad)) {
            assertThat(open.ask("hello", "'x'").asText()).isEqualTo("hello x");
            assertThat(staff.ask("who").asText()).isEqualTo("alice");
            assertThat(without.next("connect_error").at("/data/code").asText()).isEqualTo("token_required");
            assertThat(refused.next("connect_error").at("/data/code").asText()).isEqualTo("invalid_token");
            soonOver.next("disconnect");
            assertThat(staff.ask("who").asText()).isEqualTo("alice");
            assertThat(scarfall.presence().count().toCompletableFuture().join()).isZero();
        }
    }

    private record Tag(String name) {}

    @Test
    void theLibrarySendsToUsers() {
        scarfall = onFreePorts()
                .delivery(DeliveryConfig.DEFAULT.withMaxRecipients(3).withMaxMetadataBytes(100))
                .start();

        try (Client alice = Client.user(scarfall.userPort(), "alice");
                Client anonymous = Client.connect(scarfall.userPort()).joined()) {
            Delivery delivery = scarfall.delivery()
                    .sendMessage(List.of("alice", "bob", "alice"), "hi", new Tag("x"))
                    .toCompletableFuture()
                    .join();
            assertThat(delivery.isSent()).isTrue();
            assertThat(delivery.total()).isEqualTo(2);
            assertThat(delivery.sent()).containsExactly("alice");
            assertThat(delivery.failed()).containsExactly("bob");
            assertThat(delivery.uncertain()).isEmpty();
            assertThat(delivery.partial()).isEmpty();
            JsonNode message = alice.next("message");
            assertThat(message.at("/metadata")).isEqualTo(Client.parse("{'source':'internal_service','name':'x'}"));
            assertThat(message.at("/messageId").asText()).isEqualTo(delivery.messageId());
            assertThat(message.at("/timestamp").asText())
                    .isEqualTo(delivery.timestamp()
                            .truncatedTo(java.time.temporal.ChronoUnit.MILLIS)
                            .toString());

            assertThat(scarfall.delivery()
                            .send(List.of("alice"), "news", Map.of("n", 1), new byte[] {1})
                            .toCompletableFuture()
                            .join()
                            .isSent())
                    .isTrue();
            assertThat(alice.next("news")).isEqualTo(Client.parse("{'n':1}"));
            for (int i = 0; i < 200; i++) {
                scarfall.delivery().sendMessage(List.of("alice"), "" + i, null);
            }
            for (int i = 0; i < 200; i++) {
                assertThat(alice.next("message").at("/message").asText()).isEqualTo("" + i);
            }
            assertThat(anonymous.received("message")).isEmpty();
            assertThat(scarfall.delivery().send(List.of("alice"), "disconnect", "x"))
                    .completesExceptionallyWithin(Client.PATIENCE)
                    .withThrowableOfType(ExecutionException.class)
                    .withMessageContaining("event: disconnect");
            assertInvalid(scarfall.delivery().sendMessage(List.of(), "x", null), "recipients: 0");
            assertInvalid(scarfall.delivery().sendMessage(List.of("a", "b", "c", "d"), "x", null), "recipients: 4");
            assertThat(scarfall.delivery().sendMessage(List.of("a\n", "alice"), "x", null))
                    .succeedsWithin(Client.PATIENCE)
                    .satisfies(mixed -> {
                        assertThat(mixed.sent()).containsExactly("alice");
                        assertThat(mixed.failed()).containsExactly("a\n");
                    });
            assertInvalid(scarfall.delivery().sendMessage(List.of("a"), "x", "text"), "metadata: not an object");
            assertInvalid(
                    scarfall.delivery().sendMessage(List.of("a"), "x", new Tag("x".repeat(100))), "metadata: 111");
        }
    }

    private static void assertInvalid(CompletionStage<Delivery> outcome, String message) {
        assertThatExceptionOfType(CompletionException.class)
                .isThrownBy(() -> outcome.toCompletableFuture().join())
                .withCauseInstanceOf(InvalidMessageException.class)
                .satisfies(e -> assertThat(e.getCause()).hasMessageStartingWith(message));
    }

    @Test
    void aRosterOfTheEmbedderDefinesFriends() {
        scarfall = onFreePorts().roster(new OneFriendship("watcher", "alice")).start();

        try (Client service = Client.connect(scarfall.internalPort()).joined();
                Client watcher = Client.user(scarfall.userPort(), "watcher");
                Client alice = Client.user(scarfall.userPort(), "alice")) {
            assertThat(watcher.next("user_status_update").at("/userId").asText())
                    .isEqualTo("alice");
            assertThat(watcher.ask("get_online_users").at("/users/0/userId").asText())
                    .isEqualTo("alice");
            assertThat(service.ask("add_friend", "{'userId':'a','friend':'b'}")
                            .at("/code")
                            .asText())
                    .isEqualTo("read_only");
            assertThat(alice.ask("get_online_users")).isEqualTo(Client.parse("{'users':[]}"));
        }
    }

    @Test
    void aClosedGatewayNoLongerListensToTheRoster() {
        List<Roster.AddedListener> listeners = new ArrayList<>();
        Roster roster = new Roster() {
            @Override
            public CompletionStage<List<Friend>> friends(String userId) {
                return CompletableFuture.completedFuture(List.of());
            }

            @Override
            public CompletionStage<Page<String>> watchers(String userId, String cursor, int limit) {
                return CompletableFuture.completedFuture(new Page<>(List.of(), null, 0));
            }

            @Override
            public void addListener(AddedListener listener) {
                listeners.add(listener);
            }

            @Override
            public void removeListener(AddedListener listener) {
                listeners.remove(listener);
            }
        };
        Scarfall gateway = onFreePorts().roster(roster).start();
        assertThat(listeners).hasSize(1);
        gateway.close();
        assertThat(listeners).isEmpty();
    }

    private record OneFriendship(String watcher, String watched) implements Roster {
        @Override
        public CompletionStage<List<Friend>> friends(String userId) {
            return CompletableFuture.completedFuture(userId.equals(watcher) ? List.of(Friend.of(watched)) : List.of());
        }

        @Override
        public CompletionStage<Page<String>> watchers(String userId, String cursor, int limit) {
            Collection<String> watchers = userId.equals(watched) ? List.of(watcher) : List.of();
            return CompletableFuture.completedFuture(new Page<>(List.copyOf(watchers), null));
        }
    }

    @Test
    void theEmbedderServesHttpOutsideThePath() throws Exception {
        scarfall = onFreePorts()
                .httpRoutes(request -> request.path().equals("/health")
                        ? CompletableFuture.completedFuture(
                                new HttpReply(200, "text/plain", Bytes.utf8("healthy: " + scarfall.isHealthy())))
                        : null)
                .responseHeaders(response -> response.set("X-Frame-Options", "DENY"))
                .start();

        HttpResponse<String> health = get(scarfall.userPort(), "/health");
        assertThat(health.statusCode()).isEqualTo(200);
        assertThat(health.body()).isEqualTo("healthy: true");
        assertThat(health.headers().firstValue("X-Frame-Options")).hasValue("DENY");
        assertThat(health.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
        assertThat(get(scarfall.userPort(), "/other").statusCode()).isEqualTo(404);
        assertThat(get(scarfall.internalPort(), "/health").statusCode()).isEqualTo(404);
    }

    @Test
    void everyResponseHasSecurityHeaders() throws Exception {
        scarfall = onFreePorts().start();

        for (String path : List.of("/socket.io/?EIO=4&transport=polling", "/socket.io/?transport=x", "/")) {
            HttpResponse<String> response = get(scarfall.userPort(), path);
            assertThat(response.headers().map().keySet())
                    .as(path)
                    .contains(
                            "content-security-policy",
                            "cross-origin-opener-policy",
                            "cross-origin-resource-policy",
                            "origin-agent-cluster",
                            "referrer-policy",
                            "strict-transport-security",
                            "x-content-type-options",
                            "x-dns-prefetch-control",
                            "x-download-options",
                            "x-frame-options",
                            "x-permitted-cross-domain-policies",
                            "x-xss-protection");
        }
    }

    @Test
    void foreignOriginsCannotOpenASession() throws Exception {
        scarfall = onFreePorts().corsOrigins(List.of("https://app.example.com")).start();
        String open = "/socket.io/?EIO=4&transport=polling";

        assertThat(get(scarfall.userPort(), open).statusCode()).isEqualTo(200);
        assertThat(get(scarfall.userPort(), open, "https://app.example.com").statusCode())
                .isEqualTo(200);
        assertThat(get(scarfall.userPort(), open, "http://127.0.0.1:" + scarfall.userPort())
                        .statusCode())
                .isEqualTo(200);
        assertThat(get(scarfall.userPort(), open, "https://evil.example.com").statusCode())
                .isEqualTo(403);
        assertThat(get(scarfall.userPort(), open, "null").statusCode()).isEqualTo(403);
    }

    @Test
    void foreignPagesCannotUseAnInternalGatewayWithoutKeys() throws Exception {
        scarfall = onFreePorts().start();
        String open = "/socket.io/?EIO=4&transport=polling";

        assertThat(get(scarfall.userPort(), open, "https://evil.example.com").statusCode())
                .isEqualTo(200);
        assertThat(get(scarfall.internalPort(), open, "https://evil.example.com")
                        .statusCode())
                .isEqualTo(403);
        assertThat(get(scarfall.internalPort(), open).statusCode()).isEqualTo(200);
        assertThat(get(scarfall.internalPort(), open, "null").statusCode()).isEqualTo(403);
        assertThat(get(scarfall.internalPort(), open, "http://localhost:8080").statusCode())
                .isEqualTo(200);
    }

    private static HttpResponse<String> get(int port, String path, String... origin)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
        if (origin.length > 0) {
            request.header("Origin", origin[0]);
        }
        return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void aPortInUseFailsTheStartAndLeavesNothingRunning() {
        scarfall = onFreePorts().start();

        assertThatExceptionOfType(UncheckedIOException.class)
                .isThrownBy(() ->
                        onFreePorts().internalPort(scarfall.internalPort()).start())
                .withMessageContaining("cannot listen on");
        assertThatExceptionOfType(UncheckedIOException.class)
                .isThrownBy(() -> onFreePorts().port(scarfall.userPort()).start());
    }

    @Test
    void closingTwiceIsAllowed() {
        scarfall = onFreePorts().start();
        scarfall.close();
        scarfall.close();
    }

    @Test
    void aRefusedValueIsNamed() {
        assertRefused("jwtSecret, jwtPublicKey, jwks, tokenVerifier: none", () -> Scarfall.builder());
        assertRefused(
                "jwtSecret, jwtPublicKey, jwks, tokenVerifier: jwtSecret and tokenVerifier",
                () -> onFreePorts().tokenVerifier(token -> null));
        assertRefused(
                "jwtSecret, jwtPublicKey, jwks, tokenVerifier: jwtSecret and jwks",
                () -> onFreePorts().jwks(URI.create("https://issuer.example"), JwtAlgorithm.RS256));
        assertRefused("jwtPublicKey: not a PEM", () -> Scarfall.builder().jwtPublicKey(JwtAlgorithm.RS256, "x"));
        assertRefused(
                "jwtIssuer, jwtAudience: given beside a tokenVerifier",
                () -> Scarfall.builder().tokenVerifier(token -> null).tokens(TokenConfig.DEFAULT.withAudiences("a")));
        assertRefused("jwtIssuer: blank", () -> onFreePorts().tokens(TokenConfig.DEFAULT.withIssuers("")));
        assertRefused("jwtAudience: blank", () -> onFreePorts().tokens(TokenConfig.DEFAULT.withAudiences("a", " ")));
        assertRefused(
                "tokenWarning: PT-1S",
                () -> onFreePorts().tokens(TokenConfig.DEFAULT.withWarning(Duration.ofSeconds(-1))));
        assertRefused("jwtSecret: 5 bytes", () -> onFreePorts().jwtSecret("short"));
        assertRefused("port: -1", () -> onFreePorts().port(-1));
        assertRefused("internalPort: 65536", () -> onFreePorts().internalPort(65_536));
        assertRefused("internalPort: 5000", () -> onFreePorts().port(5000).internalPort(5000));
        assertRefused("path: socket.io", () -> onFreePorts().path("socket.io"));
        assertRefused("origins: ", () -> onFreePorts().corsOrigins(List.of("*", "https://a.example")));
        assertRefused("pingInterval: PT0S", () -> onFreePorts().pingInterval(Duration.ZERO));
        assertRefused("pingTimeout: PT-1S", () -> onFreePorts().pingTimeout(Duration.ofSeconds(-1)));
        assertRefused(
                "authTimeout: PT0S",
                () -> onFreePorts().sessions(SessionConfig.DEFAULT.withAuthTimeout(Duration.ZERO)));
        assertRefused(
                "touchInterval: PT0S",
                () -> onFreePorts().sessions(SessionConfig.DEFAULT.withTouchInterval(Duration.ZERO)));
        assertRefused(
                "sessionExpiry: PT10M",
                () -> onFreePorts().sessions(SessionConfig.DEFAULT.withSessionExpiry(Duration.ofMinutes(10))));
        assertRefused(
                "idleTimeout: PT0S",
                () -> onFreePorts().sessions(SessionConfig.DEFAULT.withIdleTimeout(Duration.ZERO)));
        assertRefused(
                "cleanupInterval: PT0S",
                () -> onFreePorts().sessions(SessionConfig.DEFAULT.withCleanupInterval(Duration.ZERO)));
        assertRefused("maxRecipients: 0", () -> onFreePorts().delivery(DeliveryConfig.DEFAULT.withMaxRecipients(0)));
        assertRefused(
                "maxUserIdLength: 0", () -> onFreePorts().delivery(DeliveryConfig.DEFAULT.withMaxUserIdLength(0)));
        assertRefused(
                "maxUserIdLength: 513", () -> onFreePorts().delivery(DeliveryConfig.DEFAULT.withMaxUserIdLength(513)));
        assertRefused(
                "maxMessageBytes: 0", () -> onFreePorts().delivery(DeliveryConfig.DEFAULT.withMaxMessageBytes(0)));
        assertRefused(
                "maxMessageBytes, maxMetadataBytes: 1190000, 65536",
                () -> onFreePorts().delivery(DeliveryConfig.DEFAULT.withMaxMessageBytes(1_190_000)));
        assertRefused(
                "maxMessageBytes, maxMetadataBytes: 1000000, 65536 (expected: with 512 for the event around them at most"
                        + " maxPayloadBytes, 1000)",
                () -> onFreePorts().userEngine(engine -> engine.maxPayloadBytes(1_000)));
        assertRefused(
                "maxMessageBytes, maxMetadataBytes: 1000000, 65536 (expected: with 512 for the event around them at most"
                        + " maxPayloadBytes, 1001)",
                () -> onFreePorts().internalEngine(engine -> engine.maxPayloadBytes(1_001)));
        assertRefused(
                "maxMetadataBytes: -1", () -> onFreePorts().delivery(DeliveryConfig.DEFAULT.withMaxMetadataBytes(-1)));
        assertRefused("maxFanOutBytes: 0", () -> onFreePorts().delivery(DeliveryConfig.DEFAULT.withMaxFanOutBytes(0)));
        assertRefused("maxUnanswered: 0", () -> onFreePorts().delivery(DeliveryConfig.DEFAULT.withMaxUnanswered(0)));
        assertRefused(
                "maxPageSize: 10001", () -> onFreePorts().sessions(SessionConfig.DEFAULT.withMaxPageSize(10_001)));
        assertRefused(
                "answerTimeout: PT0S",
                () -> onFreePorts().delivery(DeliveryConfig.DEFAULT.withAnswerTimeout(Duration.ZERO)));
        assertRefused("skew: PT2M", () -> onFreePorts().tokens(TokenConfig.DEFAULT.withSkew(Duration.ofMinutes(2))));
        assertRefused("nodeName: a b", () -> onFreePorts().nodeName("a b"));
        assertRefused("internalHost: no such host.", () -> onFreePorts().internalHost("no such host."));
    }

    private static void assertRefused(String message, Supplier<ScarfallBuilder> builder) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.get().start())
                .withMessageStartingWith(message)
                .withMessageContaining("(expected: ");
    }
}
