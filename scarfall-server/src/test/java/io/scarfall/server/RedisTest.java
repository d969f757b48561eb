package io.scarfall.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.scarfall.gateway.TokenConfig;
import io.scarfall.presence.testing.RedisServer;
import io.scarfall.presence.testing.TestCertificate;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Servers that share a Redis, configured by environment variables. */
class RedisTest {

    private static final String SECRET = "Bk2Tq9VxYw7ZpLm4Rs8Nd1Fh6Jc3Gu5E";
    private static final String PASSWORD = "a password of Redis";

    private final TokenIssuer tokens =
            new TokenIssuer(SECRET, TokenConfig.DEFAULT, Duration.ofHours(1), Clock.systemUTC());

    private static ScarfallServer start(String... settings) throws Exception {
        Map<String, String> environment = new HashMap<>(Map.of(
                "JWT_SECRET",
                SECRET,
                "PORT",
                "0",
                "INTERNAL_PORT",
                "0",
                "LOG_DIR",
                "target/logs",
                "DRAIN_TIMEOUT",
                "3"));
        for (int i = 0; i < settings.length; i += 2) {
            environment.put(settings[i], settings[i + 1]);
        }
        return ScarfallServer.start(ServerConfig.read(environment, null, null, address -> null));
    }

    private static String get(ScarfallServer server, String path) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + server.gateway().internalPort() + path);
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
                .body();
    }

    private static int readiness(ScarfallServer server) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + server.gateway().internalPort() + "/readyz");
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(uri).build(), BodyHandlers.discarding())
                .statusCode();
    }

    @Test
    void serversThatShareARedisAreOneService() throws Exception {
        try (RedisServer redis = RedisServer.builder().password(PASSWORD).start()) {
            String[] byHost = {"REDIS_HOST", "127.0.0.1", "REDIS_PORT", "" + redis.port(), "REDIS_PASSWORD", PASSWORD};
            String[] byUrl = {"REDIS_URL", "redis://127.0.0.1:" + redis.port() + "/0", "REDIS_PASSWORD", PASSWORD};
            ScarfallServer one = start(byHost);
            ScarfallServer other = start(byUrl);
            try (UserClient alice = UserClient.of(one, tokens.issue("alice", null));
                    UserClient bob = UserClient.of(other, tokens.issue("bob", null))) {
                alice.next("connected");
                bob.next("connected");
                assertThat(readiness(one)).isEqualTo(200);
                assertThat(alice.ask("send_message", "{'recipientIds':['bob','carol'],'message':'hi'}"))
                        .contains("\"sent\":[\"bob\"]", "\"failed\":[\"carol\"]");
                assertThat(bob.next("message")).contains("\"message\":\"hi\"", "\"senderId\":\"alice\"");
                assertThat(alice.ask("get_all_online_users", "{}")).contains("alice", "bob");
            } finally {
                one.stop();
                other.stop();
            }
            assertThat(redis.command("KEYS", "*sessions*").toString()).doesNotContain("alice", "bob");
        }
    }

    @Test
    void aServerWaitsForARedisThatStartsLater() throws Exception {
        RedisServer redis = RedisServer.start();
        redis.kill();
        ScarfallServer server = start("REDIS_HOST", "127.0.0.1", "REDIS_PORT", "" + redis.port());
        try (UserClient alice = UserClient.of(server, tokens.issue("alice", null))) {
            assertThat(readiness(server)).isEqualTo(503);
            redis.restart();
            Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> readiness(server) == 200);
            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(server.gateway()
                                    .presence()
                                    .count()
                                    .toCompletableFuture()
                                    .join())
                            .isEqualTo(1));
            assertThat(alice.next("connected")).contains("alice");
        } finally {
            server.stop();
            redis.close();
        }
    }

    @Test
    void aServerUsesTlsToRedisAndExportsStoreMetrics(@TempDir Path folder) throws Exception {
        TestCertificate certificate = TestCertificate.in(folder);
        try (RedisServer redis =
                RedisServer.builder().tls(certificate).password(PASSWORD).start()) {
            String url = "rediss://127.0.0.1:" + redis.port();
            String ca = certificate.certificate().toString();
            ScarfallServer server = start("REDIS_URL", url, "REDIS_PASSWORD", PASSWORD, "REDIS_TLS_CA", ca);
            try (UserClient alice = UserClient.of(server, tokens.issue("alice", null))) {
                alice.next("connected");
                Awaitility.await()
                        .atMost(Duration.ofSeconds(30))
                        .untilAsserted(() -> assertThat(alice.ask("get_all_online_users", "{}"))
                                .contains("alice"));
                assertThat(get(server, "/metrics"))
                        .containsPattern("(?m)^scarfall_store_seconds_count\\{operation=\"open\"} [1-9]")
                        .containsPattern("(?m)^scarfall_store_seconds_bucket\\{operation=\"open\",le=\"2.5\"} \\d")
                        .containsPattern(
                                "(?m)^scarfall_store_failures_total\\{operation=\"open\",reason=\"timed_out\"} \\d");
            } finally {
                server.stop();
            }
        }
    }

    @Test
    void theCaFileOfRedisIsChecked(@TempDir Path folder) throws Exception {
        Path empty = Files.writeString(folder.resolve("ca.pem"), "");
        assertThatThrownBy(() -> start("REDIS_URL", "rediss://127.0.0.1:1", "REDIS_TLS_CA", empty.toString()))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessageContaining("REDIS_TLS_CA cannot be used: tlsCa: " + empty + " has no certificate");
        String good = TestCertificate.in(folder.resolve("good")).certificate().toString();
        assertThatThrownBy(() -> start("REDIS_URL", "redis://127.0.0.1:1", "REDIS_TLS_CA", good))
                .hasMessageContaining("REDIS_TLS_CA is set, but Redis does not use TLS");
    }

    @Test
    void settingsOfSentinelsAreRead() throws Exception {
        RedisSettings redis = ServerConfig.read(
                        Map.of(
                                "JWT_SECRET",
                                SECRET,
                                "REDIS_URL",
                                "rediss-sentinel://a:1,b:2#presence",
                                "REDIS_SENTINEL_USERNAME",
                                "watcher",
                                "REDIS_SENTINEL_PASSWORD",
                                PASSWORD),
                        null,
                        null,
                        address -> null)
                .redis();
        assertThat(redis).isNotNull();
        assertThat(redis.sentinelUsername()).isEqualTo("watcher");
        assertThat(redis.sentinelPassword()).isEqualTo(PASSWORD);
        assertThat(redis.toString()).doesNotContain(PASSWORD);
    }

    @Test
    void redisClusterSettingsAreReadAndThePasswordIsNotShown() throws Exception {
        ServerConfig config = ServerConfig.read(
                Map.of(
                        "JWT_SECRET",
                        SECRET,
                        "REDIS_CLUSTER",
                        "a:1, b:2",
                        "REDIS_PASSWORD",
                        PASSWORD,
                        "REDIS_TLS",
                        "true"),
                null,
                null,
                address -> null);
        RedisSettings redis = config.redis();
        assertThat(redis).isNotNull();
        assertThat(redis.cluster()).isEqualTo(List.of("a:1", "b:2"));
        assertThat(redis.tls()).isTrue();
        assertThat(config.toString()).doesNotContain(PASSWORD);
    }
}
