package io.scarfall.gateway.internal.user;

import io.scarfall.gateway.internal.session.LiveSession;
import io.scarfall.gateway.internal.session.LiveSessions;
import io.scarfall.gateway.internal.session.SessionSync;
import io.scarfall.socketio.EventHandler;
import io.scarfall.socketio.Socket;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Lets events of authenticated sockets pass, as an activity of the session, and answers all others with a refusal. */
final class Authenticated<T> implements EventHandler<T> {

    private final SessionSync sessions;
    private final Supplier<?> refusal;
    private final UserHandler<T> handler;

    /** @param refusal makes what unauthenticated sockets get */
    Authenticated(SessionSync sessions, Supplier<?> refusal, UserHandler<T> handler) {
        this.sessions = sessions;
        this.refusal = refusal;
        this.handler = handler;
    }

    @Override
    public @Nullable Object handle(Socket socket, T argument) throws Exception {
        LiveSession session = LiveSessions.of(socket);
        if (session == null) {
            return refusal.get();
        }
        sessions.touch(session);
        return handler.handle(session, argument);
    }
}
