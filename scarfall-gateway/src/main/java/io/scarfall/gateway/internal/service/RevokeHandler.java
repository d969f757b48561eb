package io.scarfall.gateway.internal.service;

import io.scarfall.engineio.internal.Causes;
import io.scarfall.engineio.internal.LogText;
import io.scarfall.gateway.Ended;
import io.scarfall.gateway.TokenRefusedException;
import io.scarfall.gateway.internal.auth.Authenticator;
import io.scarfall.gateway.internal.auth.UserIds;
import io.scarfall.gateway.internal.reply.Failure;
import io.scarfall.gateway.internal.revocation.Revoker;
import io.scarfall.presence.internal.Revocation.Target;
import io.scarfall.presence.internal.TooManyRevocationsException;
import io.scarfall.socketio.packet.RawJson;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code revoke}: services end sessions of users, and refuse the tokens with which these could reconnect. */
final class RevokeHandler implements ServiceHandler<RevokeHandler.Request> {

    private static final Logger log = LoggerFactory.getLogger(RevokeHandler.class);

    private final Revoker revoker;
    private final Authenticator authenticator;
    private final int maxUserIdLength;

    /** One of {@code {userId}}, {@code {userId, sessionId}}, {@code {tokenId}} and {@code {token}}. */
    record Request(
            @Nullable RawJson userId,
            @Nullable String sessionId,
            @Nullable String tokenId,
            @Nullable String token) {

        Request {
            userId = userId == null || userId.isNull() ? null : userId;
        }

        /** Contains no part of a token. */
        @Override
        public String toString() {
            return "Request";
        }
    }

    /**
     * The answer.
     *
     * @param ended the number of connections that ended
     * @param unconfirmed nodes that have not confirmed yet
     */
    record Done(String status, int ended, List<String> unconfirmed) {}

    RevokeHandler(Revoker revoker, Authenticator authenticator, int maxUserIdLength) {
        this.revoker = revoker;
        this.authenticator = authenticator;
        this.maxUserIdLength = maxUserIdLength;
    }

    @Override
    public Object handle(Service service, Request request) {
        return target(request)
                .thenCompose(revoker::revoke)
                .handle((ended, error) -> error == null ? done(ended) : failure(error));
    }

    private CompletionStage<Target> target(Request request) {
        try {
            long named = Stream.of(request.userId(), request.tokenId(), request.token())
                    .filter(id -> id != null)
                    .count();
            if (named != 1 || (request.sessionId() != null && request.userId() == null)) {
                throw new IllegalArgumentException("revoke: " + named
                        + " of userId, tokenId and token (expected: exactly one, and sessionId only with userId)");
            }
            if (request.token() != null) {
                return authenticator
                        .identify(request.token())
                        .thenApply(identity -> Target.token(String.valueOf(identity.tokenId())));
            }
            return CompletableFuture.completedFuture(plain(request));
        } catch (IllegalArgumentException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private Target plain(Request request) {
        String sessionId = request.sessionId();
        if (request.userId() == null) {
            return Target.token(String.valueOf(request.tokenId()));
        }
        String userId = UserIds.require("userId", request.userId(), maxUserIdLength);
        return sessionId == null ? Target.user(userId) : Target.session(userId, sessionId);
    }

    private static Object done(Ended ended) {
        return new Done("ok", ended.sessions(), ended.unconfirmed());
    }

    private static Failure failure(Throwable error) {
        Throwable cause = Causes.of(error);
        if (cause instanceof IllegalArgumentException) {
            return Failure.of(String.valueOf(cause.getMessage()), Failure.INVALID);
        } else if (cause instanceof TokenRefusedException refused) {
            return Failure.of(Authenticator.words(refused), refused.code());
        } else if (cause instanceof TooManyRevocationsException) {
            log.error("could not revoke error={}", LogText.of(cause.getMessage()));
            return Failure.of(String.valueOf(cause.getMessage()), Failure.OVERLOADED);
        }
        log.debug("could not revoke error={}", LogText.of(cause.toString()));
        return Failure.of(
                "the store did not acknowledge the revocation, which may or may not hold: retry", Failure.UNAVAILABLE);
    }
}
