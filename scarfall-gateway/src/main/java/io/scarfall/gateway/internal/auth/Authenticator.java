package io.scarfall.gateway.internal.auth;

import io.scarfall.engineio.Bytes;
import io.scarfall.engineio.MalformedPacketException;
import io.scarfall.engineio.internal.Causes;
import io.scarfall.engineio.internal.RepeatLimit;
import io.scarfall.gateway.Identity;
import io.scarfall.gateway.TokenRefusedException;
import io.scarfall.gateway.TokenVerifier;
import io.scarfall.gateway.internal.limit.SessionLimits;
import io.scarfall.gateway.internal.reply.ConnectFailure;
import io.scarfall.gateway.internal.reply.Failure;
import io.scarfall.socketio.ConnectGuard;
import io.scarfall.socketio.ConnectRefusedException;
import io.scarfall.socketio.Socket;
import io.scarfall.socketio.internal.json.JsonCursor;
import io.scarfall.socketio.packet.JacksonCodec;
import io.scarfall.socketio.packet.RawJson;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the token of a client that connects, and has it verified. The token comes from the {@code auth} payload of CONNECT,
 * or else from the handshake's header {@code Authorization: Bearer}. If so configured, the query parameter {@code token} is
 * the last place. The first token found counts, valid or not. Thread-safe.
 */
public final class Authenticator {

    private static final Logger log = LoggerFactory.getLogger(Authenticator.class);

    /** Which failures of verifiers are logged: clients choose how often there is one. */
    private static final RepeatLimit FAILURES = new RepeatLimit(Duration.ofMinutes(5), 16, System::nanoTime);

    /** How long to wait for a verifier. */
    private static final Duration VERIFY_TIMEOUT = Duration.ofSeconds(30);

    private static final String BEARER = "bearer ";

    private final TokenVerifier verifier;
    private final RevocationList revocations;
    private final AuthenticatedSockets sockets;
    private final boolean tokenInQuery;
    private final int maxUserIdLength;
    private final ScheduledExecutorService timers;

    /** The payload of CONNECT, or of the event {@code authenticate}. */
    public record Credentials(@Nullable RawJson token) {

        /** No token. */
        public static final Credentials NONE = new Credentials(null);
    }

    /**
     * @param revocations the revocations that this node knows
     * @param tokenInQuery whether a token in the query string counts: such tokens end up in the logs of proxies
     * @param maxUserIdLength the most characters of a user's id
     * @param timers may be set from event loops
     */
    public Authenticator(
            TokenVerifier verifier,
            RevocationList revocations,
            boolean tokenInQuery,
            int maxUserIdLength,
            ScheduledExecutorService timers) {
        this.verifier = verifier;
        this.revocations = revocations;
        sockets = new AuthenticatedSockets(revocations);
        this.tokenInQuery = tokenInQuery;
        this.maxUserIdLength = maxUserIdLength;
        this.timers = timers;
    }

    /** The sockets that a {@link #guard} admitted to namespaces of embedders. */
    public AuthenticatedSockets sockets() {
        return sockets;
    }

    /**
     * Refuses clients with an invalid token, and keeps the identity of the others.
     *
     * @param required whether to refuse clients without a token too
     */
    public ConnectGuard guard(boolean required) {
        return socket -> {
            String token = token(socket);
            if (token == null) {
                if (required) {
                    throw refusal(socket, new TokenRefusedException("token_required", "a token is required", false));
                }
                return null;
            }
            CompletableFuture<@Nullable Void> verdict = new CompletableFuture<>();
            verify(token)
                    .whenComplete((identity, error) -> socket.execute(() -> {
                        if (error == null) {
                            SocketIdentity.set(socket, identity);
                            verdict.complete(null);
                        } else {
                            verdict.completeExceptionally(refusal(socket, refused(error)));
                        }
                    }));
            return verdict;
        };
    }

    /**
     * Refuses clients whose user has reached the limit of sockets per user on this node. The guard counts the socket until
     * {@link SessionLimits#release}, which must be called when the socket leaves. So no other guard may follow.
     */
    public static ConnectGuard admission() {
        return socket -> {
            Identity identity = Identity.of(socket);
            if (identity != null && !SessionLimits.of(socket).admit(socket, identity.userId())) {
                throw refusal(socket, tooManySessions());
            }
            return null;
        };
    }

    /** The refusal of a socket whose user has too many sockets. */
    public static TokenRefusedException tooManySessions() {
        return new TokenRefusedException(Failure.TOO_MANY_SESSIONS, "the user has too many sessions", true);
    }

    /** The refusal of a CONNECT; counts it. Call it on the home loop. */
    public static ConnectRefusedException connectRefusal(Socket socket, TokenRefusedException refused) {
        return refusal(socket, refused);
    }

    private static ConnectRefusedException refusal(Socket socket, TokenRefusedException refused) {
        SessionLimits.of(socket).authenticationRefused(socket, refused.code(), !refused.retry());
        return refusal(refused);
    }

    private static ConnectRefusedException refusal(TokenRefusedException refused) {
        return new ConnectRefusedException(words(refused), new ConnectFailure(refused.code(), refused.retry()));
    }

    /** The error words of a refusal, for clients. */
    public static String words(TokenRefusedException refused) {
        return String.valueOf(refused.getMessage());
    }

    private @Nullable String token(Socket socket) throws ConnectRefusedException {
        try {
            String token = token(socket.auth().with(JacksonCodec.DEFAULT).require(0, Credentials.class));
            if (token != null) {
                return token;
            }
        } catch (TokenRefusedException e) {
            throw refusal(socket, e);
        } catch (MalformedPacketException e) {
            throw refusal(socket, TokenRefusedException.invalid());
        }
        String header = socket.handshake().header("Authorization");
        if (header != null && isBearer(header)) {
            return bare(header);
        }
        return tokenInQuery ? socket.handshake().query("token") : null;
    }

    /**
     * Reads the token of credentials; null if they have none.
     *
     * @throws TokenRefusedException if the token is not a string
     */
    public static @Nullable String token(Credentials credentials) throws TokenRefusedException {
        RawJson token = credentials.token();
        if (token == null || token.json().equals(NULL)) {
            return null;
        }
        JsonCursor cursor = new JsonCursor(token.json());
        if (!cursor.isString()) {
            throw TokenRefusedException.invalid();
        }
        return bare(cursor.string());
    }

    private static boolean isBearer(String text) {
        return text.regionMatches(true, 0, BEARER, 0, BEARER.length());
    }

    /** The token without the scheme {@code Bearer}: many clients send the whole value of the header {@code Authorization}. */
    private static String bare(String token) {
        return isBearer(token) ? token.substring(BEARER.length()).trim() : token;
    }

    private static final Bytes NULL = Bytes.utf8("null");

    /**
     * Verifies a token, and refuses one that this node knows to be revoked. The stage fails only with {@link
     * TokenRefusedException}, and may complete on any thread.
     *
     * @return the identity, with an id of the token
     */
    public CompletionStage<Identity> verify(String token) {
        return identify(token)
                .thenCompose(identity -> revocations.refuses(identity)
                        ? CompletableFuture.failedFuture(TokenRefusedException.revoked())
                        : CompletableFuture.completedFuture(identity));
    }

    /** As {@link #verify}, but accepts a revoked token. */
    public CompletionStage<Identity> identify(String token) {
        CompletableFuture<Identity> verdict = new CompletableFuture<>();
        try {
            verifier.verify(token).whenComplete((identity, error) -> {
                if (error == null) {
                    verdict.complete(identity);
                } else {
                    verdict.completeExceptionally(error);
                }
            });
        } catch (RuntimeException e) { // the verifier may be code of the embedder
            verdict.completeExceptionally(e);
        }
        endInTime(verdict);
        CompletableFuture<Identity> answer = new CompletableFuture<>();
        verdict.whenComplete((identity, error) -> {
            if (error != null || identity == null) {
                answer.completeExceptionally(refused(error == null ? new NullPointerException("identity") : error));
            } else if (identity.userId().length() > maxUserIdLength) {
                answer.completeExceptionally(TokenRefusedException.invalid("the token's sub is too long"));
            } else {
                answer.complete(identity.tokenId() == null ? identity.withTokenId(Identity.digest(token)) : identity);
            }
        });
        return answer;
    }

    private void endInTime(CompletableFuture<Identity> verdict) {
        if (!verdict.isDone()) {
            Future<?> end = timers.schedule(
                    () -> verdict.completeExceptionally(new TimeoutException()),
                    VERIFY_TIMEOUT.toMillis(),
                    TimeUnit.MILLISECONDS);
            verdict.whenComplete((identity, error) -> end.cancel(false));
        }
    }

    /** Translates any failure of a verifier into a refusal. */
    public static TokenRefusedException refused(Throwable error) {
        Throwable cause = Causes.of(error);
        if (cause instanceof TokenRefusedException refused) {
            return refused;
        }
        // only the class: the message of an embedder's verifier may contain the token
        String type = cause.getClass().getName();
        long unlogged = FAILURES.pass(type);
        if (unlogged >= 0) {
            log.error("token verifier failed, refusing the token error={} unlogged={}", type, unlogged);
        }
        return TokenRefusedException.unavailable();
    }
}
