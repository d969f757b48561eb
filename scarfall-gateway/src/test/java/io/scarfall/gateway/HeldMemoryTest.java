package io.scarfall.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.scarfall.engineio.EventLoops;
import io.scarfall.socketio.Namespace;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The memory that a gateway holds for clients before and after they are authenticated, on both ports. */
class HeldMemoryTest {

    private static final String KEY = "hQ7zP2vM9xK4wT6yR1nB8dF3";
    private static final String LARGE = "x".repeat(100_000);
    private static final String HEADER = "451-[\"send_message\",{\"_placeholder\":true,\"num\":0}]";

    private final RecordingMetrics metrics = new RecordingMetrics();
    private @Nullable Scarfall scarfall;

    @AfterEach
    void stop() {
        if (scarfall != null) {
            scarfall.close();
        }
    }

    private Scarfall start(ScarfallBuilder builder) {
        scarfall = builder.jwtSecret(Tokens.SECRET)
                .host("127.0.0.1")
                .port(0)
                .internalPort(0)
                .metrics(metrics)
                .start();
        return scarfall;
    }

    /** The ack of a large event, or the way in which the connection ended. */
    private static String answerToLarge(RawClient client) {
        client.send("427[\"send_message\",{\"recipientIds\":[\"nobody\"],\"message\":\"" + LARGE + "\"}]");
        return next(client, "437", RawClient.CLOSED);
    }

    private static String next(RawClient client, String... prefixes) {
        while (true) {
            String packet = client.next();
            for (String prefix : prefixes) {
                if (packet.startsWith(prefix)) {
                    return packet;
                }
            }
        }
    }

    private static RawClient joined(int port, String auth) {
        RawClient client = new RawClient(port, "", null).send("40" + auth);
        next(client, "40");
        return client;
    }

    private void assertStranger(int port) {
        try (RawClient stranger = joined(port, "")) {
            assertThat(answerToLarge(stranger)).isEqualTo(RawClient.CLOSED);
        } catch (CompletionException e) { // the server closes it before everything was sent
            assertThat(e).hasCauseInstanceOf(IOException.class);
        }
        assertThat(metrics.count("scarfall.limits{limit=untrusted_bytes}")).isEqualTo(1);
    }

    @Test
    void aUserMaySendLargeMessagesOnceAuthenticated() {
        int port = start(Scarfall.builder()).userPort();
        try (RawClient user = joined(port, "{\"token\":\"" + Tokens.of("alice") + "\"}")) {
            assertThat(answerToLarge(user)).startsWith("437");
        }
        try (RawClient user = joined(port, "")) {
            user.send("421[\"authenticate\",{\"token\":\"" + Tokens.of("alice") + "\"}]");
            next(user, "431");
            assertThat(answerToLarge(user)).startsWith("437");
        }
        assertStranger(port);
    }

    @Test
    void aServiceMaySendLargeMessagesOnceItHasSentItsKey() {
        int port = start(Scarfall.builder().serviceKeys("billing:" + KEY)).internalPort();
        try (RawClient service = joined(port, "{\"serviceName\":\"billing\",\"serviceKey\":\"" + KEY + "\"}")) {
            assertThat(answerToLarge(service)).startsWith("437");
        }
        assertStranger(port);
    }

    @Test
    void withoutKeysEveryServiceIsTrusted() {
        try (RawClient service = joined(start(Scarfall.builder()).internalPort(), "")) {
            assertThat(answerToLarge(service)).startsWith("437");
        }
    }

    @Test
    void attachmentsForANamespaceThatWasNotJoinedAreRefusedAtTheirHeader() {
        Scarfall gateway = start(Scarfall.builder());
        for (int port : new int[] {gateway.userPort(), gateway.internalPort()}) {
            try (RawClient stranger = new RawClient(port, "", null).send(HEADER)) {
                next(stranger, RawClient.CLOSED);
            }
            try (RawClient user = joined(port, "")) {
                user.send(HEADER.replace("-", "-/other,"));
                next(user, RawClient.CLOSED);
            }
        }
    }

    @Test
    void aNamespaceOfAnEmbedderMayTrustItsClients() {
        Namespace open = Namespace.builder("/open")
                .onConnect(socket -> socket.trust())
                .on("length", String.class, (socket, text) -> text.length())
                .build();
        int port = start(Scarfall.builder().namespace(open)).userPort();
        try (RawClient client = new RawClient(port, "", null).send("40/open,")) {
            next(client, "40/open");
            client.send("42/open,1[\"length\",\"" + LARGE + "\"]");
            assertThat(next(client, "43", RawClient.CLOSED)).isEqualTo("43/open,1[100000]");
        }
    }

    @Test
    void eventsThatWaitForBlockingHandlersCount() {
        CountDownLatch goesOn = new CountDownLatch(1);
        Scarfall gateway = start(Scarfall.builder().onBlocking("slow", String.class, (call, text) -> {
            goesOn.await();
            return "done";
        }));
        try (RawClient user = joined(gateway.userPort(), "{\"token\":\"" + Tokens.of("alice") + "\"}")) {
            user.send("421[\"slow\",\"" + LARGE + "\"]");
            user.send("422[\"slow\",\"" + LARGE + "\"]");
            await().until(() -> metrics.gauge("scarfall.held.bytes") >= 2 * LARGE.length());
            goesOn.countDown();
            next(user, "432");
            await().until(() -> metrics.gauge("scarfall.held.bytes") == 0);
        }
    }

    @Test
    void aGatewayWithAnEndedEventLoopReportsIt() throws Exception {
        EventLoops loops = EventLoops.start(2);
        try {
            Scarfall gateway = start(Scarfall.builder().eventLoops(loops));
            assertThat(health(gateway).statusCode()).isEqualTo(200);
            CompletableFuture<String> broken = gateway.broken().toCompletableFuture();
            assertThat(broken).isNotDone();
            // Like an error that ends its thread; the other loops continue.
            endOneOf(loops);
            await().until(() -> answersUnavailable(gateway));
            assertThat(broken).isCompletedWithValue("an event loop has ended");
        } finally {
            loops.close();
        }
    }

    private static void endOneOf(EventLoops loops) {
        ScheduledExecutorService loop =
                (ScheduledExecutorService) loops.executors().get(1);
        loop.shutdown();
    }

    /** Connections on the ended loop are reset. All others get a correct answer. */
    private static boolean answersUnavailable(Scarfall gateway) {
        try {
            HttpResponse<String> health = health(gateway);
            assertThat(health.body()).contains("an event loop has ended");
            return health.statusCode() == 503;
        } catch (IOException | InterruptedException e) {
            return false;
        }
    }

    private static HttpResponse<String> health(Scarfall gateway) throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + gateway.userPort() + "/healthz");
        return HttpClient.newHttpClient().send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
    }

    @Test
    void aMessageCountsUntilItsOutcomeIsKnown() {
        Scarfall gateway = start(Scarfall.builder());
        try (RawClient user = joined(gateway.userPort(), "{\"token\":\"" + Tokens.of("alice") + "\"}")) {
            assertThat(answerToLarge(user)).contains("not_delivered");
            await().until(() -> metrics.gauge("scarfall.held.bytes") == 0);
        }
    }

    @Test
    void aMessageWithoutRoomIsRefused() {
        Scarfall gateway = start(
                Scarfall.builder().wire(WireConfig.DEFAULT.withMemory(new MemoryLimits(1_000_000, 1_000_000, 16_384))));
        try (RawClient user = joined(gateway.userPort(), "{\"token\":\"" + Tokens.of("alice") + "\"}")) {
            String larger = LARGE.repeat(4);
            user.send("427[\"send_message\",{\"recipientIds\":[\"nobody\"],\"message\":\"" + larger + "\"}]");
            JsonNode answer = Client.parse(next(user, "437", RawClient.CLOSED).substring(3))
                    .get(0);
            assertThat(answer.get("code").asText()).isEqualTo("overloaded");
        }
        assertThat(metrics.count("scarfall.limits{limit=memory}")).isPositive();
    }
}
