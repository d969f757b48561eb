package io.scarfall.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The metrics that a running server exports, and their documentation. */
class PrometheusMetricsTest {

    private static final String SECRET = "Bk2Tq9VxYw7ZpLm4Rs8Nd1Fh6Jc3Gu5E";

    private ScarfallServer server;
    private ServerConfig config;

    @BeforeEach
    void start() throws Exception {
        config = ServerConfig.read(
                Map.of("JWT_SECRET", SECRET, "PORT", "0", "INTERNAL_PORT", "0", "MAX_RECIPIENTS", "2"),
                null,
                null,
                address -> null);
        server = ScarfallServer.start(config);
    }

    @AfterEach
    void stop() {
        server.stop();
    }

    private String scrape() throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + server.gateway().internalPort() + "/metrics");
        var response =
                HttpClient.newHttpClient().send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
        assertThat(response.statusCode()).isEqualTo(200);
        return response.body();
    }

    private double value(String id) throws Exception {
        Matcher matcher =
                Pattern.compile("(?m)^" + Pattern.quote(id) + " (\\S+)$").matcher(scrape());
        assertThat(matcher.find()).as(id).isTrue();
        return Double.parseDouble(matcher.group(1));
    }

    /** The names of Scarfall's own metrics, without the suffixes of a timer. */
    private Set<String> scraped() throws Exception {
        return Pattern.compile("(?m)^# TYPE (scarfall_\\w+) ")
                .matcher(scrape())
                .results()
                .map(match -> match.group(1).replaceFirst("_seconds_max$", "_seconds"))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void theDocumentedMetricsAreTheExportedOnes() throws Exception {
        String operations = Files.readString(Path.of("..", "docs", "operations.md"));
        Set<String> written = Pattern.compile("(?m)^\\|([^|]*)\\|")
                .matcher(operations)
                .results()
                .flatMap(row -> Pattern.compile("`(scarfall_\\w+)")
                        .matcher(row.group(1))
                        .results())
                .map(match -> match.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(written).isEqualTo(scraped());
    }

    /** The library's names have dots. Prometheus names have underscores, the kind and the unit. */
    @Test
    void everyMetricOfTheGatewayIsExported() throws Exception {
        String readme = Files.readString(Path.of("..", "scarfall-gateway", "README.md"));
        Set<String> expected = new TreeSet<>(Set.of("scarfall_log_dropped_total", "scarfall_build_info"));
        Pattern.compile("(?m)^\\| (`scarfall\\.[^|]*)\\| (counter|timer|gauge)(, and gauge|s)?")
                .matcher(readme)
                .results()
                .forEach(row -> {
                    boolean isFirst = true;
                    for (String name : row.group(1).replace("`", "").split(",")) {
                        String plain = name.strip().replace('.', '_');
                        boolean isTimer = row.group(2).equals("timer") && isFirst;
                        expected.add(
                                isTimer
                                        ? plain + "_seconds"
                                        : row.group(2).equals("counter") ? plain + "_total" : plain);
                        isFirst = false;
                    }
                });
        assertThat(expected).hasSizeGreaterThan(15);
        assertThat(scraped()).isEqualTo(expected);
    }

    @Test
    void everyMetricHasATypeAndAHelpText() throws Exception {
        String scrape = scrape();
        Set<String> types = Pattern.compile("(?m)^# TYPE (\\w+) ")
                .matcher(scrape)
                .results()
                .map(match -> match.group(1))
                .collect(Collectors.toSet());
        Set<String> helps = Pattern.compile("(?m)^# HELP (\\w+) \\S")
                .matcher(scrape)
                .results()
                .map(match -> match.group(1))
                .collect(Collectors.toSet());
        assertThat(types).contains("scarfall_sessions", "jvm_memory_used_bytes").isEqualTo(helps);
    }

    @Test
    void metricsFollowWhatHappens() throws Exception {
        TokenIssuer tokens = new TokenIssuer(
                SECRET, config.access().tokens(), config.access().jwtExpiration(), Clock.systemUTC());
        String sessions = "scarfall_sessions";
        assertThat(value(sessions)).isZero();
        try (UserClient alice = UserClient.of(server, tokens.issue("alice", null))) {
            alice.next("connected");
            assertThat(alice.ask("send_message", "{'recipientIds':['alice','bob'],'message':'x'}"))
                    .contains("\"sent\"");
            assertThat(alice.ask("send_message", "{'recipientIds':['a','b','c'],'message':'x'}"))
                    .contains("\"invalid\"");

            System.gc(); // a gauge whose object is only weakly reachable would be NaN from now on
            assertThat(value(sessions)).isEqualTo(1);
            assertThat(value("scarfall_users")).isEqualTo(1);
            assertThat(value("scarfall_connections{port=\"users\"}")).isEqualTo(1);
            assertThat(value("scarfall_healthy")).isEqualTo(1);
            assertThat(value("scarfall_transports{port=\"users\",transport=\"websocket\"}")
                            + value("scarfall_transports{port=\"users\",transport=\"polling\"}"))
                    .isEqualTo(1);
            for (String way : List.of("received", "sent")) {
                String id = "scarfall_" + way + "_bytes_total{port=\"users\",transport=\"";
                assertThat(value(id + "websocket\"}") + value(id + "polling\"}"))
                        .as(way)
                        .isGreaterThan(200);
            }
            assertThat(value("scarfall_send_message_seconds_count{port=\"users\"}"))
                    .isEqualTo(1);
            assertThat(value("scarfall_build_info{version=\"" + ScarfallServer.version() + "\"}"))
                    .isEqualTo(1);
            assertThat(value("scarfall_certificate_remaining_days{port=\"users\"}"))
                    .isNaN();
            assertThat(value("scarfall_events_total{event=\"send_message\",port=\"users\"}"))
                    .isEqualTo(2);
            assertThat(value("scarfall_deliveries_total{outcome=\"sent\"}")).isEqualTo(1);
            assertThat(value("scarfall_deliveries_total{outcome=\"failed\"}")).isEqualTo(1);
            assertThat(value("scarfall_limits_total{limit=\"recipients\"}")).isEqualTo(1);
            assertThat(value("scarfall_authentications_total{port=\"users\",result=\"accepted\"}"))
                    .isEqualTo(1);
        }
        await().untilAsserted(() -> assertThat(value(sessions)).isZero());
        await().untilAsserted(() ->
                assertThat(value("scarfall_eventloop_lag_seconds_count")).isPositive());
        assertThat(value("scarfall_eventloop_lag_seconds_sum")).isBetween(0.0, 60.0);
    }
}
