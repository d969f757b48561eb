package io.scarfall.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.scarfall.engineio.Bytes;
import io.scarfall.engineio.HttpReply;
import io.scarfall.presence.PresenceSettings;
import io.scarfall.presence.memory.MemoryCluster;
import io.scarfall.testing.Answers;
import io.socket.client.IO;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Health checks of a gateway, and its drain. */
class HealthTest extends OneNode {

    private static final Duration LONG = Duration.ofSeconds(50);

    private final HttpClient http = HttpClient.newHttpClient();
    private final FaultyCluster cluster = new FaultyCluster(MemoryCluster.builder()
            .settings(PresenceSettings.DEFAULTS.withLease(Duration.ofMillis(100), Duration.ofMillis(1000)))
            .build());

    private static ScarfallBuilder builder() {
        return onFreePorts().host("127.0.0.1");
    }

    /** Uses polling, because the WebSocket of this client notices a close by the server only after a minute. */
    private static Client connect(int port, Map<String, String> auth) {
        IO.Options options = new IO.Options();
        options.auth = auth;
        options.transports = new String[] {"polling"};
        return Client.connect(port, "/", options).joined();
    }

    private Client user(String userId) {
        return connect(scarfall.userPort(), Map.of("token", Tokens.of(userId)));
    }

    /** A client between two polls gets an error instead of the close. It reconnects too. */
    private static void assertLostItsTransport(Client client) {
        assertThat(client.next("disconnect").asText()).isIn("transport close", "transport error");
    }

    private HttpResponse<String> get(int port, String path) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(Client.PATIENCE)
                .build();
        return http.send(request, HttpResponse.BodyHandlers.ofString());
    }

    private String brief(int port, String path) {
        try {
            HttpResponse<String> response = get(port, path);
            return response.statusCode() + " " + response.body();
        } catch (ConnectException e) {
            return "not listening";
        } catch (IOException e) {
            return "no answer";
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void bothPortsReportHealthWithoutAKeyAndWithoutCaching() throws Exception {
        scarfall = builder().serviceKeys("billing:Wv7Kp2Zt9Qx4Ls6N").start();
        for (int port : new int[] {scarfall.userPort(), scarfall.internalPort()}) {
            for (String path : new String[] {"/healthz", "/readyz"}) {
                HttpResponse<String> response = get(port, path);
                assertThat(response.statusCode()).isEqualTo(200);
                assertThat(response.body()).isEqualTo("{\"status\":\"ok\"}");
                assertThat(response.headers().firstValue("Content-Type")).hasValue("application/json");
                assertThat(response.headers().firstValue("Cache-Control")).hasValue("no-store");
                assertThat(response.headers().firstValue("X-Content-Type-Options"))
                        .hasValue("nosniff");
            }
            assertThat(brief(port, "/healthz/")).startsWith("404");
        }
    }

    @Test
    void anEmbedderMayAnswerInstead() {
        scarfall = builder()
                .healthRoutes(false)
                .httpRoutes(request -> CompletableFuture.completedFuture(
                        new HttpReply(200, "text/plain", Bytes.utf8("own " + request.path()))))
                .start();
        assertThat(brief(scarfall.userPort(), "/healthz")).isEqualTo("200 own /healthz");
        assertThat(brief(scarfall.internalPort(), "/healthz")).startsWith("404");
    }

    @Test
    void withAnUnreachableStoreTheNodeIsHealthyButNotReady() {
        scarfall = builder().cluster(cluster).start();
        int port = scarfall.userPort();
        assertThat(brief(port, "/readyz")).startsWith("200");
        cluster.down = true;
        Awaitility.await()
                .untilAsserted(() -> assertThat(brief(port, "/readyz"))
                        .isEqualTo("503 {\"status\":\"unavailable\",\"reason\":\"the store cannot be reached\"}"));
        assertThat(brief(port, "/healthz")).isEqualTo("200 {\"status\":\"ok\"}");
        cluster.down = false;
        Awaitility.await()
                .untilAsserted(() -> assertThat(brief(port, "/readyz")).isEqualTo("200 {\"status\":\"ok\"}"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/healthz", "/readyz"})
    void duringTheDrainDelayTheNodeServesAndReportsDraining(String path) {
        scarfall = builder().start();
        try (Client alice = user("alice")) {
            CompletableFuture<Void> drain = Answers.aside(() -> scarfall.drain(LONG, LONG));
            Awaitility.await()
                    .untilAsserted(() -> assertThat(brief(scarfall.internalPort(), path))
                            .isEqualTo("503 {\"status\":\"unavailable\",\"reason\":\"draining\"}"));
            try (Client bob = user("bob")) {
                assertThat(alice.send("hello", "bob").at("/status").asText()).isEqualTo("sent");
                assertThat(bob.next("message").at("/message").asText()).isEqualTo("hello");
            }
            assertThat(drain).isNotDone();
            scarfall.close(); // ends the drain delay
            assertLostItsTransport(alice);
            Awaitility.await().until(drain::isDone);
            assertThat(drain).isCompleted();
        }
    }

    @Test
    void aDrainClosesTransportsAndWritesPresence() {
        scarfall = builder().cluster(cluster).start();
        int port = scarfall.userPort();
        try (Client alice = user("alice");
                Client service = connect(scarfall.internalPort(), Map.of())) {
            scarfall.drain(Duration.ZERO, LONG, Duration.ZERO);
            assertLostItsTransport(alice);
            assertLostItsTransport(service);
            assertThat(brief(port, "/healthz")).isEqualTo("not listening");
            assertThat(cluster.presence().count().toCompletableFuture().join()).isZero();
        }
    }

    @Test
    void anUnreachableStoreDelaysADrainNoLongerThanItsTimeout() {
        scarfall = builder().cluster(cluster).start();
        try (Client alice = user("alice")) {
            cluster.down = true;
            long start = System.nanoTime();
            scarfall.drain(Duration.ZERO, Duration.ofMillis(500));
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
            assertLostItsTransport(alice);
        }
    }
}
