package io.scarfall.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.scarfall.engineio.ConnectionLimits;
import io.scarfall.engineio.HttpLimits;
import io.scarfall.gateway.ControlConfig;
import io.scarfall.gateway.DeliveryConfig;
import io.scarfall.gateway.FriendsConfig;
import io.scarfall.gateway.JwksConfig;
import io.scarfall.gateway.JwtAlgorithm;
import io.scarfall.gateway.LimitConfig;
import io.scarfall.gateway.MemoryLimits;
import io.scarfall.gateway.RateLimits;
import io.scarfall.gateway.SessionConfig;
import io.scarfall.gateway.TokenConfig;
import io.scarfall.gateway.WireConfig;
import io.scarfall.socketio.packet.JsonLimits;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How settings are read, where they come from, and how the server reports mistakes in them. */
class ServerConfigTest {

    private static final String SECRET = "Bk2Tq9VxYw7ZpLm4Rs8Nd1Fh6Jc3Gu5E";

    @TempDir
    private Path folder;

    private static ServerConfig read(String... namesAndValues) throws InvalidConfigException {
        return read(null, namesAndValues);
    }

    private static ServerConfig read(@Nullable Path file, String... namesAndValues) throws InvalidConfigException {
        return ServerConfig.read(
                environment(namesAndValues), file == null ? null : file.toString(), null, address -> null);
    }

    /** A valid JWT_SECRET and these settings; they may replace or blank it. */
    private static Map<String, String> environment(String... namesAndValues) {
        Map<String, String> environment = new HashMap<>(Map.of("JWT_SECRET", SECRET));
        for (int i = 0; i < namesAndValues.length; i += 2) {
            environment.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        return environment;
    }

    private static String secret(ServerConfig config) {
        assertThat(config.access().keys()).isInstanceOf(KeySettings.Secret.class);
        return ((KeySettings.Secret) config.access().keys()).text();
    }

    private static String refusal(String... namesAndValues) {
        return refusal(null, namesAndValues);
    }

    private static String refusal(@Nullable Path file, String... namesAndValues) {
        InvalidConfigException refusal =
                catchThrowableOfType(InvalidConfigException.class, () -> read(file, namesAndValues));
        assertThat(refusal).as("refusal").isNotNull();
        assertThat(refusal.mayPass()).isFalse();
        return String.valueOf(refusal.getMessage());
    }

    private Path file(String... lines) throws IOException {
        return Files.write(folder.resolve("scarfall.env"), List.of(lines));
    }

    @Test
    void onlyTheSecretIsRequired() throws InvalidConfigException {
        ServerConfig config = read();
        assertThat(config.development()).isFalse();
        assertThat(config.listening())
                .isEqualTo(new ServerConfig.Listening(
                        null, 3000, "127.0.0.1", 4000, false, false, List.of("*"), "/socket.io"));
        assertThat(secret(config)).isEqualTo(SECRET);
        assertThat(config.access().jwtExpiration()).isEqualTo(Duration.ofHours(24));
        assertThat(config.access().serviceKeys().isEmpty()).isTrue();
        assertThat(config.engine())
                .isEqualTo(new ServerConfig.Engine(
                        Duration.ofSeconds(25), Duration.ofSeconds(20), 1_200_000, 1 << 20, Duration.ofSeconds(20)));
        assertThat(config.sessions())
                .isEqualTo(new SessionConfig(
                        Duration.ofSeconds(10),
                        SessionConfig.DEFAULT.touchInterval(),
                        Duration.ofDays(1),
                        Duration.ofMinutes(30),
                        Duration.ofMinutes(5),
                        1_000,
                        Duration.ofSeconds(3),
                        Duration.ofMillis(250)));
        assertThat(config.friends()).isEqualTo(FriendsConfig.DEFAULT);
        assertThat(config.wire()).isEqualTo(WireConfig.DEFAULT);
        assertThat(config.wire().connections()).isEqualTo(ConnectionLimits.DEFAULT);
        assertThat(config.wire().http()).isEqualTo(HttpLimits.DEFAULT);
        assertThat(config.wire().json()).isEqualTo(JsonLimits.DEFAULT);
        assertThat(config.wire().memory()).isEqualTo(MemoryLimits.DEFAULT);
        assertThat(config.limits()).isEqualTo(LimitConfig.DEFAULT);
        assertThat(config.delivery()).isEqualTo(DeliveryConfig.DEFAULT);
        assertThat(config.control()).isEqualTo(ControlConfig.DEFAULT);
        assertThat(config.access().tokens()).isEqualTo(TokenConfig.DEFAULT);
        assertThat(config.logs())
                .isEqualTo(new Logs.Config("info", "logs", 50L << 20, 1L << 30, Duration.ofMinutes(10), 30));
        assertThat(config.drain())
                .isEqualTo(new ServerConfig.Drain(Duration.ZERO, Duration.ofSeconds(10), Duration.ofSeconds(3)));
        assertThat(config.nodeName()).isNull();
        assertThat(config.clientDir()).isNull();
    }

    @Test
    void theFormerNameOfASettingIsUsedIfTheNewOneIsNotSet() throws Exception {
        ServerConfig former = read("JWT_SECRET", SECRET, "NODE_NAME", "machine-7");
        assertThat(former.nodeName()).isEqualTo("machine-7");
        assertThat(former.warnings())
                .anyMatch(warning ->
                        warning.contains("the former name of SCARFALL_NODE_NAME is used: NODE_NAME (environment)"));
        ServerConfig both = read("JWT_SECRET", SECRET, "NODE_NAME", "machine-7", "SCARFALL_NODE_NAME", "node-1");
        assertThat(both.nodeName()).isEqualTo("node-1");
        assertThat(both.warnings()).noneMatch(warning -> warning.contains("NODE_NAME"));
        Path file = Files.writeString(folder.resolve("scarfall.env"), "SCARFALL_NODE_NAME=node-2\n");
        ServerConfig inFile = read("JWT_SECRET", SECRET, "NODE_NAME", "machine-7", "CONFIG_FILE", file.toString());
        assertThat(inFile.nodeName())
                .as("the new name in the file wins: Kubernetes may set NODE_NAME")
                .isEqualTo("node-2");
        Files.writeString(file, "NODE_NAME=node-3\n");
        assertThat(read("JWT_SECRET", SECRET, "CONFIG_FILE", file.toString()).nodeName())
                .isEqualTo("node-3");
    }

    /**
     * A smaller payload limit lowers the defaults for message and metadata. Otherwise the payload limit would refuse a
     * message before those limits do.
     */
    @ParameterizedTest
    @CsvSource({
        "MAX_PAYLOAD_BYTES, 1000000, 933952, 65536",
        "MAX_PAYLOAD_BYTES, 2000000, 1000000, 65536",
        "MAX_PAYLOAD_BYTES, 100000, 92856, 6632",
        "MAX_PAYLOAD_BYTES, 514, 1, 1",
        "MAX_MESSAGE_BYTES, 1133952, 1133952, 65536",
        "MAX_METADATA_BYTES, 500000, 699488, 500000",
        "MAX_METADATA_BYTES, 10, 1000000, 10",
    })
    void messageAndMetadataFitIntoThePayloadLimit(String name, String value, int message, int metadata)
            throws InvalidConfigException {
        ServerConfig config = ServerConfig.read(Map.of("JWT_SECRET", SECRET, name, value), null, null, address -> null);
        DeliveryConfig messages = config.delivery();
        assertThat(messages.maxMessageBytes()).isEqualTo(message);
        assertThat(messages.maxMetadataBytes()).isEqualTo(metadata);
        assertThat(messages.leastPayloadBytes())
                .isLessThanOrEqualTo(config.engine().maxPayloadBytes());
    }

    @Test
    void developmentModeNeedsNoSettingsAndListensOnLoopback() throws InvalidConfigException {
        ServerConfig config = ServerConfig.read(Map.of(), null, SECRET, address -> null);
        assertThat(config.development()).isTrue();
        assertThat(secret(config)).isEqualTo(SECRET);
        assertThat(config.listening().host()).isEqualTo("127.0.0.1");
        assertThat(config.listening().corsOrigins())
                .isNotEmpty()
                .allMatch(origin -> origin.matches("http://(localhost|127.0.0.1)(:\\*)?"));
    }

    @ParameterizedTest
    @CsvSource({"500,PT0.5S", "500ms,PT0.5S", "2s,PT2S", "3m,PT3M", "4 h,PT4H", "1d,PT24H"})
    void aTimeIsANumberWithAnOptionalUnit(String text, Duration expected) throws InvalidConfigException {
        assertThat(read("WS_PING_INTERVAL", text).engine().pingInterval()).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"500,500", "2KB,2048", "3 mb,3145728", "1GB,1073741824", "10GB,10737418240"})
    void aSizeIsANumberWithAnOptionalUnit(String text, long expected) throws InvalidConfigException {
        assertThat(read("LOG_TOTAL_SIZE", text).logs().totalBytes()).isEqualTo(expected);
    }

    // Where settings come from

    @Test
    void theEnvironmentOverridesTheFileAndTheFileTheDefault() throws Exception {
        Path file = file("# ports", "PORT=3001", "INTERNAL_PORT=4001", "", "; others", "WS_PATH=/chat");
        ServerConfig config = read(file, "PORT", "3002", "WS_PATH", " ");
        assertThat(config.listening().port()).isEqualTo(3002);
        assertThat(config.listening().internalPort()).isEqualTo(4001);
        assertThat(config.listening().path()).as("blank in the environment").isEqualTo("/chat");
        assertThat(secret(config)).isEqualTo(SECRET);
    }

    @Test
    void theCommandLineOverridesConfigFile() throws Exception {
        Path other = Files.writeString(folder.resolve("other"), "PORT=3003");
        assertThat(read("CONFIG_FILE", other.toString()).listening().port()).isEqualTo(3003);
        Path file = file("PORT=3001");
        assertThat(read(file, "CONFIG_FILE", other.toString()).listening().port())
                .isEqualTo(3001);
    }

    @Test
    void thePackagedFileForSystemdIsRead() throws Exception {
        Path packaged = Path.of("..", "packaging", "scarfall.env");
        String filledIn = Files.readString(packaged)
                .replace("JWT_SECRET=\n", "JWT_SECRET='" + SECRET + "'\n")
                .replace("#JDK_JAVA_OPTIONS", "JDK_JAVA_OPTIONS");
        assertThat(filledIn).contains(SECRET, "\nJDK_JAVA_OPTIONS");
        Path file = Files.writeString(folder.resolve("scarfall.env"), filledIn);
        ServerConfig config = ServerConfig.read(Map.of(), file.toString(), null, address -> null);
        assertThat(secret(config)).isEqualTo(SECRET);
        assertThat(config.listening().corsOrigins()).containsExactly("https://app.example");
    }

    @Test
    void aSecretMayBeReadFromAFile() throws Exception {
        Path secret = Files.writeString(folder.resolve("secret"), SECRET + "\n");
        Path keys = Files.writeString(folder.resolve("keys"), "billing:Wv7Kp2Zt9Qx4Ls6N");
        ServerConfig config = ServerConfig.read(
                Map.of("JWT_SECRET_FILE", secret.toString(), "SERVICE_KEYS_FILE", keys.toString()),
                null,
                null,
                address -> null);
        assertThat(secret(config)).isEqualTo(SECRET);
        assertThat(config.access().serviceKeys().matches("billing", "Wv7Kp2Zt9Qx4Ls6N"))
                .isTrue();
    }

    @Test
    void blankMeansNotSet() throws InvalidConfigException {
        assertThat(read("PORT", " ", "HOST", "", "JWT_SECRET_FILE", "")
                        .listening()
                        .port())
                .isEqualTo(3000);
    }

    // Mistakes

    @Test
    void oneReportListsAllMistakes() throws IOException {
        Path file = file("PROT=3001", "AUTH_TIMEOUT=soon", "what is this");
        assertThat(refusal(
                        file,
                        "JWT_SECRET",
                        "",
                        "PORT",
                        "many",
                        "TOKEN_IN_QUERY",
                        "maybe",
                        "SERVICE_KEYS",
                        "no-colon-but-a-key",
                        "CLIENT_DIR",
                        "/no/such/folder",
                        "REDIS_PASSWORD",
                        "a-password-of-redis",
                        "LOG_LEVL",
                        "debug"))
                .contains(
                        "JWT_SECRET is not set",
                        "PORT is many (expected: a number, 0 to 65535)",
                        "AUTH_TIMEOUT is soon",
                        "TOKEN_IN_QUERY is maybe (expected: true or false)",
                        "SERVICE_KEYS is malformed",
                        "CLIENT_DIR is /no/such/folder",
                        "REDIS_PASSWORD is set without REDIS_HOST, REDIS_URL or REDIS_CLUSTER",
                        "LOG_LEVL in the environment is not a setting and is ignored (did you mean LOG_LEVEL?)",
                        "PROT in " + file + " is not a setting (did you mean PORT?)",
                        file + " line 3 is not a setting")
                .doesNotContain("no-colon-but-a-key", "a-password-of-redis");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "PORT | 65536 | PORT is 65536 (expected: a number, 0 to 65535)",
                "PORT | -1 | PORT is -1",
                "PORT | 99999999999 | PORT is 99999999999",
                "INTERNAL_PORT | 3000 | INTERNAL_PORT is 3000, as PORT",
                "HOST | no.such.host.invalid | HOST is no.such.host.invalid (expected: an address",
                "INTERNAL_HOST | 0.0.0.0 | INTERNAL_HOST is 0.0.0.0 without SERVICE_KEYS",
                "SERVICE_KEYS | billing:s3cr3t | SERVICE_KEYS is a key of billing has 6 characters (expected: at least 16",
                "SERVICE_KEYS | a:secretsecretsecretsecret | SERVICE_KEYS is a key of a is guessable",
                "JWT_SECRET | secretsecretsecretsecretsecretsecret | JWT_SECRET is guessable",
                "JWT_JWKS_KEEP | 1h | JWT_JWKS_KEEP is set without JWT_JWKS_URL",
                "JWT_JWKS_KEEP | 25h | JWT_JWKS_KEEP is 25h (expected: at least 0ms, at most 86400s)",
                "INTERNAL_NULL_ORIGIN | yes | INTERNAL_NULL_ORIGIN is yes (expected: true or false)",
                "CORS_ORIGIN | app.example | CORS_ORIGIN is app.example (expected: * alone",
                "CORS_ORIGIN | https://a.example/ | CORS_ORIGIN is https://a.example/",
                "CORS_ORIGIN | https://a.example,,https://b.example | CORS_ORIGIN is a list with nothing",
                "CORS_ORIGIN | *,https://a.example | CORS_ORIGIN is *",
                "CORS_ORIGIN | https://a.example https://b.example | CORS_ORIGIN is https://a.example https",
                "WS_PATH | chat | WS_PATH is chat (expected: such as /socket.io)",
                "WS_PATH | / | WS_PATH is /",
                "WS_PING_INTERVAL | 0 | WS_PING_INTERVAL is 0 (expected: at least 1ms",
                "WS_PING_TIMEOUT | 20 seconds | WS_PING_TIMEOUT is 20 seconds",
                "AUTH_TIMEOUT | 99999d | AUTH_TIMEOUT is 99999d (expected: at least 1ms, at most 3650d)",
                "MAX_RECIPIENTS | 0 | MAX_RECIPIENTS is 0 (expected: a number, 1 to 2147483647)",
                "MAX_PAYLOAD_BYTES | 3GB | MAX_PAYLOAD_BYTES is 3GB",
                "MAX_PAYLOAD_BYTES | 1 meg | MAX_PAYLOAD_BYTES is 1 meg",
                "MAX_PAYLOAD_BYTES | 513 | MAX_PAYLOAD_BYTES is 513 (expected: at least 514 for a message",
                "MAX_MESSAGE_BYTES | 1200000 | MAX_MESSAGE_BYTES is 1200000 (expected: with MAX_METADATA_BYTES, 65536, and 512",
                "MAX_MESSAGE_BYTES | 1133953 | MAX_MESSAGE_BYTES is 1133953 (expected: with",
                "MAX_METADATA_BYTES | 1200000 | MAX_METADATA_BYTES is 1200000 (expected: with MAX_MESSAGE_BYTES, 1, and",
                "MAX_USER_ID_LENGTH | 513 | MAX_USER_ID_LENGTH is 513",
                "NODE_NAME | node one | SCARFALL_NODE_NAME is node one",
                "SCARFALL_NODE_NAME | node one | SCARFALL_NODE_NAME is node one (expected: 1 to 128 of",
                "LOG_LEVEL | verbose | LOG_LEVEL is verbose (expected: error, warn, info, debug or trace)",
                "INTERNAL_OPEN | yes | INTERNAL_OPEN is yes",
                "CONFIG_FILE | /no/such/file | the file of settings does not exist: /no/such/file",
                "CONFIG_FILE | / | the file of settings cannot be read: /",
                "SERVICE_KEYS_FILE | /no/such/file | SERVICE_KEYS_FILE does not exist: /no/such/file",
                "JWT_SECRET_FILE | /some/file | JWT_SECRET and JWT_SECRET_FILE are both set",
                "TLS_CERT | /no/such/file | TLS_CERT is set alone",
                "TLS_KEY_PASSWORD | hunter2 | TLS_KEY_PASSWORD is set alone",
                "INTERNAL_TLS | true | INTERNAL_TLS is true without TLS_CERT",
                "TRUSTED_PROXIES | proxy.example | TRUSTED_PROXIES is proxy.example (expected: an address, or a block",
                "TRUSTED_PROXIES | 10.0.0.0/8, | TRUSTED_PROXIES is a list with nothing",
                "PROXY_PROTOCOL | true | PROXY_PROTOCOL is true without TRUSTED_PROXIES",
                "JWT_ALGORITHM | HS256 | JWT_ALGORITHM is set beside JWT_SECRET",
                "JWT_CLOCK_SKEW | 61 | JWT_CLOCK_SKEW is 61 (expected: 0 to 60s, in whole seconds)",
                "JWT_CLOCK_SKEW | 500ms | JWT_CLOCK_SKEW is 500ms",
                "JWT_ISSUER | a,,b | JWT_ISSUER is a list with nothing",
                "TOKEN_WARNING | soon | TOKEN_WARNING is soon",
                "MAX_CONNECTIONS | 0 | MAX_CONNECTIONS is 0",
                "CONNECT_RATE | 100 | CONNECT_RATE is 100 (expected: off, or a rate per second and a burst",
                "CONNECT_RATE | 0/1 | CONNECT_RATE is 0/1",
                "CONNECT_RATE | 1/9999999999 | CONNECT_RATE is 1/9999999999",
                "LIMITS_ENFORCED | no | LIMITS_ENFORCED is no (expected: true or false)",
                "RATE_LIMIT | on | RATE_LIMIT has rate limits: on (expected: off, or such as session=200/2000",
                "RATE_LIMIT | session=7 | RATE_LIMIT has session: 7 (expected: a rate per second and a burst",
                "MAX_JSON_DEPTH | 1001 | MAX_JSON_DEPTH is 1001 (expected: a number, 1 to 1000)",
                "MAX_NUMBER_LENGTH | 10001 | MAX_NUMBER_LENGTH is 10001",
                "REQUEST_TIMEOUT | 0 | REQUEST_TIMEOUT is 0",
                "ANSWER_TIMEOUT | 61 | ANSWER_TIMEOUT is 61 (expected: at least 1ms, at most 60s)",
                "ANSWER_TIMEOUT | 1 | ANSWER_TIMEOUT is 1 (expected: at least the APPLY_TIMEOUT, 2)",
                "JWT_PUBLIC_KEY | /some/file | JWT_SECRET (environment) and JWT_PUBLIC_KEY (environment) are set together",
                "JWT_JWKS_URL | https://a.example/k | JWT_SECRET (environment) and JWT_JWKS_URL (environment) are set together",
                "REDIS_URL | http://h | REDIS_URL is malformed (expected: redis://host:port",
                "REDIS_URL | redis://h:99999 | REDIS_URL is malformed: its port is no number from 1 to 65535",
                "REDIS_URL | redis://h:0 | REDIS_URL is malformed: its port is no number",
                "REDIS_URL | redis://h:six | REDIS_URL is malformed: its port is no number",
                "REDIS_URL | redis://h:6379/zero | REDIS_URL is malformed: its path is no database",
                "REDIS_URL | redis://h:6379/0/1 | REDIS_URL is malformed: its path is no database",
                "REDIS_URL | redis://h:6379#1 | REDIS_URL is malformed: it has a #",
                "REDIS_URL | redis://a:1,b:1 | REDIS_URL is malformed",
                "REDIS_URL | redis:// | REDIS_URL is malformed: it names no host",
                "REDIS_URL | redis-sentinel://a:1,b:1 | REDIS_URL is malformed: it names no master",
                "REDIS_CLUSTER | h:1,g | REDIS_CLUSTER is g (expected: host:port)",
                "REDIS_HOST | redis://h | REDIS_HOST is redis://h (expected: a host; an address goes into REDIS_URL)",
            })
    void anInvalidValueIsReportedWithItsSetting(String name, String value, String expected) {
        assertThat(refusal(name, value)).contains(expected);
    }

    @Test
    void aNonLoopbackInternalHostNeedsKeysOrInternalOpen() throws InvalidConfigException {
        assertThat(read("INTERNAL_HOST", "0.0.0.0", "SERVICE_KEYS", "billing:Wv7Kp2Zt9Qx4Ls6N")
                        .listening()
                        .internalHost())
                .isEqualTo("0.0.0.0");
        assertThat(read("INTERNAL_HOST", "0.0.0.0", "INTERNAL_OPEN", "true")
                        .listening()
                        .openInternal())
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "JWT_PUBLIC_KEY | /no/such/file | the file of JWT_PUBLIC_KEY does not exist: /no/such/file",
                "JWT_PUBLIC_KEY | -----BEGIN PUBLIC KEY----- | JWT_PUBLIC_KEY is not a PEM text",
                "JWT_PUBLIC_KEY_FILE | /no/such/file | JWT_PUBLIC_KEY_FILE does not exist: /no/such/file",
                "JWT_JWKS_URL | http://issuer.example/keys | JWT_JWKS_URL is http://issuer.example (expected: https",
                "JWT_JWKS_URL | https://u:p4ss@issuer.example/keys | JWT_JWKS_URL is https://issuer.example (expected",
            })
    void anInvalidKeyIsReportedWithItsSetting(String name, String value, String expected) {
        assertThat(refusal("JWT_SECRET", "", name, value))
                .contains(expected)
                .doesNotContain("is not set")
                .doesNotContain("p4ss");
    }

    @Test
    void tokensAreVerifiedWithOneSourceOfKeys() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(256);
        String pem = "-----BEGIN PUBLIC KEY-----\n"
                + Base64.getMimeEncoder()
                        .encodeToString(generator.generateKeyPair().getPublic().getEncoded())
                + "\n-----END PUBLIC KEY-----";
        Path file = Files.writeString(folder.resolve("key.pem"), pem);
        var expected = new KeySettings.PublicKey(JwtAlgorithm.ES256, pem);
        for (String[] setting : new String[][] {
            {"JWT_PUBLIC_KEY", pem}, {"JWT_PUBLIC_KEY", file.toString()}, {"JWT_PUBLIC_KEY_FILE", file.toString()}
        }) {
            assertThat(read("JWT_SECRET", "", "JWT_ALGORITHM", "es256", setting[0], setting[1])
                            .access()
                            .keys())
                    .isEqualTo(expected);
        }
        assertThat(refusal("JWT_SECRET", "", "JWT_PUBLIC_KEY", pem)).contains("JWT_PUBLIC_KEY is malformed");
        assertThat(refusal("JWT_SECRET", "", "JWT_PUBLIC_KEY", pem, "JWT_ALGORITHM", "ES256, RS256"))
                .contains("JWT_ALGORITHM is a list");
        assertThat(refusal("JWT_SECRET", "", "JWT_PUBLIC_KEY", pem, "JWT_ALGORITHM", "HS256"))
                .contains("JWT_ALGORITHM is HS256 (expected: RS256, ES256 or EDDSA)");

        URI uri = URI.create("https://issuer.example/keys?code=s3cr3t");
        assertThat(read("JWT_SECRET", "", "JWT_JWKS_URL", uri.toString(), "JWT_ALGORITHM", "ES256,EdDSA")
                        .access()
                        .keys())
                .isEqualTo(new KeySettings.KeySet(JwksConfig.of(uri, JwtAlgorithm.ES256, JwtAlgorithm.EDDSA)));
        assertThat(read("JWT_SECRET", "", "JWT_JWKS_URL", uri.toString(), "JWT_JWKS_KEEP", "0")
                        .access()
                        .keys())
                .isEqualTo(new KeySettings.KeySet(
                        JwksConfig.of(uri, JwtAlgorithm.RS256).withKeep(Duration.ZERO)));

        assertThatThrownBy(() -> ServerConfig.read(
                        Map.of("JWT_PUBLIC_KEY", pem, "JWT_ALGORITHM", "ES256"), null, SECRET, address -> null))
                .hasMessageContaining("JWT_SECRET (--dev) and JWT_PUBLIC_KEY (environment) are set together");
        assertThatThrownBy(() ->
                        KeySettings.forTokens(Map.of("JWT_PUBLIC_KEY", pem, "JWT_ALGORITHM", "ES256"), null, null))
                .as("a token needs a secret")
                .hasMessageContaining("JWT_SECRET is not set (expected: the secret that tokens are signed by)");
    }

    @Test
    void keysAndTheSecretPartsOfAUrlAreNotShown() {
        String shown = Settings.gather(
                        Map.of(
                                "JWT_PUBLIC_KEY",
                                "-----BEGIN PUBLIC KEY-----",
                                "JWT_JWKS_URL",
                                "https://u:p4ss@issuer.example/keys?code=s3cr3t",
                                "TLS_KEY_PASSWORD",
                                "s3cr3t"),
                        null,
                        null,
                        new ArrayList<>())
                .print();
        assertThat(shown)
                .containsPattern("(?m)^JWT_PUBLIC_KEY +\\(set\\) +environment$")
                .containsPattern("(?m)^JWT_JWKS_URL +https://...@issuer.example/keys\\?\\.\\.\\. +environment$")
                .containsPattern("(?m)^TLS_KEY_PASSWORD +\\(set\\) +environment$")
                .doesNotContain("s3cr3t", "p4ss", "BEGIN");
    }

    @Test
    void oneSettingMakesLimitsCountOnly() throws InvalidConfigException {
        assertThat(read().limits().rates().mode()).isEqualTo(RateLimits.Mode.ENFORCE);
        ServerConfig counting = read("LIMITS_ENFORCED", "false");
        assertThat(counting.limits().rates().mode()).isEqualTo(RateLimits.Mode.COUNT);
        assertThat(counting.wire().connections().enforce()).isFalse();
        assertThat(read("LIMITS_ENFORCED", "false", "RATE_LIMIT", "off")
                        .limits()
                        .rates())
                .isEqualTo(RateLimits.OFF);
        ServerConfig rates = read("RATE_LIMIT", "mode=count");
        assertThat(rates.limits().rates().mode()).isEqualTo(RateLimits.Mode.COUNT);
        assertThat(rates.wire().connections()).isEqualTo(ConnectionLimits.DEFAULT);
    }

    @Test
    void rateLimitOffAlsoTurnsOffConnectRates() throws InvalidConfigException {
        ConnectionLimits none = ConnectionLimits.DEFAULT.withConnectsPerAddress(Integer.MAX_VALUE, Integer.MAX_VALUE);
        assertThat(read("RATE_LIMIT", "off").wire().connections()).isEqualTo(none);
        assertThat(read("CONNECT_RATE", "off").wire().connections()).isEqualTo(none);
        assertThat(read("CONNECT_RATE", "off").limits().rates()).isEqualTo(RateLimits.DEFAULT);
        assertThat(read("RATE_LIMIT", "off", "CONNECT_RATE", "5 / 6").wire().connections())
                .isEqualTo(ConnectionLimits.DEFAULT.withConnectsPerAddress(5, 6));
    }

    @Test
    void aLikelyMistakeIsAWarning() throws InvalidConfigException {
        assertThat(read().warnings()).containsExactly("CORS_ORIGIN is *: every web page may connect");
        assertThat(read("CORS_ORIGIN", "https://a.example", "HOST", "0.0.0.0").warnings())
                .isEmpty();
        assertThat(read(
                                "CORS_ORIGIN",
                                "https://a.example",
                                "INTERNAL_HOST",
                                "0.0.0.0",
                                "SERVICE_KEYS",
                                "billing:Wv7Kp2Zt9Qx4Ls6N")
                        .warnings())
                .singleElement()
                .asString()
                .startsWith("INTERNAL_HOST is 0.0.0.0 without INTERNAL_TLS");
        assertThat(ServerConfig.read(Map.of("CORS_ORIGIN", "*"), null, SECRET, address -> null)
                        .warnings())
                .as("warnings in development mode")
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "hunter2",
                "your-256-bit-secret-your-256-bit-secret",
                "change-me-change-me-change-me-change-me",
                "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            })
    void aWeakOrWellKnownSecretIsRefusedAndNotShown(String secret) throws IOException {
        assertThat(refusal("JWT_SECRET", secret)).contains("JWT_SECRET is ").doesNotContain(secret);
        Path file = Files.writeString(folder.resolve("secret"), secret);
        assertThat(refusal("JWT_SECRET", "", "JWT_SECRET_FILE", file.toString()))
                .contains("JWT_SECRET is ")
                .doesNotContain(secret);
    }

    @Test
    void anEmptySecretFileIsReportedOnce() throws IOException {
        Path empty = Files.writeString(folder.resolve("empty"), "\n");
        assertThat(refusal("JWT_SECRET", "", "JWT_SECRET_FILE", empty.toString()))
                .contains("JWT_SECRET_FILE names an empty file")
                .doesNotContain("JWT_SECRET is");
    }

    @Test
    void aFileMayHaveOnlySettingsEachOnce() throws IOException {
        Path file = file("PORT=3001", "PORT=3002", "CONFIG_FILE=/other", "EDITOR=vi", "WS-PATH=/x");
        assertThat(refusal(file))
                .contains(
                        file + " line 2: PORT is set again",
                        "CONFIG_FILE in " + file,
                        "EDITOR in " + file + " is not a setting",
                        file + " line 5 is not a setting");
    }

    @ParameterizedTest
    @CsvSource({
        "JWT_SECRET_, JWT_SECRET",
        "JWT_SERCET, JWT_SECRET",
        "JWTSECRET, JWT_SECRET",
        "jwt_secret, JWT_SECRET",
        "JWT-SECRET, JWT_SECRET",
        "jwt.secret, JWT_SECRET",
        "JWT_SECRET_FIEL, JWT_SECRET_FILE",
        "port, PORT",
        "INTERNALPORT, INTERNAL_PORT",
        "CORS_ORIGINS, CORS_ORIGIN",
        "SERVICE_KEY, SERVICE_KEYS",
        "WS_PING_INTERVALL, WS_PING_INTERVAL",
        "WS_PNG_INTRVAL, WS_PING_INTERVAL",
        "MAX_RECIPENTS, MAX_RECIPIENTS",
        "LOG_DIRS, LOG_DIR"
    })
    void aMisspeltNameIsRecognized(String name, String meant) {
        Map<String, String> environment = environment("JWT_SECRET", "");
        environment.put(name, "x");
        assertThatThrownBy(() -> ServerConfig.read(environment, null, null, address -> null))
                .hasMessageContaining(
                        name + " in the environment is not a setting and is ignored (did you mean " + meant + "?)");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HOME",
                "POST",
                "SORT",
                "PORTS",
                "HOSTS",
                "HOSTNAME",
                "PATH",
                "PWD",
                "USER",
                "LOGNAME",
                "LOG_FILE",
                "CODE_NAME",
                "REDIS_PORT_6379_TCP",
                "REDIS_PORT",
                "REDIS_SERVICE_HOST",
                "SCARFALL_PORT",
                "INTERNAL_SERVICE_HOST",
                "KUBERNETES_PORT",
                "JWT_USER",
                "MAX_USERS",
                "JDK_JAVA_OPTIONS",
                "JAVA_HOME",
                "_"
            })
    void aNameThatOnlyLooksSimilarIsIgnored(String name) throws InvalidConfigException {
        assertThat(read(name, "x").listening().port()).isEqualTo(3000);
    }

    /** Variables of other programs may look similar; a deployment with them is valid. */
    @ParameterizedTest
    @CsvSource({"REDISHOST, REDIS_HOST", "LOGLEVEL, LOG_LEVEL", "host, HOST", "SERVICE_KEY, SERVICE_KEYS"})
    void aMisspeltNameInTheEnvironmentIsAWarning(String name, String meant) throws InvalidConfigException {
        assertThat(read(name, "x").warnings())
                .contains(name + " in the environment is not a setting and is ignored (did you mean " + meant + "?)");
    }

    @Test
    void aSimilarNameBesideTheSettingIsNoWarning() throws InvalidConfigException {
        ServerConfig config = read("LOGLEVEL", "9", "LOG_LEVEL", "warn");
        assertThat(config.logs().level()).isEqualTo("warn");
        assertThat(config.warnings()).noneMatch(warning -> warning.contains("LOGLEVEL"));
    }

    @ParameterizedTest
    @CsvSource({"PROT, PORT", "port, PORT", "HOTS, HOST", "REDISHOST, REDIS_HOST"})
    void aMisspeltNameInTheFileIsAMistake(String name, String meant) throws IOException {
        Path file = file(name + "=1");
        assertThat(refusal(file)).contains(name + " in " + file + " is not a setting (did you mean " + meant + "?)");
    }

    /** Without this check the store's URL parser would fail and not name the setting. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "redis://:pa#ss@h:6379",
                "redis://:pa@ss@h:6379",
                "redis://:pa/ss@h:6379",
                "redis://:pa?ss@h:6379",
                "redis://:pa ss@h:6379",
                "redis://:pa%ss@h:6379",
                "redis://u:pa[ss@h:6379",
                "redis-sentinel://:pa#ss@h:26379#main"
            })
    void aPasswordThatIsNotEncodedIsExplainedAndNotShown(String url) throws InvalidConfigException {
        assertThat(refusal("REDIS_URL", url, "PORT", "many"))
                .contains("PORT is many", "REDIS_URL is malformed", "must be percent-encoded", "# as %23")
                .doesNotContain("pa#ss", "pa@ss", "pa/ss", "pa?ss", "pa ss", "pa%ss", "pa[ss");
        String printed = Settings.gather(environment("REDIS_URL", url), null, null, new ArrayList<>())
                .print();
        assertThat(printed).contains("//...@").doesNotContainPattern("pa.ss");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "redis://h:6379",
                "redis://h",
                "redis://:pa%23%2F%40ss@h:6379/0",
                "rediss://user:pass@h.example:6380/3",
                "redis://:!$&'()*+,;=:-._~@127.0.0.1:6379",
                "redis://[::1]:6379",
                "redis-sentinel://a:26379,b:26379/0#main",
                "rediss-sentinel://:pass@a:26379#main"
            })
    void aValidRedisUrlIsAccepted(String url) throws InvalidConfigException {
        assertThat(Objects.requireNonNull(read("REDIS_URL", url).redis()).address())
                .isEqualTo(url);
    }

    @Test
    void bytesThatAreNotUtf8AreRefused() {
        assertThat(refusal("REDIS_HOST", "h", "REDIS_PASSWORD", "p\uFFFDss"))
                .contains("REDIS_PASSWORD (environment) is not UTF-8", "LC_ALL=C.UTF-8")
                .doesNotContain("p\uFFFDss");
    }

    @Test
    void aPortInUseIsReportedAsAMistakeThatMayPass() throws InvalidConfigException {
        List<InetSocketAddress> tried = new ArrayList<>();
        ServerConfig.PortCheck taken = address -> {
            tried.add(address);
            return address.getPort() == 3000 ? "Address already in use" : null;
        };
        InvalidConfigException refusal = catchThrowableOfType(
                InvalidConfigException.class, () -> ServerConfig.read(environment(), null, null, taken));
        assertThat(refusal)
                .hasMessageContaining("PORT is 3000, where this process cannot listen: Address already in use");
        assertThat(refusal.mayPass()).isTrue();
        assertThat(tried).containsExactly(new InetSocketAddress(3000), new InetSocketAddress("127.0.0.1", 4000));

        tried.clear();
        ServerConfig.read(environment("PORT", "0", "INTERNAL_PORT", "0"), null, null, taken);
        assertThat(tried).as("ports tried for port 0").isEmpty();

        assertThatThrownBy(() -> ServerConfig.read(environment("AUTH_TIMEOUT", "soon"), null, null, taken))
                .hasMessageContaining("AUTH_TIMEOUT is soon")
                .hasMessageContaining("PORT is 3000")
                .isInstanceOfSatisfying(
                        InvalidConfigException.class,
                        e -> assertThat(e.mayPass()).isFalse());
    }

    // Output

    @Test
    void theEffectiveSettingsAreShownWithTheirOrigins() throws IOException {
        Path file = file("PORT=3001", "SERVICE_KEYS=billing:Wv7Kp2Zt9Qx4Ls6N");
        Path secret = Files.writeString(folder.resolve("secret"), SECRET);
        String shown = Settings.gather(
                        Map.of("JWT_SECRET_FILE", secret.toString(), "WS_PATH", "/chat\u001b[2J"),
                        file.toString(),
                        null,
                        new ArrayList<>())
                .print();
        assertThat(shown)
                .containsPattern("(?m)^PORT +3001 +" + file + "$")
                .containsPattern("(?m)^INTERNAL_PORT +4000 +default$")
                .containsPattern("(?m)^HOST +\\(all addresses\\) +default$")
                .containsPattern("(?m)^WS_PATH +/chat \\[2J +environment$")
                .containsPattern("(?m)^JWT_SECRET +\\(set\\) +JWT_SECRET_FILE \\(environment\\)$")
                .containsPattern("(?m)^SERVICE_KEYS +\\(set\\) +" + file + "$")
                .doesNotContain(SECRET, "Wv7Kp2Zt9Qx4Ls6N");
        assertThat(shown.lines()).hasSize(Setting.values().length);
        assertThat(Settings.gather(Map.of(), null, null, new ArrayList<>()).print())
                .containsPattern("(?m)^JWT_SECRET +\\(not set\\) +default$");
    }

    @Test
    void theTextOfAConfigurationShowsNoSecret() throws InvalidConfigException {
        ServerConfig config = read("SERVICE_KEYS", "billing:Wv7Kp2Zt9Qx4Ls6N");
        assertThat(config.toString()).doesNotContain(SECRET).doesNotContain("Wv7Kp2Zt9Qx4Ls6N");
    }

    @Test
    void theHelpNamesEverySetting() {
        String help = CommandLine.help();
        for (Setting setting : Setting.values()) {
            assertThat(help).containsPattern("(?m)^  " + setting + " +");
        }
        for (Setting.Group group : Setting.Group.values()) {
            assertThat(help.split("(?m)^" + group.title() + ":$", -1))
                    .as(group.title())
                    .hasSize(2);
        }
    }
}
