package io.scarfall.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.auth0.jwt.JWT;
import com.auth0.jwt.algorithms.Algorithm;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.scarfall.gateway.Identity;
import io.scarfall.gateway.Messages;
import io.scarfall.gateway.Scarfall;
import io.scarfall.presence.Presence;
import io.scarfall.presence.testing.RedisServer;
import io.scarfall.testkit.TestClient;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.security.config.annotation.method.configuration.EnableMethodSecurity;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationToken;
import org.springframework.security.web.SecurityFilterChain;

/** Whole applications: with a web server and actuator, with Redis, and with a decoder of tokens of Spring Security. */
class RunningTest {

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class App {

        @Bean
        SecurityFilterChain open(HttpSecurity http) throws Exception {
            return http.authorizeHttpRequests(requests -> requests.anyRequest().permitAll())
                    .build();
        }
    }

    private static ConfigurableApplicationContext run(WebApplicationType web, List<String> more, Class<?>... sources) {
        return new SpringApplicationBuilder(sources)
                .web(web)
                .properties(
                        "server.port=0",
                        "scarfall.port=0",
                        "scarfall.internal-port=0",
                        "scarfall.drain.grace=0s",
                        "management.endpoints.web.exposure.include=health,metrics",
                        "management.endpoint.health.show-details=always",
                        "management.endpoint.health.probes.enabled=true",
                        "management.health.redis.enabled=false",
                        "spring.main.banner-mode=off")
                .properties(more.toArray(String[]::new))
                .run();
    }

    private static List<String> inMemory(String... more) {
        return Stream.concat(
                        Stream.of("scarfall.jwt.secret=" + Device.SECRET, "scarfall.store=memory"), Arrays.stream(more))
                .toList();
    }

    private static HttpResponse<String> get(int port, String path) throws IOException, InterruptedException {
        URI address = URI.create("http://127.0.0.1:" + port + path);
        return HTTP.send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofString());
    }

    /** What actuator shows about the gateway. */
    private static JsonNode health(int port) throws IOException, InterruptedException {
        return new ObjectMapper().readTree(get(port, "/actuator/health").body()).at("/components/scarfall");
    }

    private static int webPort(ConfigurableApplicationContext context) {
        return Integer.parseInt(context.getEnvironment().getRequiredProperty("local.server.port"));
    }

    @Test
    void actuatorShowsTheGateway() throws Exception {
        try (ConfigurableApplicationContext context = run(WebApplicationType.SERVLET, inMemory(), App.class);
                Device alice = Device.connect(context.getBean(Scarfall.class).userPort(), "alice")) {
            alice.ask("ping");
            JsonNode health = health(webPort(context));
            assertThat(health.at("/status").asText()).isEqualTo("UP");
            assertThat(health.at("/details/sessions").asInt()).isEqualTo(1);
            assertThat(get(webPort(context), "/actuator/health/readiness").body())
                    .contains("UP");
            assertThat(get(webPort(context), "/actuator/metrics/scarfall.sessions")
                            .body())
                    .contains("\"value\":1.0");
        }
    }

    @Test
    void theHealthOfTheGatewayCanBeTurnedOff() throws Exception {
        List<String> properties = inMemory("management.health.scarfall.enabled=false");
        try (ConfigurableApplicationContext context = run(WebApplicationType.SERVLET, properties, App.class)) {
            assertThat(get(webPort(context), "/actuator/health").body()).doesNotContain("\"scarfall\"");
        }
    }

    /** On SIGTERM Spring closes the context. The web server answers until the gateway has drained. */
    @Test
    void theGatewayDrainsBeforeTheWebServerStops() throws Exception {
        List<String> properties = inMemory("scarfall.drain.notice=25s", "server.shutdown=graceful");
        ConfigurableApplicationContext context = run(WebApplicationType.SERVLET, properties, App.class);
        Scarfall scarfall = context.getBean(Scarfall.class);
        int web = webPort(context);
        int users = scarfall.userPort();
        ApplicationAvailability availability = context.getBean(ApplicationAvailability.class);
        assertThat(availability.getReadinessState()).isEqualTo(ReadinessState.ACCEPTING_TRAFFIC);
        // the official Java client does not notice that a server closes its connection
        try (TestClient alice = TestClient.to("http://127.0.0.1:" + users)
                .token(Device.token("alice"))
                .connect()) {
            CompletableFuture<Void> closed = CompletableFuture.runAsync(context::close);
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> get(users, "/readyz").body().contains("draining"));
            assertThat(availability.getReadinessState()).isEqualTo(ReadinessState.REFUSING_TRAFFIC);
            assertThat(health(web).at("/status").asText()).isEqualTo("OUT_OF_SERVICE");
            assertThat(health(web).at("/details/reason").asText()).isEqualTo("draining");
            assertThat(alice.ask("ping").json().utf8())
                    .as("still served during the notice")
                    .contains("timestamp");

            scarfall.close(); // ends the notice
            assertThat(alice.disconnected()).isEqualTo("transport close");
            closed.get(20, TimeUnit.SECONDS);
            assertThatThrownBy(() -> get(web, "/actuator/health")).isInstanceOf(ConnectException.class);
        }
    }

    /** Two applications, and a real Redis where Spring's own settings say it is. */
    @Test
    void applicationsShareTheRedisOfSpring() throws Exception {
        try (RedisServer redis = RedisServer.start()) {
            URI address = URI.create(redis.uri());
            List<String> properties = List.of(
                    "scarfall.jwt.secret=" + Device.SECRET,
                    "scarfall.redis.prefix=shop",
                    "spring.data.redis.host=" + address.getHost(),
                    "spring.data.redis.port=" + address.getPort(),
                    "spring.data.redis.database=2");
            try (ConfigurableApplicationContext one = run(WebApplicationType.NONE, properties, App2.class);
                    ConfigurableApplicationContext two = run(WebApplicationType.NONE, properties, App2.class);
                    Device bob = Device.connect(two.getBean(Scarfall.class).userPort(), "bob")) {
                await().atMost(Duration.ofSeconds(20))
                        .until(() -> one.getBean(Presence.class)
                                .status("bob")
                                .toCompletableFuture()
                                .join()
                                .online());
                await().atMost(Duration.ofSeconds(20))
                        .until(() -> one.getBean(Scarfall.class).isHealthy());
                assertThat(one.getBean(Messages.class)
                                .sendMessage(List.of("bob"), "hello", null)
                                .toCompletableFuture()
                                .join()
                                .sent())
                        .containsExactly("bob");
                assertThat(bob.nextMessage()).isEqualTo("hello");
            }
        }
    }

    @EnableAutoConfiguration
    static class App2 {}

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @EnableMethodSecurity
    static class Secured {

        @Bean
        JwtDecoder decoder() {
            return NimbusJwtDecoder.withSecretKey(
                            new SecretKeySpec(Device.SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"))
                    .build();
        }
    }

    @ScarfallController
    static class Office {

        @OnEvent("who")
        String who(JwtAuthenticationToken user, Identity identity) {
            return user.getName() + " " + identity.email() + " " + identity.roles() + " "
                    + user.getToken().getClaimAsString("team");
        }

        @OnEvent("read")
        @PreAuthorize("hasAuthority('SCOPE_read')")
        String read() {
            return "page";
        }

        @OnEvent("write")
        @PreAuthorize("hasAuthority('SCOPE_write')")
        String write() {
            return "written";
        }
    }

    @Test
    void tokensAreVerifiedByTheDecoderOfSpringSecurity() {
        List<String> properties = List.of("scarfall.store=memory");
        try (ConfigurableApplicationContext context =
                run(WebApplicationType.NONE, properties, Secured.class, Office.class)) {
            int port = context.getBean(Scarfall.class).userPort();
            try (Device alice = Device.withToken(port, scoped(Instant.now().plusSeconds(60)))) {
                assertThat(alice.ask("who"))
                        .startsWith("alice alice@example.com ")
                        .contains("SCOPE_read")
                        .endsWith(" blue");
                assertThat(alice.ask("read")).isEqualTo("page");
                assertThat(alice.ask("write")).contains("\"code\":\"forbidden\"");
            }
            assertThat(Device.refusal(port, "no token")).contains("invalid_token");
            assertThat(Device.refusal(port, scoped(Instant.now().minusSeconds(600))))
                    .contains("token_expired");
        }
    }

    private static String scoped(Instant expires) {
        return JWT.create()
                .withSubject("alice")
                .withClaim("email", "alice@example.com")
                .withClaim("scope", "read")
                .withClaim("team", "blue")
                .withExpiresAt(expires)
                .sign(Algorithm.HMAC256(Device.SECRET));
    }
}
