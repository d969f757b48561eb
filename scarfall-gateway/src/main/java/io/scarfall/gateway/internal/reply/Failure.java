package io.scarfall.gateway.internal.reply;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.scarfall.gateway.TokenRefusedException;
import org.jspecify.annotations.Nullable;

/**
 * The reason of a failure: in acks, in {@code authentication_error}, and with a refused CONNECT. Clients do not see
 * fields that are null.
 *
 * @param status {@code error}
 * @param error the reason, for people
 * @param code the reason, for programs: {@link #INVALID} and its like, or that of a refused token
 * @param retry whether a retry with the same token or key can succeed; null if the failure is not about one
 * @param retryAfterMs after how many milliseconds the same event passes, if the client sends nothing else; null if the
 *     failure is not about a rate
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Failure(
        String status,
        String error,
        String code,
        @Nullable Boolean retry,
        @Nullable Long retryAfterMs) {

    /** The request is malformed, or exceeds a limit. */
    public static final String INVALID = "invalid";

    /** The client has not authenticated. */
    public static final String UNAUTHENTICATED = "unauthenticated";

    /** The store is unavailable at this moment. */
    public static final String UNAVAILABLE = "unavailable";

    /**
     * The stored list of the user's friends cannot be read, so the friends are not known. Accompanies an answer that has
     * the other data.
     */
    public static final String FRIENDS_UNREADABLE = "friends_unreadable";

    /** The answer is incomplete because a part of the store is unreachable. */
    public static final String INCOMPLETE = "incomplete";

    /** Too many requests of the client are in progress. */
    public static final String OVERLOADED = "overloaded";

    /** The client sends faster than its rate limit. */
    public static final String RATE_LIMITED = "rate_limited";

    /** The user has reached the limit of sessions per user. */
    public static final String TOO_MANY_SESSIONS = "too_many_sessions";

    /** This port has no handler for the event. */
    public static final String UNKNOWN_EVENT = "unknown_event";

    /** Blocking code of the application took too long. */
    public static final String TIMEOUT = "timeout";

    /** The server failed. */
    public static final String INTERNAL = "internal";

    /** The error for people that goes with {@link #RATE_LIMITED}. */
    public static final String TOO_MANY_EVENTS = "too many events";

    private static final String ERROR = "error";

    /** The answer to clients that must authenticate first. */
    public static final Failure NOT_AUTHENTICATED = of("authenticate first", UNAUTHENTICATED);

    /** A failure with a reason. */
    public static Failure of(String error, String code) {
        return new Failure(ERROR, error, code, null, null);
    }

    /** The failure of a token or key that was refused or is no longer valid. */
    public static Failure of(TokenRefusedException refused) {
        return new Failure(ERROR, String.valueOf(refused.getMessage()), refused.code(), refused.retry(), null);
    }

    /**
     * The failure of a session that cannot continue.
     *
     * @param retry whether a retry with the same token or key can succeed
     */
    public static Failure ofSession(String error, String code, boolean retry) {
        return new Failure(ERROR, error, code, retry, null);
    }

    /** The failure of a client that exceeded its rate. */
    public static Failure rateLimited(long retryAfterMs) {
        return new Failure(ERROR, TOO_MANY_EVENTS, RATE_LIMITED, null, retryAfterMs);
    }
}
