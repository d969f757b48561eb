package io.scarfall.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.scarfall.gateway.RateLimits.Mode;
import io.scarfall.socketio.Namespace;
import io.socket.client.IO;
import io.socket.client.Manager;
import io.socket.client.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.json.JSONObject;
import org.junit.jupiter.api.Test;

/**
 * Rate limits of users, as clients see them. Tests that exceed a rate use 1 a second, so the clock of the test determines what
 * is refilled while it runs.
 */
class LimitsTest extends OneNode {
    private static final int CONNECT = 5;
    private static final String RATES = "scarfall.limits{limit=rates}";
    private static final String REFUSALS = "scarfall.limits{limit=refusals}";

    private final RecordingMetrics metrics = new RecordingMetrics();
    private int port;

    private ScarfallBuilder builder() {
        return onFreePorts().metrics(metrics);
    }

    private void start(ScarfallBuilder builder) {
        scarfall = builder.start();
        port = scarfall.userPort();
    }

    private void start(RateLimits limits) {
        start(builder().limits(LimitConfig.DEFAULT.withRates(limits)));
    }

    private static RateLimits session(int burst) {
        return RateLimits.DEFAULT.withSession(1, burst);
    }

    private static List<JsonNode> answers(List<CompletableFuture<JsonNode>> asked) {
        List<JsonNode> answers = new ArrayList<>();
        for (CompletableFuture<JsonNode> one : asked) {
            assertThat(one).succeedsWithin(Client.PATIENCE);
            answers.add(one.join());
        }
        return answers;
    }

    private static List<JsonNode> ask(Client client, int times, String event, String... json) {
        return answers(IntStream.range(0, times)
                .mapToObj(i -> client.asking(event, json))
                .toList());
    }

    private static boolean isLimited(JsonNode answer) {
        return answer.at("/code").asText().equals("rate_limited");
    }

    private static long passed(List<JsonNode> answers) {
        return answers.stream().filter(answer -> !isLimited(answer)).count();
    }

    /** The number of events that a rate of 1 a second may have accepted since a time, with this many at once. */
    private static long atMost(int atOnce, long sinceNanos) {
        return atOnce + TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - sinceNanos) + 1;
    }

    private void expectEcho(String user) {
        try (Client neighbour = Client.user(port, user)) {
            expectEcho(neighbour);
        }
    }

    private static void expectEcho(Client client) {
        assertThat(client.ask("ping").has("timestamp")).isTrue();
    }

    @Test
    void aSessionAboveTheRateGetsTheTimeToWait() {
        start(session(20));
        long since = System.nanoTime();
        try (Client alice = Client.user(port, "alice");
                Client bob = Client.user(port, "bob")) {
            List<JsonNode> answers = ask(alice, 30, "ping");

            assertThat(passed(answers)).isBetween(20L - CONNECT, atMost(20 - CONNECT, since));
            JsonNode refused = answers.get(29);
            assertThat(refused.at("/status").asText()).isEqualTo("error");
            assertThat(refused.at("/error").asText()).isEqualTo("too many events");
            assertThat(refused.at("/code").asText()).isEqualTo("rate_limited");
            assertThat(refused.at("/retryAfterMs").asLong()).isBetween(1L, 1_000L);
            assertThat(refused).hasSize(4);
            assertThat(metrics.count(RATES)).isEqualTo(30 - passed(answers));
            expectEcho(bob);
            await().atMost(Client.PATIENCE).pollInterval(Duration.ofMillis(200)).untilAsserted(() -> expectEcho(alice));
            assertThat(metrics.count(REFUSALS)).isZero();
        }
    }

    @Test
    void aRefusedEventHasNoEffect() {
        AtomicInteger handled = new AtomicInteger();
        start(builder()
                .limits(LimitConfig.DEFAULT.withRates(session(20)))
                .on("count", (user, arguments) -> handled.incrementAndGet()));
        try (Client alice = Client.user(port, "alice")) {
            long passed = passed(ask(alice, 30, "count"));

            assertThat(passed).isLessThan(30);
            assertThat(handled).hasValue((int) passed);
            assertThat(metrics.count("scarfall.events{port=users,event=count}")).isEqualTo(30);
        }
    }

    @Test
    void theAckOfARefusedMessageHasTheUsualShape() {
        start(session(20));
        try (Client alice = Client.user(port, "alice");
                Client bob = Client.user(port, "bob")) {
            List<JsonNode> answers = ask(alice, 30, "send_message", Client.message("x", "bob"));

            JsonNode refused = answers.get(29);
            assertThat(refused.at("/status").asText()).isEqualTo("error");
            assertThat(refused.at("/code").asText()).isEqualTo("rate_limited");
            assertThat(refused.at("/recipients")).isEqualTo(Client.parse("{'total':0,'sent':[],'failed':[]}"));
            assertThat(refused.at("/timestamp").asText()).isNotEmpty();
            assertThat(refused.at("/retryAfterMs").asLong()).isBetween(1L, 1_000L);
            expectEcho(bob);
            assertThat(bob.received("message")).hasSize((int) passed(answers));
        }
    }

    @Test
    void recipientsAreChargedWhenTheMessageHasBeenRead() {
        start(session(600));
        String[] many = IntStream.range(0, 1_000).mapToObj(i -> "u" + i).toArray(String[]::new);
        try (Client alice = Client.user(port, "alice")) {
            assertThat(alice.send("x", many).at("/code").asText()).isEqualTo("not_delivered");
            JsonNode refused = alice.send("x", many);
            assertThat(refused.at("/code").asText()).isEqualTo("rate_limited");
            assertThat(refused.at("/retryAfterMs").asLong()).isBetween(300_000L, 410_000L);
            assertThat(refused.at("/recipients/total").asInt()).isZero();
            expectEcho(alice);
            assertThat(metrics.count(RATES)).isEqualTo(1);
        }
    }

    @Test
    void theDefaultsAllowMessagesToAThousandUsersAndABurstOfChat() {
        start(RateLimits.DEFAULT);
        String[] many = IntStream.range(0, 1_000).mapToObj(i -> "u" + i).toArray(String[]::new);
        try (Client alice = Client.user(port, "alice")) {
            List<JsonNode> large = ask(alice, 3, "send_message", Client.message("x", many));
            List<JsonNode> small = ask(alice, 400, "ping");

            assertThat(passed(large)).isEqualTo(3);
            assertThat(passed(small)).isEqualTo(400);
            assertThat(metrics.count(RATES)).isZero();
        }
    }

    @Test
    void sessionsOfOneUserShareABudget() {
        start(RateLimits.DEFAULT.withUser(1, 20).withCost(RateLimits.CONNECT, 0)); // joining is charged to the user too
        long since = System.nanoTime();
        try (Client phone = Client.user(port, "alice");
                Client laptop = Client.user(port, "alice");
                Client bob = Client.user(port, "bob")) {
            List<JsonNode> answers = new ArrayList<>(ask(phone, 15, "ping"));
            answers.addAll(ask(laptop, 15, "ping"));

            assertThat(passed(answers)).isBetween(20L, atMost(20, since));
            expectEcho(bob);
        }
    }

    /** Uses polling, because the Java client does not notice that the server closed a WebSocket. */
    @Test
    void aSessionThatKeepsExceedingTheRateIsClosedAndOthersContinue() {
        start(session(20));
        IO.Options options = options(Map.of("token", Tokens.of("alice")));
        options.transports = new String[] {"polling"};
        try (Client alice = Client.connect(port, "/", options);
                Client bob = Client.user(port, "bob")) {
            alice.next("connected");
            IntStream.range(0, 500).forEach(i -> alice.emit("ping"));

            assertThat(alice.next("disconnect").asText()).startsWith("transport ");
            expectEcho(bob);
            assertThat(metrics.count(REFUSALS)).isEqualTo(1);
            assertThat(metrics.count("scarfall.closes{port=users,reason=forced_close}"))
                    .isEqualTo(1);
            expectEcho("alice");
        }
    }

    @Test
    void inCountModeEventsAreCountedAndNotRefused() {
        start(session(20).with(Mode.COUNT));
        try (Client alice = Client.user(port, "alice")) {
            List<JsonNode> answers = ask(alice, 200, "ping");

            assertThat(passed(answers)).isEqualTo(200);
            assertThat(metrics.count(RATES)).isBetween(100L, 185L);
            assertThat(metrics.count(REFUSALS)).isZero();
        }
    }

    @Test
    void offTurnsRatesOff() {
        start(session(1).with(Mode.OFF));
        try (Client alice = Client.user(port, "alice")) {
            assertThat(passed(ask(alice, 200, "ping"))).isEqualTo(200);
            assertThat(metrics.count(RATES)).isZero();
        }
    }

    /** One connection with the manager of the official client, so that its namespaces share a session. */
    private Manager manager(Map<String, String> auth) {
        Manager.Options options = new Manager.Options();
        options.transports = new String[] {"websocket"};
        options.reconnection = false;
        options.auth = auth;
        return new Manager(URI.create("http://127.0.0.1:" + port), options);
    }

    /** Joins with a manager. Returns {@code ""}, or the error code. */
    private static String join(Manager manager, String namespace, Map<String, String> auth) throws Exception {
        IO.Options options = new IO.Options();
        options.auth = auth;
        return connect(manager.socket(namespace, options));
    }

    private static String connect(Socket socket) throws Exception {
        BlockingQueue<String> outcome = new LinkedBlockingQueue<>();
        socket.on(Socket.EVENT_CONNECT, args -> outcome.add(""));
        socket.on(
                Socket.EVENT_CONNECT_ERROR,
                args -> outcome.add(
                        args[0] instanceof JSONObject error
                                ? error.optJSONObject("data").optString("code")
                                : String.valueOf(args[0])));
        socket.connect();
        String first = outcome.poll(Client.PATIENCE.toSeconds(), TimeUnit.SECONDS);
        assertThat(first).isNotNull();
        socket.off();
        return first;
    }

    @Test
    void allNamespacesOfASessionShareABudget() throws Exception {
        start(builder()
                .limits(LimitConfig.DEFAULT.withRates(session(3 * CONNECT + 10)))
                .namespace(Namespace.builder("/own")
                        .on("x", (socket, arguments) -> "x")
                        .build())
                .authenticatedNamespace("/staff", table -> table.on("y", (socket, arguments) -> "y")));
        Map<String, String> auth = Map.of("token", Tokens.of("alice"));
        long since = System.nanoTime();
        Manager manager = manager(auth);
        Socket own = manager.socket("/own");
        Socket staff = manager.socket("/staff", options(auth));
        assertThat(connect(own)).isEmpty();
        assertThat(connect(staff)).isEmpty();
        assertThat(join(manager, "/", auth)).isEmpty();

        List<CompletableFuture<JsonNode>> asked = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            asked.add(asking(own, "x"));
            asked.add(asking(staff, "y"));
        }
        assertThat(passed(answers(asked))).isBetween(10L, atMost(10, since));
        assertThat(join(manager, "/none", auth)).isEqualTo("rate_limited");
        expectEcho("bob");
        own.disconnect();
        staff.disconnect();
        manager.socket("/").disconnect();
    }

    private static IO.Options options(Map<String, String> auth) {
        IO.Options options = new IO.Options();
        options.auth = auth;
        return options;
    }

    private static CompletableFuture<JsonNode> asking(Socket socket, String event) {
        CompletableFuture<JsonNode> answer = new CompletableFuture<>();
        socket.emit(event, new Object[0], (io.socket.client.Ack) args -> answer.complete(
                Client.parse(args[0] instanceof JSONObject ? args[0].toString() : "'" + args[0] + "'")));
        return answer;
    }

    @Test
    void tooManyBadTokensInARowCloseTheConnection() {
        start(builder().limits(LimitConfig.DEFAULT.withMaxFailedAuthentications(3)));
        try (Client mallory = Client.connect(port).joined();
                Client bob = Client.user(port, "bob")) {
            List<JsonNode> answers = ask(mallory, 3, "authenticate", "{'token':'x.y.z'}");

            assertThat(answers)
                    .allSatisfy(
                            answer -> assertThat(answer.at("/code").asText()).isEqualTo("invalid_token"));
            assertThat(mallory.next("disconnect").asText()).isEqualTo("io server disconnect");
            expectEcho(bob);
            assertThat(metrics.count("scarfall.limits{limit=failed_authentications}"))
                    .isEqualTo(1);
            assertThat(metrics.count("scarfall.authentications{port=users,result=invalid_token}"))
                    .isEqualTo(3);
        }
    }

    @Test
    void aGoodTokenResetsTheCountOfBadOnes() {
        start(builder().limits(LimitConfig.DEFAULT.withMaxFailedAuthentications(3)));
        try (Client alice = Client.connect(port).joined()) {
            for (int i = 0; i < 3; i++) {
                ask(alice, 2, "authenticate", "{'token':'x.y.z'}");
                assertThat(alice.ask("authenticate", "{'token':'" + Tokens.of("alice") + "'}")
                                .has("user"))
                        .isTrue();
            }
            expectEcho(alice);
            assertThat(metrics.count("scarfall.authentications{port=users,result=accepted}"))
                    .isEqualTo(3);
        }
    }

    @Test
    void badTokensInConnectCountToo() throws Exception {
        start(builder()
                .limits(LimitConfig.DEFAULT.withMaxFailedAuthentications(3))
                .namespace(Namespace.builder("/own").build()));
        Map<String, String> bad = Map.of("token", "x.y.z");
        Manager manager = manager(bad);
        CompletableFuture<String> closed = new CompletableFuture<>();
        Socket own = manager.socket("/own");
        assertThat(connect(own)).isEmpty();
        own.on(Socket.EVENT_DISCONNECT, args -> closed.complete(String.valueOf(args[0])));
        Socket socket = manager.socket("/", options(bad));

        for (int i = 0; i < 3; i++) {
            assertThat(closed).isNotDone();
            assertThat(connect(socket)).isEqualTo("invalid_token");
        }

        assertThat(closed).succeedsWithin(Client.PATIENCE).isEqualTo("io server disconnect");
    }

    @Test
    void servicesHaveALimitForBadKeysButNoRates() {
        start(builder()
                .serviceKeys("orders:a-very-long-key-of-the-orders")
                .limits(LimitConfig.DEFAULT.withRates(session(10)).withMaxFailedAuthentications(3)));
        int internal = scarfall.internalPort();
        Map<String, String> credentials =
                Map.of("serviceName", "orders", "serviceKey", "a-very-long-key-of-the-orders");
        try (Client mallory = Client.connect(internal).joined();
                Client orders = Client.connect(internal, credentials).joined()) {
            String guess = "{'serviceName':'orders','serviceKey':'guess'}";
            assertThat(ask(mallory, 3, "authenticate_service", guess))
                    .allSatisfy(
                            answer -> assertThat(answer.at("/code").asText()).isEqualTo("invalid_service_key"));
            mallory.next("disconnect");

            List<JsonNode> answers = ask(orders, 300, "send_message", Client.message("x", "nobody"));
            assertThat(passed(answers)).isEqualTo(300);
            assertThat(metrics.count("scarfall.authentications{port=internal,result=invalid_service_key}"))
                    .isEqualTo(3);
            assertThat(metrics.count("scarfall.authentications{port=internal,result=accepted}"))
                    .isEqualTo(1);
        }
    }

    @Test
    void aSessionAboveTheLimitOfAUserIsRefusedAndTheOthersContinue() {
        start(builder().limits(LimitConfig.DEFAULT.withMaxSessionsPerUser(2)));
        Map<String, String> auth = Map.of("token", Tokens.of("alice"));
        String token = "{'token':'" + Tokens.of("alice") + "'}";
        try (Client first = Client.user(port, "alice");
                Client second = Client.connect(port).joined();
                Client third = Client.connect(port).joined()) {
            assertThat(second.ask("authenticate", token).has("user")).isTrue();
            JsonNode refused = third.ask("authenticate", token);
            assertThat(refused.at("/code").asText()).isEqualTo("too_many_sessions");
            assertThat(refused.at("/retry").asBoolean()).isTrue();
            assertThat(third.ask("ping").at("/code").asText()).isEqualTo("unauthenticated");
            try (Client fourth = Client.connect(port, auth)) {
                assertThat(fourth.next("connect_error").at("/data"))
                        .isEqualTo(Client.parse("{'code':'too_many_sessions','retry':true}"));
            }
            assertThat(second.ask("authenticate", token).has("user"))
                    .as("a renewal")
                    .isTrue();
            expectEcho(first);
            expectEcho("bob");
            assertThat(metrics.count("scarfall.limits{limit=sessions_per_user}"))
                    .isEqualTo(2);

            first.leave();
            await().atMost(Client.PATIENCE)
                    .untilAsserted(
                            () -> assertThat(third.ask("authenticate", token).has("user"))
                                    .isTrue());
        }
    }
}
