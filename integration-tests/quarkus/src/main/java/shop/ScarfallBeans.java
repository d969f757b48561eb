package shop;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.scarfall.gateway.Messages;
import io.scarfall.gateway.Scarfall;
import io.scarfall.gateway.ScarfallBuilder;
import io.scarfall.presence.ClusterState;
import io.scarfall.presence.Presence;
import io.scarfall.presence.Roster;
import io.scarfall.presence.memory.MemoryCluster;
import io.scarfall.presence.redis.RedisPresenceCluster;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Optional;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** The gateway as beans: from the configuration {@code scarfall.*}, started and drained with the application. */
@Singleton
public class ScarfallBeans {

    @ConfigMapping(prefix = "scarfall")
    public interface Settings {

        String jwtSecret();

        @WithDefault("3000")
        int port();

        @WithDefault("4000")
        int internalPort();

        /** The Redis that all nodes share. Without it, the application is the only node, and keeps its state in memory. */
        Optional<String> redisUrl();

        /** Time limit for the drain at the end. */
        @WithDefault("10s")
        Duration drainTimeout();
    }

    @Produces
    @Singleton
    ClusterState cluster(Settings settings) {
        return settings.redisUrl()
                .map(RedisPresenceCluster::connect)
                .orElseGet(MemoryCluster::create);
    }

    void close(@Disposes ClusterState cluster) {
        cluster.close();
    }

    /** Beans add their events, roster or namespaces: {@code void events(@Observes ScarfallBuilder builder)}. */
    @Produces
    @Singleton
    Scarfall scarfall(Settings settings, ClusterState cluster, Event<ScarfallBuilder> configuring) {
        ScarfallBuilder builder = Scarfall.builder()
                .jwtSecret(settings.jwtSecret())
                .port(settings.port())
                .internalPort(settings.internalPort())
                .cluster(cluster);
        configuring.fire(builder);
        return builder.build();
    }

    @Produces
    @ApplicationScoped
    Messages messages(Scarfall scarfall) {
        return scarfall.delivery();
    }

    @Produces
    @ApplicationScoped
    Presence presence(Scarfall scarfall) {
        return scarfall.presence();
    }

    @Produces
    @ApplicationScoped
    Roster roster(Scarfall scarfall) {
        return scarfall.roster();
    }

    void start(@Observes StartupEvent event, Scarfall scarfall) {
        scarfall.start();
    }

    /** Clients reconnect to other nodes; {@code drain} closes the gateway too. */
    void stop(@Observes ShutdownEvent event, Scarfall scarfall, Settings settings) {
        scarfall.drain(Duration.ZERO, settings.drainTimeout());
    }

    @Produces
    @Readiness
    @ApplicationScoped
    HealthCheck health(Scarfall scarfall) {
        return () -> HealthCheckResponse.named("scarfall")
                .status(scarfall.isHealthy())
                .withData("sessions", scarfall.sessionCount())
                .build();
    }
}
