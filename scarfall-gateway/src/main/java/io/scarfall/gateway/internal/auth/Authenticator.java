package io.scarfall.gateway.internal.auth;

import io.scarfall.engineio.Bytes;
import io.scarfall.engineio.MalformedPacketException;
import io.scarfall.engineio.internal.Causes;
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
 * Finds the token of a client that connects, and has it verified. A token is looked for in the {@code auth} payload of
 * CONNECT, then in the header {@code Authorization: Bearer} of the handshake, then, where that is configured, in the query
 * parameter {@code token}. The first that is there counts, be it good or bad. Thread-safe.
 */
public final class Authenticator {

    private static final Logger log = LoggerFactory.getLogger(Authenticator.class);

    /** After this a verifier is not waited for any longer. */
    private static final Duration VERIFY_TIMEOUT = Duration.ofSeconds(30);

    private static final String BEARER = "bearer ";

    private final TokenVerifier verifier;
    private final RevocationList revocations;
    private final AuthenticatedSockets sockets;
    private final boolean tokenInQuery;
    private final int maxUserIdLength;
    private final ScheduledExecutorService timers;

    /** What a client sends along with CONNECT, or with the event {@code authenticate}. */
    public record Credentials(@Nullable RawJson token) {

        /** No token. */
        public static final Credentials NONE = new Credentials(null);
    }

    /**
     * @param revocations what has been revoked, as far as this node knows
     * @param tokenInQuery whether a token in the query string counts: such tokens end up in the logs of proxies
     * @param maxUserIdLength how many characters the id of a user may have
     * @param timers which event loops may set
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
     * Refuses clients with a bad token, and keeps the identity of those with a good one.
     *
     * @param required whether clients without a token are refused too
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
     * Refuses clients whose user has as many sockets on this node as a user may have. It counts the socket until {@link
     * SessionLimits#release}, which must be called when the socket leaves: so no other guard may follow.
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

    /** Why a socket is refused whose user has too many. */
    public static TokenRefusedException tooManySessions() {
        return new TokenRefusedException(
                Failure.TOO_MANY_SESSIONS, "the user has too many sessions at this moment", true);
    }

    /** Refuses a CONNECT, and counts the refusal. Belongs on the home loop. */
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

    /** What a client reads of a refusal. */
    public static String words(TokenRefusedException refused) {
        return String.valueOf(refused.getMessage());
    }

    private @Nullable String token(Socket socket) throws ConnectRefusedException {
        try {
            String token = token(socket.auth(Credentials.class));
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
     * @throws TokenRefusedException if it is no string
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

    /** A token as it is, or as in the header {@code Authorization}: many clients hand on the value of that. */
    private static String bare(String token) {
        return isBearer(token) ? token.substring(BEARER.length()).trim() : token;
    }

    private static final Bytes NULL = Bytes.utf8("null");

    /**
     * Verifies a token, which is refused too if this node knows that it has been revoked. The stage fails with {@link
     * TokenRefusedException} only, and may complete on any thread.
     *
     * @return the identity, with an id of the token
     */
    public CompletionStage<Identity> verify(String token) {
        return identify(token)
                .thenCompose(identity -> revocations.refuses(identity)
                        ? CompletableFuture.failedFuture(TokenRefusedException.revoked())
                        : CompletableFuture.completedFuture(identity));
    }

    /** As {@link #verify}, also of a token that has been revoked. */
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
        } catch (RuntimeException e) { // a verifier may be the embedder's
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

    /** Makes a refusal of any failure of a verifier. */
    public static TokenRefusedException refused(Throwable error) {
        Throwable cause = Causes.of(error);
        if (cause instanceof TokenRefusedException refused) {
            return refused;
        }
        // the class and not the message, which a verifier of an embedder may have made of the token
        log.error("token verifier failed error={}", cause.getClass().getName());
        return TokenRefusedException.unavailable();
    }
}
