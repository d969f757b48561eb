package io.scarfall.gateway.internal.reply;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.scarfall.gateway.TokenRefusedException;
import org.jspecify.annotations.Nullable;

/**
 * An answer, or the argument of an event, that says why something is not done: in acks, in {@code authentication_error} and
 * beside a refused CONNECT. Clients do not see fields that are null.
 *
 * @param status {@code error}
 * @param error for people
 * @param code for programs: {@link #INVALID} and its like, or that of a refused token
 * @param retry whether trying again with the same proof can help; null where it is not about a proof
 * @param retryAfterMs after how many milliseconds the same event passes, if the client sends nothing else; null where it is not
 *     about a rate
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

    /** The store cannot be read or written at this moment. */
    public static final String UNAVAILABLE = "unavailable";

    /** A list of friends of the user holds no list, so its friends are not known. Beside an answer that has the others. */
    public static final String FRIENDS_UNREADABLE = "friends_unreadable";

    /** The answer lacks what a part of the store knows that is away. */
    public static final String INCOMPLETE = "incomplete";

    /** The client has too much under way. */
    public static final String OVERLOADED = "overloaded";

    /** The client sends faster than it may. */
    public static final String RATE_LIMITED = "rate_limited";

    /** The user has as many sessions as a user may have. */
    public static final String TOO_MANY_SESSIONS = "too_many_sessions";

    /** No handler answers this event here. */
    public static final String UNKNOWN_EVENT = "unknown_event";

    /** A fault of the server. */
    public static final String INTERNAL = "internal";

    /** What people read of {@link #RATE_LIMITED}. */
    public static final String TOO_MANY_EVENTS = "too many events";

    private static final String ERROR = "error";

    /** The answer to clients that have to authenticate first. */
    public static final Failure NOT_AUTHENTICATED = of("authenticate first", UNAUTHENTICATED);

    /** Says why not. */
    public static Failure of(String error, String code) {
        return new Failure(ERROR, error, code, null, null);
    }

    /** Says why a proof does not count, or counts no longer. */
    public static Failure of(TokenRefusedException refused) {
        return new Failure(ERROR, String.valueOf(refused.getMessage()), refused.code(), refused.retry(), null);
    }

    /**
     * Says why a session cannot go on.
     *
     * @param retry whether trying again with the same proof can help
     */
    public static Failure ofSession(String error, String code, boolean retry) {
        return new Failure(ERROR, error, code, retry, null);
    }

    /** Says when to try again. */
    public static Failure rateLimited(long retryAfterMs) {
        return new Failure(ERROR, TOO_MANY_EVENTS, RATE_LIMITED, null, retryAfterMs);
    }
}
