package io.scarfall.gateway.user;

import io.scarfall.gateway.auth.AuthDeadline;
import io.scarfall.gateway.auth.Authenticator;
import io.scarfall.gateway.auth.Authenticator.Credentials;
import io.scarfall.gateway.auth.Identity;
import io.scarfall.gateway.auth.Refused;
import io.scarfall.gateway.auth.TokenRefusedException;
import io.scarfall.gateway.control.Revoker;
import io.scarfall.gateway.limit.SessionLimits;
import io.scarfall.socketio.DisconnectReason;
import io.scarfall.socketio.EventHandler;
import io.scarfall.socketio.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Makes sockets those of users: at once where CONNECT came with a token, else by {@code authenticate {token}}. A second
 * token of the same user renews the session in place; one of somebody else is refused. What is refused is told twice, as
 * what is accepted is: by the ack, and by an event to those who asked for no ack.
 */
final class AuthenticateHandler implements EventHandler<Credentials> {

    private static final String CONNECTED = "connected";

    private final Authenticator authenticator;
    private final LiveSessions sessions;
    private final Revoker revoker;
    private final AuthDeadline deadline;

    /** Sockets whose token is being verified: one at a time, so that no client makes others wait by many of them. */
    private final Set<Socket> verifying = ConcurrentHashMap.newKeySet();

    /** What a user gets to know of the own connection. */
    record Connected(User user) {}

    /** The user of a connection. */
    record User(String userId, @Nullable String email, String socketId) {}

    AuthenticateHandler(Authenticator authenticator, LiveSessions sessions, Revoker revoker, AuthDeadline deadline) {
        this.authenticator = authenticator;
        this.sessions = sessions;
        this.revoker = revoker;
        this.deadline = deadline;
    }

    /** A socket has joined, with a token that was verified or with none. */
    void connected(Socket socket) {
        Identity identity = Authenticator.identity(socket);
        if (identity == null) {
            deadline.start(socket);
        } else {
            open(socket, identity);
        }
    }

    void disconnected(Socket socket, DisconnectReason reason) {
        AuthDeadline.end(socket);
        verifying.remove(socket);
        SessionLimits.release(socket);
        sessions.close(socket, reason);
    }

    @Override
    public Object handle(Socket socket, Credentials credentials) {
        CompletableFuture<Object> answer = new CompletableFuture<>();
        try {
            String token = Authenticator.token(credentials);
            if (token == null) {
                throw new TokenRefusedException("token_required", "a token is required", false);
            }
            if (!verifying.add(socket)) {
                throw new TokenRefusedException(
                        TokenRefusedException.UNAVAILABLE, "another token is being verified", true);
            }
            authenticator
                    .verify(token)
                    .whenComplete((identity, error) -> socket.execute(() -> {
                        verifying.remove(socket);
                        if (error != null) {
                            answer.complete(refuse(socket, Authenticator.refused(error)));
                        } else if (socket.isConnected()) {
                            verified(socket, identity, answer);
                        }
                    }));
        } catch (TokenRefusedException e) {
            answer.complete(refuse(socket, e));
        }
        return answer;
    }

    private static Refused refuse(Socket socket, TokenRefusedException reason) {
        Refused refused = Refused.of(reason);
        socket.emit(AuthDeadline.AUTHENTICATION_ERROR, refused);
        SessionLimits.of(socket).authenticationRefused(socket, reason.code(), !reason.retry());
        return refused;
    }

    private void verified(Socket socket, Identity identity, CompletableFuture<Object> answer) {
        LiveSession session = LiveSessions.of(socket);
        if (session == null) {
            if (!SessionLimits.of(socket).admit(socket, identity.userId())) {
                answer.complete(Refused.of(Authenticator.tooManySessions()));
                return;
            }
            AuthDeadline.end(socket);
            open(socket, identity).thenAccept(answer::complete);
        } else if (session.userId().equals(identity.userId())) {
            SessionLimits.of(socket).authenticated();
            sessions.renew(session, identity);
            revoker.check(identity).thenAccept(checked -> socket.execute(() -> announceOrRefuse(session, answer)));
        } else {
            answer.complete(refuse(
                    socket, new TokenRefusedException("subject_mismatch", "the token is that of another user", false)));
        }
    }

    /**
     * Says {@code connected} once the store knows the session, so that whoever reads it can be reached from everywhere, and has
     * said that nothing revokes it.
     */
    private CompletableFuture<Object> open(Socket socket, Identity identity) {
        CompletableFuture<Object> connected = new CompletableFuture<>();
        CompletionStage<LiveSession> opened = sessions.open(socket, identity);
        opened.thenCombine(revoker.check(identity), (session, checked) -> session)
                .thenAccept(session -> socket.execute(() -> announceOrRefuse(session, connected)));
        return connected;
    }

    private static void announceOrRefuse(LiveSession session, CompletableFuture<Object> answer) {
        TokenRefusedException why = session.ending() == null ? session.refusal() : session.ending();
        if (why == null) {
            answer.complete(announce(session));
        } else {
            answer.complete(Refused.of(why));
            var unused = session.socket().schedule(() -> session.end(why), Duration.ZERO); // behind the ack
        }
    }

    private static Connected announce(LiveSession session) {
        Identity identity = session.identity();
        Socket socket = session.socket();
        Connected connected = new Connected(new User(identity.userId(), identity.email(), socket.id()));
        socket.emit(CONNECTED, connected);
        return connected;
    }
}
