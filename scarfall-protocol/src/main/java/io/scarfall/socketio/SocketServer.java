package io.scarfall.socketio;

import io.scarfall.engineio.EngineListener;
import io.scarfall.engineio.EngineSession;
import io.scarfall.engineio.SessionListener;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Serves namespaces on an {@link io.scarfall.engineio.EngineServer}: it gives each session a connection to them.
 * Namespaces may be added and removed while the server runs. Thread-safe.
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

    /**
     * Serves one more namespace, from now on.
     *
     * @throws IllegalStateException if there is a namespace with this name
     */
    public void add(Namespace namespace) {
        namespaces.add(namespace);
    }

    /** Serves namespaces by pattern, from now on. If several parents fit a name, the one that was added first makes it. */
    public void add(ParentNamespace parent) {
        namespaces.add(parent);
    }

    /**
     * Removes a namespace: clients cannot connect to it any more, and its sockets on this node leave.
     *
     * @return whether this server had it
     */
    public boolean remove(Namespace namespace) {
        return namespaces.remove(namespace);
    }

    /**
     * Removes a parent with its children: clients cannot connect to them any more, and their sockets on this node leave.
     *
     * @return whether this server had it
     */
    public boolean remove(ParentNamespace parent) {
        return namespaces.remove(parent);
    }

    /** The namespace of a name, or the child namespace; null if the server does not have it now. */
    public @Nullable Namespace namespace(String name) {
        return namespaces.named(name);
    }

    /** All namespaces and child namespaces that the server has now; a copy. */
    public List<Namespace> namespaces() {
        return namespaces.all();
    }

    @Override
    public SessionListener opened(EngineSession session) {
        return new Connection(namespaces, session, guards.apply(session));
    }
}
