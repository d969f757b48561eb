package io.scarfall.gateway;

import io.scarfall.engineio.EngineConfig;
import io.scarfall.engineio.EventLoops;
import io.scarfall.engineio.HttpRoutes;
import io.scarfall.engineio.ResponseHeaders;
import io.scarfall.gateway.internal.auth.AuthenticatedNamespaces;
import io.scarfall.gateway.internal.session.LiveSession;
import io.scarfall.gateway.internal.session.UserHooks;
import io.scarfall.gateway.internal.user.UserGateway;
import io.scarfall.presence.internal.NodeAccess;
import io.scarfall.socketio.ErrorHandler;
import io.scarfall.socketio.EventInterceptor;
import io.scarfall.socketio.EventListener;
import io.scarfall.socketio.Namespace;
import io.scarfall.socketio.packet.JsonCodec;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
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
        Http http,
        Application application) {

    /** What both ports serve besides Socket.IO, and how their engines are changed. */
    record Http(
            HttpRoutes users,
            HttpRoutes services,
            boolean healthRoutes,
            boolean securityHeaders,
            ResponseHeaders responseHeaders,
            Consumer<EngineConfig.Builder> userEngine,
            Consumer<EngineConfig.Builder> serviceEngine) {}

    /** What the application adds to the users' port. */
    record Application(
            Map<String, OwnEvent> events,
            List<OwnNamespace> namespaces,
            List<EventInterceptor> interceptors,
            List<EventListener> anyListeners,
            @Nullable ErrorHandler errorHandler,
            Map<String, ErrorHandler> errorHandlers,
            List<UserHooks.Hook> listeners,
            @Nullable Executor blockingExecutor,
            Duration blockingTimeout,
            JsonCodec codec) {

        /** @throws IllegalArgumentException if an error handler is for an event that does not exist */
        Application {
            events = Collections.unmodifiableMap(new LinkedHashMap<>(events));
            namespaces = List.copyOf(namespaces);
            interceptors = List.copyOf(interceptors);
            anyListeners = List.copyOf(anyListeners);
            errorHandlers = Map.copyOf(errorHandlers);
            listeners = List.copyOf(listeners);
            Check.positive("blockingTimeout", blockingTimeout);
            for (String event : errorHandlers.keySet()) {
                Check.that(events.containsKey(event), "onError", event, "an event of the application");
            }
        }

        /** Adds the events and what runs around them. */
        void addTo(UserGateway gateway, Function<LiveSession, UserCall> calls) {
            anyListeners.forEach(gateway::onAny);
            interceptors.forEach(gateway::intercept);
            events.forEach((event, own) -> {
                own.addTo(gateway, calls);
                gateway.onError(
                        event,
                        Stream.of(errorHandlers.get(event), errorHandler)
                                .filter(Objects::nonNull)
                                .toList());
            });
        }
    }

    /** Adds an event of the application to the events of users. */
    @FunctionalInterface
    interface OwnEvent {
        void addTo(UserGateway gateway, Function<LiveSession, UserCall> calls);
    }

    /** Makes a namespace of the application on the users' port. */
    @FunctionalInterface
    interface OwnNamespace {
        Namespace make(AuthenticatedNamespaces authenticated);
    }
}
