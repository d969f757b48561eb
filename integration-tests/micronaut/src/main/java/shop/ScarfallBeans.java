package shop;

import io.micronaut.context.annotation.Bean;
import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.context.annotation.Factory;
import io.micronaut.context.event.StartupEvent;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.core.bind.annotation.Bindable;
import io.micronaut.core.util.StringUtils;
import io.micronaut.health.HealthStatus;
import io.micronaut.management.health.indicator.HealthIndicator;
import io.micronaut.management.health.indicator.HealthResult;
import io.micronaut.management.health.indicator.annotation.Readiness;
import io.micronaut.runtime.event.annotation.EventListener;
import io.scarfall.gateway.Messages;
import io.scarfall.gateway.Scarfall;
import io.scarfall.gateway.ScarfallBuilder;
import io.scarfall.presence.ClusterState;
import io.scarfall.presence.Presence;
import io.scarfall.presence.Roster;
import io.scarfall.presence.memory.MemoryCluster;
import io.scarfall.presence.redis.RedisPresenceCluster;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import reactor.core.publisher.Mono;

/** The gateway as beans: from the configuration {@code scarfall.*}, started and drained with the application. */
@Factory
public class ScarfallBeans {

    /**
     * @param redisUrl the Redis that all nodes share; without it, the application is the only node, and keeps its state in memory
     * @param drainTimeout time limit for the drain at the end
     */
    @ConfigurationProperties("scarfall")
    public record Settings(
            String jwtSecret,
            @Bindable(defaultValue = "3000") int port,
            @Bindable(defaultValue = "4000") int internalPort,
            @Nullable String redisUrl,
            @Bindable(defaultValue = "10s") Duration drainTimeout) {}

    /** Beans add their events, roster or namespaces. They exist before the gateway: a bean that sends takes a provider of it. */
    public interface Table {

        void addTo(ScarfallBuilder builder);
    }

    @Singleton
    @Bean(preDestroy = "close")
    ClusterState cluster(Settings settings) {
        return StringUtils.isEmpty(settings.redisUrl())
                ? MemoryCluster.create()
                : RedisPresenceCluster.connect(settings.redisUrl());
    }

    @Singleton
    Scarfall scarfall(Settings settings, ClusterState cluster, List<Table> tables) {
        ScarfallBuilder builder = Scarfall.builder()
                .jwtSecret(settings.jwtSecret())
                .port(settings.port())
                .internalPort(settings.internalPort())
                .cluster(cluster);
        tables.forEach(table -> table.addTo(builder));
        return builder.build();
    }

    @Singleton
    Messages messages(Scarfall scarfall) {
        return scarfall.delivery();
    }

    @Singleton
    Presence presence(Scarfall scarfall) {
        return scarfall.presence();
    }

    @Singleton
    Roster roster(Scarfall scarfall) {
        return scarfall.roster();
    }

    /** Starts the gateway with the application, and drains it at the end. */
    @Singleton
    static final class Life {

        private final Scarfall scarfall;
        private final Settings settings;

        Life(Scarfall scarfall, Settings settings) {
            this.scarfall = scarfall;
            this.settings = settings;
        }

        @EventListener
        void start(StartupEvent event) {
            scarfall.start();
        }

        /** Clients reconnect to other nodes; {@code drain} closes the gateway too. */
        @PreDestroy
        void stop() {
            scarfall.drain(Duration.ZERO, settings.drainTimeout());
        }
    }

    @Singleton
    @Readiness
    HealthIndicator health(Scarfall scarfall) {
        return () -> {
            HealthStatus status = scarfall.isHealthy() ? HealthStatus.UP : HealthStatus.DOWN;
            return Mono.just(HealthResult.builder("scarfall", status)
                    .details(Map.of("sessions", scarfall.sessionCount()))
                    .build());
        };
    }
}
