package io.scarfall.gateway;

import io.scarfall.engineio.EngineServer;
import io.scarfall.engineio.MemoryBudget;
import io.scarfall.gateway.internal.auth.JwtVerifier;
import io.scarfall.gateway.internal.delivery.LocalUsers;
import io.scarfall.gateway.internal.link.NodeLinks;
import io.scarfall.gateway.internal.session.LiveSessions;
import io.scarfall.gateway.internal.session.SessionSync;
import io.scarfall.presence.internal.NodeAccess;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/** Registers the gauges of a gateway. Counters and timers are registered where they are used. */
final class Gauges {

    private static final double MILLIS_PER_DAY = 86_400_000;

    private final Metrics metrics;

    Gauges(Metrics metrics) {
        this.metrics = metrics;
    }

    void port(EngineServer server, String port) {
        metrics.gauge("scarfall.connections", server::sessionCount, "port", port);
        for (String transport : List.of("polling", "websocket")) {
            metrics.gauge(
                    "scarfall.transports", () -> server.sessionCount(transport), "port", port, "transport", transport);
        }
        metrics.gauge("scarfall.certificate.remaining.days", () -> daysUntil(server.certificateEnd()), "port", port);
    }

    void node(
            LiveSessions registry,
            SessionSync sessions,
            LocalUsers localUsers,
            NodeLinks links,
            MemoryBudget memory,
            Health health,
            NodeAccess cluster) {
        metrics.gauge("scarfall.sessions", registry::size);
        metrics.gauge("scarfall.users", localUsers::userCount);
        metrics.gauge("scarfall.sessions.unsettled", sessions::unwrittenCount);
        metrics.gauge("scarfall.sessions.unclosed", sessions::unclosedCount);
        metrics.gauge("scarfall.links.unanswered", links::unanswered);
        metrics.gauge("scarfall.held.bytes", memory::heldBytes);
        metrics.gauge("scarfall.held.bytes.max", memory::maxBytes);
        metrics.gauge("scarfall.healthy", () -> health.isHealthy() ? 1 : 0);
        metrics.gauge("scarfall.store.away.partitions", cluster::awayPartitions);
    }

    void keys(TokenVerifier verifier) {
        DoubleSupplier age = verifier instanceof JwtVerifier jwt ? jwt::keysAgeSeconds : () -> Double.NaN;
        metrics.gauge("scarfall.keys.age.seconds", age);
    }

    private static double daysUntil(@Nullable Instant end) {
        return end == null ? Double.NaN : Duration.between(Instant.now(), end).toMillis() / MILLIS_PER_DAY;
    }
}
