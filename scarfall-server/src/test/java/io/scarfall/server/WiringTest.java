package io.scarfall.server;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.auth0.jwt.JWT;
import com.auth0.jwt.algorithms.Algorithm;
import com.sun.net.httpserver.HttpServer;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import io.scarfall.engineio.EngineConfig;
import io.scarfall.engineio.TrustedProxies;
import io.scarfall.gateway.ControlConfig.WhenFull;
import io.scarfall.gateway.DeliveryConfig;
import io.scarfall.gateway.GatewayConfig;
import io.scarfall.gateway.Rate;
import io.scarfall.gateway.RateLimits;
import io.scarfall.gateway.Scarfall;
import java.lang.reflect.RecordComponent;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.interfaces.ECPrivateKey;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every setting reaches the running server. A setting that is not passed on fails here; so does a value without one. */
class WiringTest {

    private static final String SECRET = "Bk2Tq9VxYw7ZpLm4Rs8Nd1Fh6Jc3Gu5E";

    /** Settings that are not values of a gateway. Other tests here, {@link ServerConfigTest} or jar tests check them. */
    private static final Set<Setting> ELSEWHERE = Set.of(
            Setting.REDIS_URL,
            Setting.REDIS_HOST,
            Setting.REDIS_PORT,
            Setting.REDIS_CLUSTER,
            Setting.REDIS_USERNAME,
            Setting.REDIS_PASSWORD,
            Setting.REDIS_DB,
            Setting.REDIS_TLS,
            Setting.REDIS_TLS_CA,
            Setting.REDIS_SENTINEL_USERNAME,
            Setting.REDIS_SENTINEL_PASSWORD,
            Setting.REDIS_TIMEOUT,
            Setting.FRIENDS_MAX_BYTES,
            Setting.JWT_SECRET,
            Setting.JWT_PUBLIC_KEY,
            Setting.JWT_JWKS_URL,
            Setting.JWT_JWKS_KEEP,
            Setting.JWT_ALGORITHM,
            Setting.JWT_EXPIRATION,
            Setting.SERVICE_KEYS,
            Setting.MAX_PAYLOAD_BYTES,
            Setting.MAX_UNSENT_BYTES,
            Setting.SLOW_TIMEOUT,
            Setting.LOG_LEVEL,
            Setting.LOG_DIR,
            Setting.LOG_FILE_SIZE,
            Setting.LOG_TOTAL_SIZE,
            Setting.LOG_REPEAT_INTERVAL,
            Setting.LOG_LIBRARY_TEXTS,
            Setting.DRAIN_DELAY,
            Setting.DRAIN_TIMEOUT,
            Setting.DRAIN_GRACE,
            Setting.CLIENT_DIR,
            Setting.CONFIG_FILE);

    /** Values of a gateway that only embedders can change. */
    private static final Set<String> WITHOUT_SETTING =
            Set.of("sessions.touchInterval", "tokens.claims", "tokens.rolesClaim");

    @TempDir
    private Path folder;

    /** A setting's text, and the values of the gateway that it must result in. */
    private record Reach(Setting setting, String text, Map<String, Object> values) {}

    private static Reach reach(Setting setting, String text, String path, Object value) {
        return new Reach(setting, text, Map.of(path, value));
    }

    private List<Reach> reaches() throws Exception {
        X509Bundle bundle = new CertificateBuilder()
                .subject("CN=localhost")
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
        Path certificate = Files.writeString(folder.resolve("cert.pem"), bundle.getCertificatePathPEM());
        Path key = Files.writeString(folder.resolve("key.pem"), bundle.getPrivateKeyPEM());
        return List.of(
                reach(Setting.HOST, "localhost", "host", "localhost"),
                reach(Setting.PORT, "0", "port", 0),
                reach(Setting.INTERNAL_HOST, "localhost", "internalHost", "localhost"),
                reach(Setting.INTERNAL_PORT, "0", "internalPort", 0),
                reach(Setting.INTERNAL_OPEN, "true", "openInternal", true),
                reach(Setting.INTERNAL_NULL_ORIGIN, "true", "internalNullOrigin", true),
                reach(
                        Setting.CORS_ORIGIN,
                        "https://a.example, https://b.example",
                        "corsOrigins",
                        List.of("https://a.example", "https://b.example")),
                reach(Setting.WS_PATH, "/chat", "path", "/chat"),
                reach(Setting.TLS_CERT, certificate.toString(), "wire.tls.certificate", certificate),
                reach(Setting.TLS_KEY, key.toString(), "wire.tls.key", key),
                reach(Setting.TLS_KEY_PASSWORD, "open", "wire.tls.keyPassword", "open"),
                reach(Setting.INTERNAL_TLS, "true", "wire.internalTls", true),
                reach(
                        Setting.TRUSTED_PROXIES,
                        "192.0.2.1, 10.0.0.0/8",
                        "wire.trustedProxies",
                        Set.of("192.0.2.1", "10.9.9.9")),
                reach(Setting.PROXY_PROTOCOL, "true", "wire.proxyProtocol", true),
                reach(Setting.JWT_ISSUER, "https://i.example,j", "tokens.issuers", List.of("https://i.example", "j")),
                reach(Setting.JWT_AUDIENCE, "chat", "tokens.audiences", List.of("chat")),
                reach(Setting.JWT_CLOCK_SKEW, "7", "tokens.skew", Duration.ofSeconds(7)),
                reach(Setting.TOKEN_WARNING, "8", "tokens.warning", Duration.ofSeconds(8)),
                reach(Setting.TOKEN_IN_QUERY, "true", "tokenInQuery", true),
                reach(Setting.WS_PING_INTERVAL, "9001", "pingInterval", Duration.ofMillis(9_001)),
                reach(Setting.WS_PING_TIMEOUT, "9002", "pingTimeout", Duration.ofMillis(9_002)),
                reach(Setting.AUTH_TIMEOUT, "11", "sessions.authTimeout", Duration.ofSeconds(11)),
                reach(Setting.OFFLINE_GRACE, "5", "sessions.offlineGrace", Duration.ofSeconds(5)),
                reach(Setting.NOTICE_WINDOW, "700", "sessions.noticeWindow", Duration.ofMillis(700)),
                reach(Setting.SESSION_EXPIRY, "12h", "sessions.sessionExpiry", Duration.ofHours(12)),
                reach(Setting.IDLE_TIMEOUT, "13m", "sessions.idleTimeout", Duration.ofMinutes(13)),
                reach(Setting.CLEANUP_INTERVAL, "14m", "sessions.cleanupInterval", Duration.ofMinutes(14)),
                reach(Setting.FRIENDS_REFRESH_INTERVAL, "15", "friends.refreshInterval", Duration.ofSeconds(15)),
                reach(Setting.FRIENDS_REFRESH_RATE, "16", "friends.refreshesPerSecond", 16),
                reach(Setting.MAX_CONNECTIONS, "15", "wire.connections.maxConnections", 15),
                reach(Setting.MAX_CONNECTIONS_PER_ADDRESS, "16", "wire.connections.maxPerAddress", 16),
                reach(Setting.MAX_WAITING_CONNECTIONS, "9077", "wire.connections.maxWaiting", 9_077),
                new Reach(
                        Setting.CONNECT_RATE,
                        "17/18",
                        Map.of(
                                "wire.connections.connectsPerSecondPerAddress", 17,
                                "wire.connections.connectBurstPerAddress", 18)),
                reach(Setting.MAX_REQUEST_LINE_BYTES, "19KB", "wire.http.maxRequestLineBytes", 19 * 1024),
                reach(Setting.MAX_HEADER_BYTES, "20KB", "wire.http.maxHeaderBytes", 20 * 1024),
                reach(Setting.MAX_HEADERS, "21", "wire.http.maxHeaders", 21),
                new Reach(
                        Setting.REQUEST_TIMEOUT,
                        "22",
                        Map.of(
                                "wire.http.headTimeout", Duration.ofSeconds(22),
                                "wire.http.tlsHandshakeTimeout", Duration.ofSeconds(22))),
                reach(Setting.REQUEST_BODY_TIMEOUT, "23", "wire.http.bodyTimeout", Duration.ofSeconds(23)),
                reach(Setting.KEEP_ALIVE_TIMEOUT, "24", "wire.http.idleTimeout", Duration.ofSeconds(24)),
                reach(Setting.MAX_UNAUTHENTICATED_BYTES, "8KB", "wire.memory.maxUnauthenticatedBytes", 8192),
                new Reach(
                        Setting.MAX_HELD_BYTES,
                        "8MB",
                        Map.of("wire.memory.maxHeldBytes", 8L << 20, "wire.memory.maxHeldBytesPerAddress", 2L << 20)),
                reach(Setting.MAX_HELD_BYTES_PER_ADDRESS, "1MB", "wire.memory.maxHeldBytesPerAddress", 1L << 20),
                reach(Setting.MAX_ARGUMENTS, "25", "wire.json.maxArguments", 25),
                reach(Setting.MAX_JSON_DEPTH, "26", "wire.json.maxDepth", 26),
                reach(Setting.MAX_NUMBER_LENGTH, "27", "wire.json.maxNumberLength", 27),
                reach(Setting.MAX_KEYS, "28", "wire.json.maxKeys", 28),
                new Reach(
                        Setting.LIMITS_ENFORCED,
                        "false",
                        Map.of("wire.connections.enforce", false, "limits.rates.mode", RateLimits.Mode.COUNT)),
                new Reach(
                        Setting.RATE_LIMIT,
                        "session=29/30, user=31/32, recipients=33, listed=35, queries=36/37, requests=38/39, ping=34",
                        Map.of(
                                "limits.rates.session",
                                new Rate(29, 30),
                                "limits.rates.user",
                                new Rate(31, 32),
                                "limits.rates.recipientsPerCost",
                                33,
                                "limits.rates.listedPerCost",
                                35,
                                "limits.rates.queries.most",
                                36,
                                "limits.rates.queries.waiting",
                                37,
                                "limits.rates.requests.most",
                                38,
                                "limits.rates.requests.waiting",
                                39,
                                "limits.rates.costs",
                                RateLimits.DEFAULT.withCost("ping", 34).costs())),
                reach(Setting.MAX_SESSIONS_PER_USER, "35", "limits.maxSessionsPerUser", 35),
                reach(Setting.REVOCATION_EXPIRY, "46d", "control.revocationExpiry", Duration.ofDays(46)),
                reach(Setting.MAX_USER_SESSIONS, "47", "control.maxUserSessions", 47),
                reach(Setting.USER_SESSIONS_FULL, "end-oldest", "control.whenFull", WhenFull.END_OLDEST),
                reach(Setting.MAX_REVOCATIONS, "48", "control.maxRevocations", 48),
                reach(Setting.MAX_FAILED_AUTHENTICATIONS, "36", "limits.maxFailedAuthentications", 36),
                reach(Setting.MAX_RECIPIENTS, "37", "delivery.maxRecipients", 37),
                reach(Setting.MAX_MESSAGE_BYTES, "38", "delivery.maxMessageBytes", 38),
                reach(Setting.MAX_METADATA_BYTES, "39", "delivery.maxMetadataBytes", 39),
                reach(Setting.MAX_FAN_OUT_BYTES, "40", "delivery.maxFanOutBytes", 40L),
                reach(Setting.MAX_UNANSWERED, "41", "delivery.maxUnanswered", 41),
                reach(Setting.MAX_PAGE_SIZE, "42", "sessions.maxPageSize", 42),
                reach(Setting.MAX_USER_ID_LENGTH, "43", "delivery.maxUserIdLength", 43),
                reach(Setting.APPLY_TIMEOUT, "3", "delivery.applyTimeout", Duration.ofSeconds(3)),
                reach(Setting.ANSWER_TIMEOUT, "44", "delivery.answerTimeout", Duration.ofSeconds(44)),
                reach(Setting.SCARFALL_NODE_NAME, "node-45", "nodeName", "node-45"));
    }

    /** The values of a record and of the records in it, by their paths. */
    private static Map<String, Object> leaves(Object value) throws ReflectiveOperationException {
        Map<String, Object> leaves = new TreeMap<>();
        addLeaves("", value, leaves);
        return leaves;
    }

    private static void addLeaves(String path, Object value, Map<String, Object> leaves)
            throws ReflectiveOperationException {
        if (value instanceof TrustedProxies proxies) {
            leaves.put(
                    path,
                    Stream.of("192.0.2.1", "10.9.9.9", "192.0.2.2")
                            .filter(address -> contains(proxies, address))
                            .collect(toSet()));
        } else if (value instanceof Record && !(value instanceof Rate)) {
            for (RecordComponent component : value.getClass().getRecordComponents()) {
                String below = (path.isEmpty() ? "" : path + ".") + component.getName();
                addLeaves(below, component.getAccessor().invoke(value), leaves);
            }
        } else {
            leaves.put(path, String.valueOf(value).equals("null") ? "none" : value);
        }
    }

    private static boolean contains(TrustedProxies proxies, String address) {
        try {
            return proxies.contains(InetAddress.getByName(address));
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    private static GatewayConfig running(Map<String, String> environment) throws Exception {
        ScarfallServer server = start(environment);
        try {
            return server.gateway().config();
        } finally {
            server.stop();
        }
    }

    private static ScarfallServer start(Map<String, String> environment) throws Exception {
        return ScarfallServer.start(ServerConfig.read(environment, null, null, address -> null));
    }

    @Test
    void everySettingReachesTheGateway() throws Exception {
        List<Reach> reaches = reaches();
        Set<Setting> all = new HashSet<>(ELSEWHERE);
        reaches.forEach(reach -> assertThat(all.add(reach.setting())).isTrue());
        assertThat(all).containsExactlyInAnyOrder(Setting.values());

        Map<String, String> environment = new HashMap<>(Map.of("JWT_SECRET", SECRET));
        Map<String, Object> expected = new TreeMap<>();
        reaches.forEach(reach -> environment.put(reach.setting().name(), reach.text()));
        reaches.forEach(reach -> expected.putAll(reach.values()));
        Map<String, Object> values = leaves(running(environment));
        Map<String, Object> defaults = leaves(running(Map.of("JWT_SECRET", SECRET, "PORT", "0", "INTERNAL_PORT", "0")));
        defaults.putAll(Map.of("port", 3000, "internalPort", 4000));

        Set<String> reached = new HashSet<>(values.keySet());
        reached.removeAll(WITHOUT_SETTING);
        assertThat(reached).as("values of a gateway that have a setting").isEqualTo(expected.keySet());
        values.keySet().removeAll(WITHOUT_SETTING);
        assertThat(values).isEqualTo(expected);
        values.forEach((path, value) -> assertThat(value).as(path).isNotEqualTo(defaults.get(path)));
    }

    /** The defaults of the settings table equal those of the library. */
    @Test
    void theDefaultsEqualThoseOfTheLibrary() throws Exception {
        Map<String, Object> server = leaves(running(Map.of("JWT_SECRET", SECRET, "PORT", "0", "INTERNAL_PORT", "0")));
        try (var embedded =
                Scarfall.builder().jwtSecret(SECRET).port(0).internalPort(0).start()) {
            Map<String, Object> library = leaves(embedded.config());
            server.remove("nodeName");
            library.remove("nodeName");
            assertThat(server).isEqualTo(library);
        }
        assertThat(Setting.PORT.fallback()).isEqualTo("3000");
        assertThat(Setting.INTERNAL_PORT.fallback()).isEqualTo("4000");
    }

    @Test
    void engineLimitsReachBothPorts() throws Exception {
        Map<String, String> environment = Map.of(
                "JWT_SECRET", SECRET,
                "PORT", "0",
                "INTERNAL_PORT", "0",
                "MAX_PAYLOAD_BYTES", "1234",
                "MAX_UNSENT_BYTES", "5678",
                "SLOW_TIMEOUT", "9");
        EngineConfig.Builder engine = EngineConfig.builder();
        ScarfallServer.engine(ServerConfig.read(environment, null, null, address -> null)
                        .engine())
                .accept(engine);
        assertThat(engine.build().maxPayloadBytes()).isEqualTo(1234);
        assertThat(engine.build().maxUnsentBytes()).isEqualTo(5678);
        assertThat(engine.build().slowTimeout()).isEqualTo(Duration.ofSeconds(9));
        ScarfallServer server = start(environment);
        try {
            for (int port :
                    List.of(server.gateway().userPort(), server.gateway().internalPort())) {
                URI uri = URI.create("http://127.0.0.1:" + port + "/socket.io/?EIO=4&transport=polling");
                var opened = HttpClient.newHttpClient()
                        .send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
                assertThat(opened.body()).contains("\"maxPayload\":1234");
            }
        } finally {
            server.stop();
        }
        EngineConfig.Builder defaults = EngineConfig.builder();
        ScarfallServer.engine(ServerConfig.read(Map.of("JWT_SECRET", SECRET), null, null, address -> null)
                        .engine())
                .accept(defaults);
        assertThat(defaults.build().maxPayloadBytes()).isEqualTo(DeliveryConfig.DEFAULT_PAYLOAD_BYTES);
        assertThat(defaults.build().maxUnsentBytes())
                .isEqualTo(EngineConfig.builder().build().maxUnsentBytes());
        assertThat(defaults.build().slowTimeout())
                .isEqualTo(EngineConfig.builder().build().slowTimeout());
    }

    @Test
    void aPublicKeyVerifiesTokensOfItsIssuerAndAudience() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(256);
        KeyPair pair = generator.generateKeyPair();
        String pem = "-----BEGIN PUBLIC KEY-----\n"
                + Base64.getMimeEncoder().encodeToString(pair.getPublic().getEncoded())
                + "\n-----END PUBLIC KEY-----";
        ScarfallServer server = start(Map.of(
                "PORT", "0",
                "INTERNAL_PORT", "0",
                "JWT_PUBLIC_KEY", pem,
                "JWT_ALGORITHM", "ES256",
                "JWT_ISSUER", "https://issuer.example",
                "JWT_AUDIENCE", "chat"));
        try {
            Algorithm algorithm = Algorithm.ECDSA256(null, (ECPrivateKey) pair.getPrivate());
            var token = JWT.create()
                    .withSubject("alice")
                    .withExpiresAt(Instant.now().plusSeconds(60))
                    .withIssuer("https://issuer.example");
            try (UserClient client =
                    UserClient.of(server, token.withAudience("chat").sign(algorithm))) {
                assertThat(client.next("connected")).contains("\"userId\":\"alice\"");
            }
            try (UserClient client =
                    UserClient.of(server, token.withAudience("mail").sign(algorithm))) {
                assertThat(client.next("connect_error")).contains("invalid_token");
            }
        } finally {
            server.stop();
        }
    }

    @Test
    void anIssuedTokenIsAccepted() throws Exception {
        Map<String, String> environment = Map.of(
                "PORT", "0",
                "INTERNAL_PORT", "0",
                "JWT_SECRET", SECRET,
                "JWT_EXPIRATION", "90",
                "JWT_ISSUER", "us,them",
                "JWT_AUDIENCE", "chat,mail");
        KeySettings access = KeySettings.forTokens(environment, null, null);
        String token = new TokenIssuer(SECRET, access.tokens(), access.jwtExpiration(), Clock.systemUTC())
                .issue("alice", null);
        var claims = JWT.decode(token);
        assertThat(claims.getIssuer()).isEqualTo("us");
        assertThat(claims.getAudience()).containsExactly("chat");
        assertThat(Duration.between(claims.getIssuedAtAsInstant(), claims.getExpiresAtAsInstant()))
                .isEqualTo(Duration.ofSeconds(90));
        ScarfallServer server = start(environment);
        try (UserClient client = UserClient.of(server, token)) {
            assertThat(client.next("connected")).contains("\"userId\":\"alice\"");
        } finally {
            server.stop();
        }
    }

    @Test
    void aKeySetIsFetched() throws Exception {
        AtomicInteger fetched = new AtomicInteger();
        HttpServer issuer = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        issuer.createContext("/keys", exchange -> {
            fetched.incrementAndGet();
            exchange.sendResponseHeaders(404, -1);
            exchange.close();
        });
        issuer.start();
        try {
            ScarfallServer server = start(Map.of(
                    "PORT", "0",
                    "INTERNAL_PORT", "0",
                    "JWT_JWKS_URL", "http://127.0.0.1:" + issuer.getAddress().getPort() + "/keys"));
            try {
                await().untilAsserted(() -> assertThat(fetched).hasPositiveValue());
            } finally {
                server.stop();
            }
        } finally {
            issuer.stop(0);
        }
    }

    @Test
    void anInvalidCertificateIsInTheReport() throws Exception {
        List<String> problems = new ArrayList<>();
        Path noCertificate = Files.writeString(folder.resolve("none.pem"), "none");
        X509Bundle bundle = new CertificateBuilder()
                .subject("CN=localhost")
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
        X509Bundle other = new CertificateBuilder()
                .subject("CN=other")
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
        Path certificate = Files.writeString(folder.resolve("c.pem"), bundle.getCertificatePathPEM());
        Path key = Files.writeString(folder.resolve("k.pem"), other.getPrivateKeyPEM());
        for (Path path : List.of(noCertificate, certificate)) {
            try {
                start(Map.of(
                        "TLS_CERT", path.toString(), "TLS_KEY", key.toString(), "PORT", "many", "JWT_SECRET", SECRET));
            } catch (InvalidConfigException e) {
                problems.add(String.valueOf(e.getMessage()));
            }
        }
        assertThat(problems).hasSize(2).allMatch(problem -> problem.contains("PORT is many"));
        assertThat(problems.get(0)).contains("TLS_CERT is " + noCertificate + " (expected: a readable file");
        assertThat(problems.get(1)).contains("TLS_KEY is " + key + " (expected: the private key of the certificate)");
    }
}
