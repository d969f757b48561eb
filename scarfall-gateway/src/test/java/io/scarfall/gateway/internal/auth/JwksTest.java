package io.scarfall.gateway.internal.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import io.scarfall.gateway.JwksConfig;
import io.scarfall.gateway.JwtAlgorithm;
import io.scarfall.gateway.TokenConfig;
import io.scarfall.gateway.TokenRefusedException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Verifies tokens with the keys of a real endpoint that is honest, slow, down or hostile. */
class JwksTest {
    private static final Clock CLOCK = Clock.fixed(Instant.ofEpochSecond(BadTokens.NOW), ZoneOffset.UTC);
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration LONG = Duration.ofHours(1);
    private static final Issuer RSA = Issuer.of(JwtAlgorithm.RS256);
    private static final Issuer P256 = Issuer.of(JwtAlgorithm.ES256);
    private static final Issuer ED25519 = Issuer.of(JwtAlgorithm.EDDSA);

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicInteger requests = new AtomicInteger();
    private final CountDownLatch stop = new CountDownLatch(1);
    private final CapturedLog log = new CapturedLog("io.scarfall.gateway.internal.auth");
    private volatile HttpHandler handler = exchange -> reply(exchange, 404, "");
    private HttpServer server;
    private JwtVerifier verifier;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            requests.incrementAndGet();
            handler.handle(exchange);
        });
        server.start();
    }

    @AfterEach
    void stop() {
        stop.countDown();
        verifier.close();
        server.stop(0);
        threads.shutdownNow();
        log.close();
    }

    private static void reply(HttpExchange exchange, int status, String body) throws IOException {
        try (exchange) {
            byte[] bytes = body.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }

    private void publish(String... jwks) {
        String set = "{'keys':[" + String.join(",", jwks) + "]}";
        handler = exchange -> reply(exchange, 200, set);
    }

    private URI uri() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/keys?secret=hidden");
    }

    private void trust(Duration lifetime, Duration timeout) {
        verifier = JwtVerifier.byJwks(
                new JwksConfig(
                        uri(),
                        Set.of(JwtAlgorithm.values()),
                        lifetime,
                        LONG,
                        Duration.ofMillis(50),
                        timeout,
                        Duration.ZERO),
                TokenConfig.DEFAULT,
                CLOCK);
    }

    private static String header(Issuer issuer, String kid) {
        return "{'alg':'" + issuer.algorithm + "','kid':'" + kid + "'}";
    }

    private static String token(Issuer issuer, String kid) {
        return issuer.sign(header(issuer, kid), BadTokens.GOOD);
    }

    /** The user's id, or the error code. */
    private String verdict(String token) {
        try {
            return verifier.verify(token)
                    .toCompletableFuture()
                    .orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                    .join()
                    .userId();
        } catch (CompletionException e) {
            assertThat(e).hasCauseInstanceOf(TokenRefusedException.class);
            TokenRefusedException refused = (TokenRefusedException) e.getCause();
            boolean mayPass = refused.code().equals(TokenRefusedException.UNAVAILABLE)
                    || refused.code().equals(TokenRefusedException.NOT_YET_VALID);
            assertThat(refused.retry()).isEqualTo(mayPass);
            return refused.code();
        }
    }

    @Test
    void oneFetchVerifiesTokensOfAllAlgorithms() {
        publish(RSA.jwk("'kid':'r',"), P256.jwk("'kid':'p',"), ED25519.jwk("'kid':'e',"));
        trust(LONG, PATIENCE);

        assertThat(verdict(token(RSA, "r"))).isEqualTo("alice");
        assertThat(verdict(token(P256, "p"))).isEqualTo("alice");
        assertThat(verdict(token(ED25519, "e"))).isEqualTo("alice");
        assertThat(verdict(ED25519.sign(BadTokens.GOOD))).isEqualTo("alice");
        assertThat(verdict(P256.sign(header(P256, "p"), "{'sub':'alice','exp':1}")))
                .isEqualTo(TokenRefusedException.EXPIRED);
        assertThat(requests).hasValue(1);
    }

    @Test
    void refusesEveryBadTokenOfEveryAlgorithm() {
        publish(RSA.jwk(""), P256.jwk(""), ED25519.jwk(""), "{'kty':'oct','k':'" + "A".repeat(43) + "'}");
        trust(LONG, PATIENCE);

        for (Issuer issuer : List.of(RSA, P256, ED25519)) {
            assertThat(BadTokens.of(
                            issuer, "http://127.0.0.1:" + server.getAddress().getPort()))
                    .allSatisfy(bad -> assertThat(verdict(bad.token())).isEqualTo(bad.code()));
        }
        assertThat(requests).hasValue(1);
    }

    @Test
    void keysRotate() {
        publish(RSA.jwk("'kid':'1',"));
        trust(Duration.ofMillis(100), PATIENCE);
        assertThat(verdict(token(RSA, "1"))).isEqualTo("alice");

        publish(RSA.jwk("'kid':'1',"), P256.jwk("'kid':'2',"));
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(verdict(token(P256, "2"))).isEqualTo("alice"));
        assertThat(verdict(token(RSA, "1"))).isEqualTo("alice");

        publish(P256.jwk("'kid':'2',"));
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(verdict(token(RSA, "1"))).isEqualTo(TokenRefusedException.INVALID));
        assertThat(verdict(token(P256, "2"))).isEqualTo("alice");
    }

    @Test
    void aFloodOfUnknownKidsCausesFewFetches() {
        publish(P256.jwk("'kid':'1',"));
        verifier = JwtVerifier.byJwks(
                new JwksConfig(uri(), Set.of(JwtAlgorithm.ES256), LONG, LONG, LONG, PATIENCE, Duration.ZERO),
                TokenConfig.DEFAULT,
                CLOCK);
        assertThat(verdict(token(P256, "1"))).isEqualTo("alice");

        for (int i = 0; i < 500; i++) {
            assertThat(verdict(token(P256, "unknown" + i))).isEqualTo(TokenRefusedException.UNAVAILABLE);
        }
        assertThat(requests).hasValue(1);
        assertThat(verdict(token(P256, "1"))).isEqualTo("alice");
    }

    @Test
    void anEndpointThatIsDownMakesTokensUnavailable() throws IOException {
        int port;
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = taken.getLocalPort();
        }
        verifier = JwtVerifier.byJwks(
                JwksConfig.of(URI.create("http://127.0.0.1:" + port + "/keys"), JwtAlgorithm.ES256),
                TokenConfig.DEFAULT,
                CLOCK);

        assertThat(verdict(token(P256, "1"))).isEqualTo(TokenRefusedException.UNAVAILABLE);
        assertThat(log.text()).contains("WARN").contains("keys not fetched, retrying host=127.0.0.1");
    }

    @Test
    void aSilentEndpointCausesATimeout() {
        handler = exchange -> awaitStop();
        trust(LONG, Duration.ofMillis(300));

        assertThat(verdict(token(P256, "1"))).isEqualTo(TokenRefusedException.UNAVAILABLE);
    }

    @Test
    void anAnswerThatNeverEndsCausesATimeout() {
        handler = exchange -> {
            exchange.sendResponseHeaders(200, 1_000);
            exchange.getResponseBody().write('{');
            exchange.getResponseBody().flush();
            awaitStop();
        };
        trust(LONG, Duration.ofMillis(300));

        assertThat(verdict(token(P256, "1"))).isEqualTo(TokenRefusedException.UNAVAILABLE);
        assertThat(log.text()).contains("TimeoutException");
    }

    private void awaitStop() {
        try {
            stop.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The answer may be endless, and is cut off. */
    @Test
    void anAnswerThatIsTooLargeIsNotReadToItsEnd() {
        CountDownLatch cutOff = new CountDownLatch(1);
        handler = exchange -> {
            exchange.sendResponseHeaders(200, 0);
            byte[] spaces = " ".repeat(8_192).getBytes(StandardCharsets.UTF_8);
            try (OutputStream body = exchange.getResponseBody()) {
                while (stop.getCount() > 0) {
                    body.write(spaces);
                }
            } catch (IOException e) {
                cutOff.countDown();
            }
        };
        trust(LONG, PATIENCE);

        assertThat(verdict(token(P256, "1"))).isEqualTo(TokenRefusedException.UNAVAILABLE);
        assertThat(log.text()).contains("more than 262144 bytes");
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(cutOff.getCount()).isZero());
    }

    @Test
    void redirectsAreNotFollowed() {
        String set = "{'keys':[" + P256.jwk("'kid':'1',") + "]}";
        handler = exchange -> {
            if (exchange.getRequestURI().getPath().equals("/keys")) {
                exchange.getResponseHeaders().add("Location", "/elsewhere");
                reply(exchange, 302, "");
            } else {
                reply(exchange, 200, set);
            }
        };
        trust(LONG, PATIENCE);

        assertThat(verdict(token(P256, "1"))).isEqualTo(TokenRefusedException.UNAVAILABLE);
        assertThat(log.text()).contains("status 302");
        assertThat(requests).hasValue(1);
    }

    @Test
    void anEndpointThatRecoversIsUsedAgain() {
        handler = exchange -> reply(exchange, 500, "<html>hidden</html>");
        trust(LONG, PATIENCE);
        assertThat(verdict(token(P256, "1"))).isEqualTo(TokenRefusedException.UNAVAILABLE);

        publish(P256.jwk("'kid':'1',"));
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(verdict(token(P256, "1"))).isEqualTo("alice"));
        assertThat(log.text()).contains("status 500").doesNotContain("hidden");
        assertThat(verifier.toString()).doesNotContain("hidden");
    }
}
