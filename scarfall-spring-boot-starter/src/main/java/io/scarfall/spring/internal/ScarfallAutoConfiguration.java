package io.scarfall.spring.internal;

import io.scarfall.gateway.Blocking;
import io.scarfall.gateway.Messages;
import io.scarfall.gateway.Metrics;
import io.scarfall.gateway.Scarfall;
import io.scarfall.gateway.ScarfallBuilder;
import io.scarfall.gateway.StoreMetrics;
import io.scarfall.gateway.TokenVerifier;
import io.scarfall.gateway.UserListener;
import io.scarfall.presence.ClusterState;
import io.scarfall.presence.Presence;
import io.scarfall.presence.Roster;
import io.scarfall.presence.memory.MemoryCluster;
import io.scarfall.presence.redis.RedisPresenceCluster;
import io.scarfall.socketio.EventInterceptor;
import io.scarfall.socketio.packet.JacksonCodec;
import io.scarfall.socketio.packet.JsonCodec;
import io.scarfall.spring.ScarfallBuilderCustomizer;
import io.scarfall.spring.internal.ScarfallProperties.Store;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Scope;
import org.springframework.core.env.Environment;

/**
 * Builds a gateway of the properties {@code scarfall.*}, the controllers and the customizers, and starts and drains it with the
 * application. What an application may have, such as Redis, metrics or Spring Security, comes from the other auto-configurations
 * of this package as beans; each bean of the application replaces ours.
 */
@AutoConfiguration(
        after = {
            Boot3RedisAutoConfiguration.class,
            Boot4RedisAutoConfiguration.class,
            JsonAutoConfiguration.class,
            MetricsAutoConfiguration.class,
            ObservationAutoConfiguration.class,
            ValidationAutoConfiguration.class,
            SecurityAutoConfiguration.class
        })
@ConditionalOnProperty(name = "scarfall.enabled", havingValue = "true", matchIfMissing = true)
@EnableConfigurationProperties(ScarfallProperties.class)
public class ScarfallAutoConfiguration {

    private static final String OWN_ROSTER = "scarfallRoster";
    private static final Duration USUAL_PHASE_TIMEOUT = Duration.ofSeconds(30);

    /** What the nodes share. Spring closes it after the gateway, which depends on it. */
    @Bean
    @ConditionalOnMissingBean
    ClusterState scarfallCluster(
            ScarfallProperties properties,
            ObjectProvider<RedisServers> redis,
            ObjectProvider<Metrics> metrics,
            ConfigurableListableBeanFactory beans) {
        RedisServers servers = properties.store() == Store.MEMORY ? null : redis.getIfAvailable();
        Roster roster = ownRoster(beans);
        if (servers != null) {
            return inRedis(servers, properties, roster, metrics.getIfAvailable());
        }
        if (properties.store() == Store.REDIS) {
            throw new IllegalStateException("scarfall.store: redis, but the application has no Redis"
                    + " (expected: spring-boot-starter-data-redis, and spring.data.redis.*)");
        }
        MemoryCluster.Builder memory = MemoryCluster.builder();
        return roster == null ? memory.build() : memory.roster(roster).build();
    }

    private static ClusterState inRedis(
            RedisServers servers, ScarfallProperties properties, @Nullable Roster roster, @Nullable Metrics metrics) {
        RedisPresenceCluster.Builder builder = RedisPresenceCluster.builder();
        servers.apply(builder);
        new PropertyMapping(properties).applyRedis(builder);
        if (roster != null) {
            builder.roster(roster);
        }
        if (metrics != null) {
            builder.listener(new StoreMetrics(metrics));
        }
        return builder.build();
    }

    /**
     * The roster that the application defines; null if it defines none.
     *
     * @throws org.springframework.beans.factory.NoUniqueBeanDefinitionException if it defines several, and none is primary
     */
    public static @Nullable Roster ownRoster(ConfigurableListableBeanFactory beans) {
        List<String> names = Arrays.stream(
                        BeanFactoryUtils.beanNamesForTypeIncludingAncestors(beans, Roster.class, true, false))
                .filter(name -> !name.equals(OWN_ROSTER))
                .toList();
        if (names.size() == 1) {
            return beans.getBean(names.get(0), Roster.class);
        }
        return names.isEmpty() ? null : beans.getBean(Roster.class);
    }

    @Bean
    @ConditionalOnMissingBean
    PayloadReader scarfallPayloadReader(ObjectProvider<JsonCodec> codec, ObjectProvider<PayloadValidator> validator) {
        return new PayloadReader(
                codec.getIfAvailable(() -> JacksonCodec.DEFAULT),
                validator.getIfAvailable(() -> PayloadValidator.NONE));
    }

    /** A builder with everything that this application has. Each one makes a gateway of its own. */
    @Bean
    @Scope(ConfigurableBeanFactory.SCOPE_PROTOTYPE)
    @ConditionalOnMissingBean
    ScarfallBuilder scarfallBuilder(
            ScarfallProperties properties,
            ClusterState cluster,
            PayloadReader reader,
            ObjectProvider<JsonCodec> codec,
            ObjectProvider<TokenVerifier> verifier,
            ObjectProvider<Blocking.Verifier> blockingVerifier,
            ObjectProvider<EventInterceptor> interceptors,
            ObjectProvider<UserListener> listeners,
            ObjectProvider<Metrics> metrics,
            ObjectProvider<EventAround> arounds,
            ObjectProvider<PrincipalSource> principals,
            ObjectProvider<ScarfallBuilderCustomizer> customizers,
            ConfigurableListableBeanFactory beans) {
        ScarfallBuilder builder = Scarfall.builder().cluster(cluster);
        PropertyMapping mapping = new PropertyMapping(properties);
        mapping.apply(builder);
        mapping.applyTokens(builder);
        TokenVerifier own = verifier.getIfAvailable();
        if (own != null) {
            builder.tokenVerifier(own);
        }
        Blocking.Verifier blocking = blockingVerifier.getIfAvailable();
        // The decoder of Spring Security may be for other requests; each source that is for users only counts.
        boolean isSpare = blocking instanceof DecoderVerifier
                && (own != null || !properties.jwt().isEmpty());
        if (blocking != null && !isSpare) {
            builder.tokenVerifier(Blocking.verifier(blocking));
        }
        interceptors.orderedStream().forEach(builder::intercept);
        listeners.orderedStream().forEach(builder::blockingListener);
        metrics.ifAvailable(builder::metrics);
        codec.ifAvailable(builder::json);
        new Controllers(
                        beans,
                        reader,
                        arounds.orderedStream().toList(),
                        principals.getIfAvailable(() -> PrincipalSource.NONE))
                .apply(builder);
        customizers.orderedStream().forEach(customizer -> customizer.customize(builder));
        return builder;
    }

    /** Closes after the lifecycle has drained it; a second close does nothing. */
    @Bean(destroyMethod = "close")
    @ConditionalOnMissingBean
    Scarfall scarfall(ScarfallBuilder builder) {
        try {
            return builder.build();
        } catch (IllegalArgumentException e) {
            if (String.valueOf(e.getMessage()).startsWith("jwtSecret, jwtPublicKey, jwks, tokenVerifier")) {
                throw new IllegalStateException(
                        "The source of users' tokens is missing or ambiguous (expected: one of"
                                + " scarfall.jwt.secret, scarfall.jwt.public-key-location, scarfall.jwt.jwks-uri, a bean TokenVerifier,"
                                + " and a bean JwtDecoder of Spring Security)",
                        e);
            }
            throw e;
        }
    }

    @Bean
    @ConditionalOnMissingBean
    Messages scarfallMessages(Scarfall scarfall) {
        return scarfall.delivery();
    }

    @Bean
    @ConditionalOnMissingBean
    Presence scarfallPresence(Scarfall scarfall) {
        return scarfall.presence();
    }

    @Bean(OWN_ROSTER)
    @ConditionalOnMissingBean
    Roster scarfallRoster(Scarfall scarfall) {
        return scarfall.roster();
    }

    @Bean
    @ConditionalOnMissingBean
    ScarfallLifecycle scarfallLifecycle(
            Scarfall scarfall,
            ScarfallProperties properties,
            Environment environment,
            ApplicationEventPublisher events) {
        Duration phaseTimeout = environment.getProperty(
                "spring.lifecycle.timeout-per-shutdown-phase", Duration.class, USUAL_PHASE_TIMEOUT);
        return new ScarfallLifecycle(scarfall, properties.drain(), phaseTimeout, events);
    }
}
