package io.scarfall.gateway;

import io.scarfall.engineio.EngineConfig;
import io.scarfall.engineio.EventLoops;
import io.scarfall.engineio.HttpRoutes;
import io.scarfall.engineio.ResponseHeaders;
import io.scarfall.gateway.internal.auth.AuthenticatedNamespaces;
import io.scarfall.gateway.internal.session.BlockingHandlers;
import io.scarfall.gateway.internal.session.LiveSession;
import io.scarfall.gateway.internal.user.UserGateway;
import io.scarfall.presence.internal.NodeAccess;
import io.scarfall.socketio.Namespace;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link ScarfallBuilder} has collected. Immutable, so that a gateway can be started later than it is built.
 */
record Setup(
        GatewayConfig config,
        InetSocketAddress internalAddress,
        NodeAccess cluster,
        TokenVerifier verifier,
        ServiceKeys serviceKeys,
        boolean answersUnknownEvents,
        Metrics metrics,
        Clock clock,
        @Nullable ScheduledExecutorService timers,
        LongSupplier nanoTime,
        @Nullable EventLoops loops,
        @Nullable Executor blockingExecutor,
        Http http,
        List<OwnEvent> events,
        List<OwnNamespace> namespaces) {

    Setup {
        events = List.copyOf(events);
        namespaces = List.copyOf(namespaces);
    }

    /** What both ports serve besides Socket.IO, and how their engines are changed. */
    record Http(
            HttpRoutes users,
            HttpRoutes services,
            boolean healthRoutes,
            boolean securityHeaders,
            ResponseHeaders responseHeaders,
            Consumer<EngineConfig.Builder> userEngine,
            Consumer<EngineConfig.Builder> serviceEngine) {}

    /** Adds an event of the application to the events of users. */
    @FunctionalInterface
    interface OwnEvent {
        void addTo(UserGateway gateway, Function<LiveSession, UserCall> calls, BlockingHandlers blocking);
    }

    /** Makes a namespace of the application on the users' port. */
    @FunctionalInterface
    interface OwnNamespace {
        Namespace make(AuthenticatedNamespaces authenticated);
    }
}
