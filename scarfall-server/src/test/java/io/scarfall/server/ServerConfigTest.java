package io.scarfall.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the environment says, and how the server speaks of its mistakes. */
class ServerConfigTest {

    private static final String SECRET = "a secret of the tests, 32 bytes or more";

    private static ServerConfig read(String... namesAndValues) throws InvalidConfigException {
        Map<String, String> environment = new HashMap<>(Map.of("JWT_SECRET", SECRET));
        for (int i = 0; i < namesAndValues.length; i += 2) {
            environment.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        return ServerConfig.read(environment, null);
    }

    @Test
    void onlyTheSecretIsRequired() throws InvalidConfigException {
        ServerConfig config = read();
        assertThat(config.host()).isNull();
        assertThat(config.port()).isEqualTo(3000);
        assertThat(config.internalHost()).isEqualTo("127.0.0.1");
        assertThat(config.internalPort()).isEqualTo(4000);
        assertThat(config.corsOrigins()).containsExactly("*");
        assertThat(config.jwtSecret()).isEqualTo(SECRET);
        assertThat(config.jwtExpiration()).isEqualTo(Duration.ofHours(24));
        assertThat(config.path()).isEqualTo("/socket.io");
        assertThat(config.pingInterval()).isEqualTo(Duration.ofSeconds(25));
        assertThat(config.pingTimeout()).isEqualTo(Duration.ofSeconds(20));
        assertThat(config.authTimeout()).isEqualTo(Duration.ofSeconds(10));
        assertThat(config.sessionExpiry()).isEqualTo(Duration.ofDays(1));
        assertThat(config.idleTimeout()).isEqualTo(Duration.ofMinutes(30));
        assertThat(config.serviceKeys().isEmpty()).isTrue();
    }

    @Test
    void developmentNeedsNothingAndStaysOnThisMachine() throws InvalidConfigException {
        ServerConfig config = ServerConfig.read(Map.of(), SECRET);
        assertThat(config.jwtSecret()).isEqualTo(SECRET);
        assertThat(config.host()).isEqualTo("127.0.0.1");
        assertThat(config.corsOrigins())
                .isNotEmpty()
                .allMatch(origin -> origin.matches("http://(localhost|127.0.0.1).*"));
    }

    @ParameterizedTest
    @CsvSource({"500,PT0.5S", "500ms,PT0.5S", "2s,PT2S", "3m,PT3M", "4 h,PT4H", "1d,PT24H"})
    void aTimeIsANumberAndPerhapsAUnit(String text, Duration expected) throws InvalidConfigException {
        assertThat(read("WS_PING_INTERVAL", text).pingInterval()).isEqualTo(expected);
    }

    @Test
    void everyMistakeIsInOneReport() {
        assertThatThrownBy(() -> ServerConfig.read(
                        Map.of(
                                "PORT", "many",
                                "AUTH_TIMEOUT", "soon",
                                "TOKEN_IN_QUERY", "maybe",
                                "SERVICE_KEYS", "no-colon-but-a-key",
                                "CLIENT_DIR", "/no/such/folder",
                                "REDIS_HOST", "redis"),
                        null))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessageContaining("JWT_SECRET is not set")
                .hasMessageContaining("PORT is many (expected: a number)")
                .hasMessageContaining("AUTH_TIMEOUT is soon")
                .hasMessageContaining("TOKEN_IN_QUERY is maybe")
                .hasMessageContaining("SERVICE_KEYS is malformed")
                .hasMessageContaining("CLIENT_DIR is /no/such/folder")
                .hasMessageContaining("REDIS_HOST is not supported")
                .hasMessageNotContaining("no-colon-but-a-key");
    }

    @Test
    void aShortSecretIsRefusedAndNotShown() {
        assertThatThrownBy(() -> read("JWT_SECRET", "hunter2"))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessageContaining("JWT_SECRET is too short")
                .hasMessageNotContaining("hunter2");
    }

    @Test
    void blankMeansNotSet() throws InvalidConfigException {
        assertThat(read("PORT", " ", "HOST", "").port()).isEqualTo(3000);
    }

    @Test
    void listsAreSeparatedByCommas() throws InvalidConfigException {
        assertThat(read("CORS_ORIGIN", "https://a.example, https://b.example").corsOrigins())
                .isEqualTo(List.of("https://a.example", "https://b.example"));
    }

    @Test
    void noTextOfAConfigurationShowsASecret() throws InvalidConfigException {
        ServerConfig config = read("SERVICE_KEYS", "billing:s3cr3t");
        assertThat(config.toString()).doesNotContain(SECRET).doesNotContain("s3cr3t");
    }
}
