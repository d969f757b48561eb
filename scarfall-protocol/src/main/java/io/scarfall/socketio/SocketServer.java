package io.scarfall.socketio;

import io.scarfall.engineio.EngineListener;
import io.scarfall.engineio.EngineSession;
import io.scarfall.engineio.SessionListener;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;

/**
 * Serves namespaces on an {@link io.scarfall.engineio.EngineServer}: it gives each session a connection to them.
 * Immutable and thread-safe.
 */
public final class SocketServer implements EngineListener {

    private final Namespaces namespaces;
    private final Function<EngineSession, SessionGuard> guards;

    /**
     * Serves these namespaces with default settings.
     *
     * @throws IllegalStateException if two namespaces have the same name
     */
    public SocketServer(Namespace... namespaces) {
        this(SocketConfig.DEFAULT, List.of(namespaces));
    }

    /**
     * Serves these namespaces.
     *
     * @throws IllegalStateException if two namespaces have the same name
     */
    public SocketServer(SocketConfig config, Collection<Namespace> namespaces) {
        this(config, namespaces, session -> SessionGuard.OPEN);
    }

    /**
     * Serves these namespaces, with a guard for each session.
     *
     * @param guards makes the guard of a session, on the session's home loop
     * @throws IllegalStateException if two namespaces have the same name
     */
    public SocketServer(
            SocketConfig config, Collection<Namespace> namespaces, Function<EngineSession, SessionGuard> guards) {
        this.namespaces = new Namespaces(config, namespaces);
        this.guards = guards;
    }

    @Override
    public SessionListener opened(EngineSession session) {
        return new Connection(namespaces, session, guards.apply(session));
    }
}
