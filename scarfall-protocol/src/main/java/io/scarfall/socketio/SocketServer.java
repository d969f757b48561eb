package io.scarfall.socketio;

import io.scarfall.engineio.EngineListener;
import io.scarfall.engineio.EngineSession;
import io.scarfall.engineio.SessionListener;
import io.scarfall.engineio.internal.RandomIds;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Holds the namespaces of a server, and gives each session of an {@link io.scarfall.engineio.EngineServer} its connection
 * to them. Thread-safe.
 */
public final class SocketServer implements EngineListener {

    private final SocketConfig config;
    private final Map<String, Namespace> namespaces;
    private final Function<EngineSession, SessionGuard> guards;
    private final RandomIds ids = new RandomIds();

    /** Serves these namespaces, with default settings. */
    public SocketServer(Namespace... namespaces) {
        this(SocketConfig.DEFAULT, List.of(namespaces));
    }

    /**
     * Serves these namespaces.
     *
     * @throws IllegalStateException if two have the same name
     */
    public SocketServer(SocketConfig config, Collection<Namespace> namespaces) {
        this(config, namespaces, session -> SessionGuard.OPEN);
    }

    /**
     * Serves these namespaces, behind a guard.
     *
     * @param guards makes the guard of each session, on its home loop
     * @throws IllegalStateException if two have the same name
     */
    public SocketServer(
            SocketConfig config, Collection<Namespace> namespaces, Function<EngineSession, SessionGuard> guards) {
        this.config = config;
        this.guards = guards;
        this.namespaces =
                namespaces.stream().collect(Collectors.toUnmodifiableMap(Namespace::name, Function.identity()));
    }

    @Override
    public SessionListener opened(EngineSession session) {
        return new Connection(this, session);
    }

    SessionGuard guard(EngineSession session) {
        return guards.apply(session);
    }

    SocketConfig config() {
        return config;
    }

    @Nullable
    Namespace namespace(String name) {
        return namespaces.get(name);
    }

    String nextSocketId() {
        return ids.next();
    }
}
