package io.scarfall.engineio;

import io.netty.util.concurrent.EventExecutor;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The sessions of a server by their id. Thread-safe. */
final class SessionRegistry {

    private final EngineConfig config;
    private final EngineListener listener;
    private final SessionIds ids = new SessionIds();
    private final Map<String, EngineSession> sessions = new ConcurrentHashMap<>();
    private final Map<EventExecutor, Heartbeats> heartbeats = new ConcurrentHashMap<>();

    SessionRegistry(EngineConfig config, EngineListener listener) {
        this.config = config;
        this.listener = listener;
    }

    EngineConfig config() {
        return config;
    }

    /** Opens a session whose home is the given loop, on which the caller is. */
    EngineSession open(EventExecutor home, Handshake handshake, Function<EngineSession, Transport> transports) {
        Heartbeats wheel = heartbeats.computeIfAbsent(
                home, loop -> new Heartbeats(loop, config.pingInterval(), config.pingTimeout()));
        return new EngineSession(ids.next(), home, handshake, this, wheel, transports, listener);
    }

    /** Called by a session that opens. */
    void add(EngineSession session) {
        sessions.put(session.id(), session);
    }

    @Nullable
    EngineSession session(String id) {
        return sessions.get(id);
    }

    /** Called by a session that has ended. */
    void remove(EngineSession session) {
        sessions.remove(session.id(), session);
    }

    List<EngineSession> all() {
        return List.copyOf(sessions.values());
    }

    int size() {
        return sessions.size();
    }
}
