package io.scarfall.gateway;

import io.scarfall.engineio.EngineSession;
import io.scarfall.gateway.internal.auth.AuthenticatedNamespaces;
import io.scarfall.socketio.Namespace;
import io.scarfall.socketio.SessionGuard;
import io.scarfall.socketio.SocketConfig;
import io.scarfall.socketio.SocketServer;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The namespaces of the users' port, to which an application may add before the gateway is started. Thread-safe. */
final class UserNamespaces {

    private volatile @Nullable Parts parts;
    private final SocketServer server;

    private record Parts(Function<EngineSession, SessionGuard> limits, AuthenticatedNamespaces authenticated) {}

    UserNamespaces(GatewayConfig config) {
        SocketConfig packets = SocketConfig.DEFAULT.withJson(config.wire().json());
        server =
                new SocketServer(packets, List.of(), session -> parts().limits().apply(session));
    }

    /** Serves the namespaces. */
    SocketServer server() {
        return server;
    }

    /**
     * The port is about to open.
     *
     * @param limits makes the limits of each session
     */
    void open(Function<EngineSession, SessionGuard> limits, AuthenticatedNamespaces authenticated) {
        parts = new Parts(limits, authenticated);
    }

    /** See {@link Scarfall#authenticatedNamespace}. */
    Namespace authenticated(String name, Consumer<Namespace.Builder> table) {
        return parts().authenticated().namespace(name, table);
    }

    private Parts parts() {
        Parts opened = parts;
        if (opened == null) {
            throw new IllegalStateException("gateway: not started (expected: start() first)");
        }
        return opened;
    }
}
