package io.scarfall.gateway.internal.user;

import io.scarfall.gateway.Identity;
import io.scarfall.gateway.TokenRefusedException;
import io.scarfall.gateway.internal.auth.AuthDeadline;
import io.scarfall.gateway.internal.auth.AuthenticationError;
import io.scarfall.gateway.internal.auth.Authenticator;
import io.scarfall.gateway.internal.auth.Authenticator.Credentials;
import io.scarfall.gateway.internal.limit.SessionLimits;
import io.scarfall.gateway.internal.reply.Failure;
import io.scarfall.gateway.internal.session.LiveSession;
import io.scarfall.gateway.internal.session.LiveSessions;
import io.scarfall.gateway.internal.session.SessionSync;
import io.scarfall.socketio.Attribute;
import io.scarfall.socketio.ConnectGuard;
import io.scarfall.socketio.ConnectRefusedException;
import io.scarfall.socketio.DisconnectReason;
import io.scarfall.socketio.EventHandler;
import io.scarfall.socketio.Socket;
import io.scarfall.socketio.packet.Arguments;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Authenticates users: with the token of CONNECT, or else by {@code authenticate {token}}. A later token of the same user
 * renews the session in place; a token of another user is refused. The ack answers a refused {@code authenticate}; a client
 * that asked for no ack gets an event.
 *
 * <p>A socket has no effect before the decision: CONNECT waits for it, and after {@code authenticate} no further packet of
 * the client is processed until then.
 */
final class AuthenticateHandler implements ConnectGuard, EventHandler<Credentials> {

    private static final String CONNECTED = "connected";

    private static final Attribute<Admission.Grant> GRANT = Attribute.named("grant");

    private final Authenticator authenticator;
    private final Admission admission;
    private final SessionSync sessions;
    private final AuthDeadline deadline;

    /** The argument of {@code connected}. */
    record Connected(User user) {}

    /** The user of a connection. */
    record User(String userId, @Nullable String email, String socketId) {}

    AuthenticateHandler(Authenticator authenticator, Admission admission, SessionSync sessions, AuthDeadline deadline) {
        this.authenticator = authenticator;
        this.admission = admission;
        this.sessions = sessions;
        this.deadline = deadline;
    }

    /**
     * Admits a client that came with a valid token. No other guard may follow, because its refusal would not give the grant
     * back.
     */
    @Override
    public @Nullable CompletionStage<?> admit(Socket socket) throws ConnectRefusedException {
        Identity identity = Identity.of(socket);
        if (identity == null) {
            return null;
        }
        long wait = SessionLimits.of(socket).spendOnJoining(identity.userId());
        if (wait > 0) {
            throw new ConnectRefusedException(Failure.TOO_MANY_EVENTS, Failure.rateLimited(wait));
        }
        return admission
                .admit(socket, identity)
                .thenAccept(grant -> {
                    count(socket, grant);
                    socket.set(GRANT, grant);
                })
                .exceptionallyCompose(error -> CompletableFuture.failedFuture(
                        Authenticator.connectRefusal(socket, Authenticator.refused(error))));
    }

    /** Counts a socket that got a grant. */
    private static void count(Socket socket, Admission.Grant grant) {
        if (!SessionLimits.of(socket).admit(socket, grant.identity().userId())) {
            grant.giveBack();
            throw new CompletionException(Authenticator.tooManySessions());
        }
    }

    /** A socket has joined, with a verified token or with none. */
    void connected(Socket socket) {
        Admission.Grant grant = socket.get(GRANT);
        if (grant == null) {
            deadline.start(socket);
        } else {
            open(socket, grant);
            socket.remove(GRANT); // it keeps the first identity and the claim of a place in memory
        }
    }

    void disconnected(Socket socket, DisconnectReason reason) {
        AuthDeadline.end(socket);
        SessionLimits.release(socket);
        Admission.Grant grant = socket.get(GRANT);
        if (grant != null && LiveSessions.of(socket) == null) { // it left before the grant was used
            grant.giveBack();
        }
        sessions.close(socket, reason);
    }

    @Override
    public Object handle(Socket socket, Credentials credentials) {
        CompletableFuture<Object> answer = new CompletableFuture<>();
        boolean ackWanted = socket.isAckWanted();
        try {
            String token = Authenticator.token(credentials);
            if (token == null) {
                throw new TokenRefusedException("token_required", "a token is required", false);
            }
            CompletionStage<Identity> verdict = authenticator.verify(token);
            Runnable release = socket.holdReading();
            verdict.whenComplete((identity, error) -> socket.execute(() -> {
                if (error != null) {
                    answer.complete(refuse(socket, Authenticator.refused(error), ackWanted));
                    release.run();
                } else if (socket.isConnected()) {
                    verified(socket, identity, ackWanted, answer).whenComplete((done, never) -> release.run());
                } else {
                    release.run(); // the client's other namespaces continue
                }
            }));
        } catch (TokenRefusedException e) {
            answer.complete(refuse(socket, e, ackWanted));
        }
        return answer;
    }

    private static Failure refuse(Socket socket, TokenRefusedException reason, boolean ackWanted) {
        Failure refused = Failure.of(reason);
        if (ackWanted) {
            AuthenticationError.tell(socket, refused);
        } else {
            AuthenticationError.tellAndDisconnect(socket, refused);
        }
        SessionLimits.of(socket).authenticationRefused(socket, reason.code(), !reason.retry());
        return refused;
    }

    /** Answers, and completes when the client may continue. Never fails. */
    private CompletionStage<?> verified(
            Socket socket, Identity identity, boolean ackWanted, CompletableFuture<Object> answer) {
        LiveSession session = LiveSessions.of(socket);
        CompletionStage<?> decided;
        if (session == null) {
            long wait = SessionLimits.of(socket).spendOnJoining(identity.userId());
            if (wait > 0) {
                Failure limited = Failure.rateLimited(wait);
                if (!ackWanted) {
                    AuthenticationError.tellAndDisconnect(socket, limited);
                }
                answer.complete(limited);
                return CompletableFuture.completedFuture(null);
            }
            decided = admission.admit(socket, identity).thenAccept(grant -> {
                count(socket, grant);
                AuthDeadline.end(socket);
                open(socket, grant).thenAccept(answer::complete);
            });
        } else if (session.userId().equals(identity.userId())) {
            decided = admission.check(socket, identity).thenAccept(grant -> {
                SessionLimits.of(socket).authenticated();
                sessions.renew(session, grant.identity(), grant.shownMillis());
                announceOrRefuse(session, answer);
            });
        } else {
            decided = CompletableFuture.failedFuture(
                    new TokenRefusedException("subject_mismatch", "the token belongs to another user", false));
        }
        return decided.exceptionally(error -> {
            answer.complete(refuse(socket, Authenticator.refused(error), ackWanted));
            return null;
        });
    }

    /**
     * Sends {@code connected} once the store knows the session, so that a client that gets it can be reached from every
     * node. If the store did not answer the admission, sends it at once.
     */
    private CompletableFuture<Object> open(Socket socket, Admission.Grant grant) {
        CompletableFuture<Object> connected = new CompletableFuture<>();
        CompletionStage<LiveSession> opened =
                sessions.open(socket, grant.identity(), grant.shownMillis(), grant.isPlaced());
        Runnable release = sessions.hasListeners() ? socket.holdReading() : () -> {};
        LiveSession session = LiveSessions.of(socket);
        if (session != null && !grant.isAnswered()) {
            connect(session, connected, release);
        } else {
            opened.thenAccept(one -> socket.execute(() -> connect(one, connected, release)));
        }
        return connected;
    }

    /** @param release runs when the application's listeners know the session: until then its events wait */
    private void connect(LiveSession session, CompletableFuture<Object> answer, Runnable release) {
        if (announceOrRefuse(session, answer)) {
            sessions.announced(session).whenComplete((called, never) -> release.run());
        } else {
            release.run();
        }
    }

    private static boolean announceOrRefuse(LiveSession session, CompletableFuture<Object> answer) {
        Failure why = session.ending() == null ? session.refusal() : session.ending();
        if (why == null) {
            answer.complete(announce(session));
            return true;
        } else {
            answer.complete(why);
            var unused = session.socket().schedule(() -> session.end(why), Duration.ZERO); // sends the ack first
            return false;
        }
    }

    private static Connected announce(LiveSession session) {
        Identity identity = session.identity();
        Socket socket = session.socket();
        Connected connected = new Connected(new User(identity.userId(), identity.email(), socket.id()));
        socket.emitNeeded(CONNECTED, Arguments.of(connected));
        return connected;
    }
}
