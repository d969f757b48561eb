package io.scarfall.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.scarfall.gateway.Blocking;
import io.scarfall.gateway.Identity;
import io.scarfall.gateway.Messages;
import io.scarfall.gateway.Metrics;
import io.scarfall.gateway.Scarfall;
import io.scarfall.gateway.TokenVerifier;
import io.scarfall.presence.ClusterState;
import io.scarfall.presence.Friend;
import io.scarfall.presence.Page;
import io.scarfall.presence.Presence;
import io.scarfall.presence.Roster;
import io.scarfall.presence.memory.MemoryCluster;
import io.scarfall.spring.internal.MetricsAutoConfiguration;
import io.scarfall.spring.internal.ScarfallAutoConfiguration;
import io.scarfall.spring.internal.SecurityAutoConfiguration;
import io.scarfall.spring.internal.ValidationAutoConfiguration;
import jakarta.validation.Validation;
import jakarta.validation.Validator;
import jakarta.validation.constraints.NotBlank;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.jwt.JwtDecoder;

/** Which beans there are, under which conditions, and which of the application's replace them. */
class ConditionsTest {

    private final ApplicationContextRunner contexts = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    ScarfallAutoConfiguration.class,
                    MetricsAutoConfiguration.class,
                    SecurityAutoConfiguration.class,
                    ValidationAutoConfiguration.class))
            .withPropertyValues("scarfall.port=0", "scarfall.internal-port=0");

    private final ApplicationContextRunner withSecret =
            contexts.withPropertyValues("scarfall.jwt.secret=" + Device.SECRET);

    @Test
    void aSecretIsEnough() {
        withSecret.run(context -> {
            assertThat(context).hasNotFailed();
            assertThat(context)
                    .hasSingleBean(Scarfall.class)
                    .hasSingleBean(Messages.class)
                    .hasSingleBean(Presence.class)
                    .hasSingleBean(Roster.class)
                    .hasSingleBean(ClusterState.class)
                    .doesNotHaveBean(Metrics.class);
            Scarfall scarfall = context.getBean(Scarfall.class);
            assertThat(scarfall.userPort()).isPositive();
            assertThat(context.getBean(Messages.class)
                            .sendMessage(List.of("alice"), "hello", null)
                            .toCompletableFuture()
                            .join()
                            .failed())
                    .containsExactly("alice");
        });
    }

    @Test
    void theGatewayCanBeTurnedOff() {
        withSecret
                .withPropertyValues("scarfall.enabled=false")
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .doesNotHaveBean(Scarfall.class)
                        .doesNotHaveBean(Messages.class));
    }

    @Test
    void withoutASourceOfTokensTheStartSaysWhatToSet() {
        contexts.run(context -> assertThat(context)
                .getFailure()
                .rootCause()
                .hasMessageContaining("jwtSecret, jwtPublicKey, jwks, tokenVerifier: none"));
        contexts.run(context -> assertThat(context)
                .getFailure()
                .hasStackTraceContaining("scarfall.jwt.secret, scarfall.jwt.public-key-location"));
    }

    @Test
    void propertiesReachTheGateway() {
        withSecret
                .withPropertyValues(
                        "scarfall.node-name=shop-1",
                        "scarfall.cors-origins=https://shop.example,https://www.shop.example",
                        "scarfall.ping-interval=7s",
                        "scarfall.sessions.offline-grace=1m",
                        "scarfall.delivery.max-recipients=7",
                        "scarfall.limits.rates=session=50/500",
                        "scarfall.limits.max-sessions-per-user=3",
                        "scarfall.control.when-full=end-oldest",
                        "scarfall.wire.connections.max-per-address=11",
                        "scarfall.wire.memory.max-held-bytes=4000000",
                        "scarfall.jwt.issuers=https://issuer.example",
                        "scarfall.jwt.skew=9s")
                .run(context -> {
                    var config = context.getBean(Scarfall.class).config();
                    assertThat(config.nodeName()).isEqualTo("shop-1");
                    assertThat(config.corsOrigins())
                            .containsExactly("https://shop.example", "https://www.shop.example");
                    assertThat(config.pingInterval()).hasSeconds(7);
                    assertThat(config.sessions().offlineGrace()).hasMinutes(1);
                    assertThat(config.sessions().authTimeout()).as("a default").hasSeconds(10);
                    assertThat(config.delivery().maxRecipients()).isEqualTo(7);
                    assertThat(config.limits().rates().toString()).contains("50/500");
                    assertThat(config.limits().maxSessionsPerUser()).isEqualTo(3);
                    assertThat(config.control().whenFull().name()).isEqualTo("END_OLDEST");
                    assertThat(config.wire().connections().maxPerAddress()).isEqualTo(11);
                    assertThat(config.wire().memory().maxHeldBytes()).isEqualTo(4_000_000);
                    assertThat(config.wire().memory().maxHeldBytesPerAddress()).isEqualTo(1_000_000);
                    assertThat(config.tokens().issuers()).containsExactly("https://issuer.example");
                    assertThat(config.tokens().skew()).hasSeconds(9);
                });
    }

    @Test
    void aValueOutOfRangeIsRefusedWithTheNameOfItsProperties() {
        withSecret
                .withPropertyValues("scarfall.delivery.max-recipients=0")
                .run(context -> assertThat(context)
                        .getFailure()
                        .hasStackTraceContaining("scarfall.delivery: maxRecipients: 0 (expected: > 0)"));
    }

    @Test
    void aCertificateNeedsItsKey() {
        withSecret
                .withPropertyValues("scarfall.wire.tls.certificate=cert.pem")
                .run(context -> assertThat(context)
                        .getFailure()
                        .hasStackTraceContaining("scarfall.wire.tls.key: none (expected: a certificate and its key)"));
    }

    @Test
    void customizersComeLastAndInOrder() {
        withSecret
                .withPropertyValues("scarfall.node-name=by-property")
                .withBean("second", ScarfallBuilderCustomizer.class, () -> new Named("second", 2))
                .withBean("first", ScarfallBuilderCustomizer.class, () -> new Named("first", 1))
                .run(context -> assertThat(
                                context.getBean(Scarfall.class).config().nodeName())
                        .isEqualTo("second"));
    }

    private record Named(String name, int order)
            implements ScarfallBuilderCustomizer, org.springframework.core.Ordered {

        @Override
        public void customize(io.scarfall.gateway.ScarfallBuilder builder) {
            builder.nodeName(name);
        }

        @Override
        public int getOrder() {
            return order;
        }
    }

    @Test
    void aRosterOfTheApplicationIsTheGatewaysRoster() {
        Roster ours = new Roster() {
            @Override
            public CompletionStage<List<Friend>> friends(String userId) {
                return CompletableFuture.completedFuture(List.of(Friend.of("bob")));
            }

            @Override
            public CompletionStage<Page<String>> watchers(String userId, @Nullable String cursor, int limit) {
                return CompletableFuture.completedFuture(Page.empty());
            }
        };
        withSecret.withBean("ours", Roster.class, () -> ours).run(context -> {
            assertThat(context).hasNotFailed().hasSingleBean(Roster.class);
            assertThat(context.getBean(Scarfall.class)
                            .roster()
                            .friends("alice")
                            .toCompletableFuture()
                            .join())
                    .containsExactly(Friend.of("bob"));
        });
    }

    @Test
    void aStateOfTheApplicationIsShared() {
        ClusterState ours = MemoryCluster.create();
        withSecret
                .withBean("ours", ClusterState.class, () -> ours)
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .getBean(ClusterState.class)
                        .isSameAs(ours));
    }

    @Test
    void aTokenVerifierOfTheApplicationVerifies() {
        TokenVerifier ours = token -> CompletableFuture.completedFuture(new Identity(token, null, null, Instant.MAX));
        contexts.withBean(TokenVerifier.class, () -> ours).run(context -> {
            assertThat(context).hasNotFailed();
            Device.withToken(context.getBean(Scarfall.class).userPort(), "alice")
                    .close();
        });
        withSecret
                .withBean(TokenVerifier.class, () -> ours)
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessageContaining("jwtSecret and tokenVerifier"));
    }

    @Test
    void aSecretGoesBeforeTheDecoderOfTheApplication() {
        JwtDecoder decoder = token -> {
            throw new AssertionError("not asked");
        };
        withSecret.withBean(JwtDecoder.class, () -> decoder).run(context -> {
            assertThat(context).hasNotFailed();
            Device.connect(context.getBean(Scarfall.class).userPort(), "alice").close();
        });
    }

    @Test
    void aSecretAndAVerifierOfTheApplicationAreAmbiguous() {
        Blocking.Verifier ours = token -> new Identity(token, null, null, Instant.MAX);
        withSecret
                .withBean(Blocking.Verifier.class, () -> ours)
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessageContaining("jwtSecret and tokenVerifier"));
    }

    @Test
    void severalDecodersForOtherRequestsAreNotAsked() {
        JwtDecoder decoder = token -> {
            throw new AssertionError("not asked");
        };
        withSecret
                .withBean("one", JwtDecoder.class, () -> decoder)
                .withBean("two", JwtDecoder.class, () -> decoder)
                .run(context -> assertThat(context).hasNotFailed());
    }

    @Test
    void ofSeveralRostersThePrimaryOneCounts() {
        Roster first = MemoryCluster.create().roster();
        Roster second = MemoryCluster.create().roster();
        ApplicationContextRunner one = withSecret.withBean("first", Roster.class, () -> first);
        one.withBean("second", Roster.class, () -> second)
                .run(context -> assertThat(context).getFailure().hasStackTraceContaining("first,second"));
        one.withBean("second", Roster.class, () -> second, definition -> definition.setPrimary(true))
                .run(context ->
                        assertThat(context.getBean(ClusterState.class).roster()).isSameAs(second));
    }

    @ScarfallController
    static class Shop {

        @OnEvent("order")
        void order(@NotBlank String item) {}
    }

    @Test
    void aConstraintNeedsAValidator() {
        withSecret
                .withBean(Shop.class)
                .run(context -> assertThat(context)
                        .getFailure()
                        .hasStackTraceContaining(
                                "Shop.order: has @Valid or a constraint, but the application has no Validator"));
        withSecret
                .withBean(Shop.class)
                .withBean(
                        Validator.class,
                        () -> Validation.buildDefaultValidatorFactory().getValidator())
                .run(context -> assertThat(context).hasNotFailed());
    }

    @Test
    void withoutSpringSecurityThereIsNothingOfIt() {
        withSecret
                .withClassLoader(new FilteredClassLoader(Authentication.class))
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean("scarfallPrincipals"));
    }

    @Test
    void metricsGoToTheRegistryAndLeaveItWithTheGateway() {
        MeterRegistry registry = new SimpleMeterRegistry();
        withSecret.withBean(MeterRegistry.class, () -> registry).run(context -> {
            assertThat(context).hasSingleBean(Metrics.class);
            assertThat(registry.find("scarfall.sessions").gauge()).isNotNull();
            try (Device alice = Device.connect(context.getBean(Scarfall.class).userPort(), "alice")) {
                alice.ask("ping");
                assertThat(registry.get("scarfall.sessions").gauge().value()).isEqualTo(1);
                assertThat(registry.get("scarfall.sessions").gauge().getId().getDescription())
                        .isNotEmpty();
            }
        });
        assertThat(registry.find("scarfall.sessions").gauge()).isNull();
    }

    @Test
    void withoutMicrometerThereAreNoMetrics() {
        withSecret
                .withClassLoader(new FilteredClassLoader(MeterRegistry.class))
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(Metrics.class));
    }

    @Test
    void aStoreInRedisNeedsAConnectionOfTheApplication() {
        withSecret
                .withPropertyValues("scarfall.store=redis")
                .run(context -> assertThat(context)
                        .getFailure()
                        .hasStackTraceContaining("scarfall.store: redis, but the application has no Redis"));
    }
}
