package io.scarfall.gateway.internal.session;

import io.scarfall.gateway.Identity;
import io.scarfall.gateway.TokenRefusedException;
import io.scarfall.gateway.internal.auth.RevocationList;
import io.scarfall.gateway.internal.delivery.LocalUsers;
import io.scarfall.gateway.internal.reply.Failure;
import io.scarfall.presence.internal.Revocation;
import io.scarfall.presence.internal.Revocation.Target;
import io.scarfall.socketio.Attribute;
import io.scarfall.socketio.Socket;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The registry of the sessions of this node. Finds sessions, and ends them by order. {@link SessionSync} adds and removes
 * them. Thread-safe; nothing blocks.
 */
public final class LiveSessions {

    private static final Attribute<LiveSession> SESSION = Attribute.named("session");

    /** The reason for the end of a session whose token was revoked. */
    static final Failure REVOKED = Failure.of(TokenRefusedException.revoked());

    private final LocalUsers users;
    private final Map<String, LiveSession> sessions = new ConcurrentHashMap<>();

    /** @param users gets the sockets of the sessions */
    public LiveSessions(LocalUsers users) {
        this.users = users;
    }

    /** The session of a socket; null if the socket has not authenticated. Call it on the home loop. */
    public static @Nullable LiveSession of(Socket socket) {
        return socket.get(SESSION);
    }

    /** The number of sessions on this node. */
    public int size() {
        return sessions.size();
    }

    /** Adds a session: from now on its socket gets what is sent to the user. Call it on the home loop. */
    void add(LiveSession session) {
        Socket socket = session.socket();
        socket.set(SESSION, session);
        sessions.put(socket.id(), session);
        users.add(session.userId(), socket);
    }

    /** Removes a session. */
    void remove(LiveSession session) {
        sessions.remove(session.socket().id());
        users.remove(session.userId(), session.socket());
    }

    boolean contains(String sessionId) {
        return sessions.containsKey(sessionId);
    }

    boolean isEmpty() {
        return sessions.isEmpty();
    }

    /** All sessions. A session that comes or goes during the iteration may be among them or not. */
    Collection<LiveSession> all() {
        return sessions.values();
    }

    private @Nullable LiveSession find(Target session) {
        LiveSession found = session.sessionId() == null ? null : sessions.get(session.sessionId());
        return found != null && found.userId().equals(session.id()) ? found : null;
    }

    /** The identity of a session by its latest token; null if this node has no such session of that user. */
    public @Nullable Identity identity(Target session) {
        LiveSession found = find(session);
        return found == null ? null : found.identity();
    }

    // Ending sessions by order.

    /** Ends all sessions whose token was revoked; the stage gives their number. */
    public CompletionStage<Integer> end(Collection<Revocation> revoked) {
        Set<Socket> concerned = new HashSet<>();
        Set<String> tokens = new HashSet<>();
        for (Revocation one : revoked) {
            if (one.target().kind() == Revocation.Kind.USER) {
                concerned.addAll(users.of(one.target().id()));
            } else {
                tokens.add(one.target().id());
            }
        }
        if (!tokens.isEmpty()) { // there is no index of tokens, because this is rare
            for (LiveSession session : sessions.values()) {
                if (tokens.contains(session.identity().tokenId())) {
                    concerned.add(session.socket());
                }
            }
        }
        AtomicInteger ended = new AtomicInteger();
        return Socket.forEachAtHome(concerned, socket -> {
                    LiveSession session = of(socket);
                    if (session != null
                            && revoked.stream()
                                    .anyMatch(
                                            one -> RevocationList.ends(one, session.identity(), session.shownMillis()))
                            && session.end(REVOKED)) {
                        ended.incrementAndGet();
                    }
                })
                .thenApply(done -> ended.get());
    }

    /** Ends a session that was revoked; the stage says whether it was open. */
    public CompletionStage<Boolean> end(Target session) {
        return end(session, REVOKED);
    }

    /** Ends a session that has lost its place; the stage says whether it was open. */
    public CompletionStage<Boolean> displace(Target session) {
        return end(session, SessionPlaces.replaced());
    }

    private CompletionStage<Boolean> end(Target target, Failure why) {
        LiveSession session = find(target);
        CompletableFuture<Boolean> open = new CompletableFuture<>();
        if (session == null) {
            open.complete(false);
        } else {
            session.socket().execute(() -> open.complete(session.end(why)));
        }
        return open;
    }
}
