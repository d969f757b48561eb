package io.scarfall.gateway.internal.reply;

/**
 * An answer that says why not.
 *
 * @param status {@code error}
 * @param error for people
 * @param code for programs: {@link #INVALID} and its like, or that of a refused token
 */
public record Failure(String status, String error, String code) {

    /** The request is malformed, or goes beyond a limit. */
    public static final String INVALID = "invalid";

    /** The client has not authenticated. */
    public static final String UNAUTHENTICATED = "unauthenticated";

    /** What the answer is made of cannot be read at this moment. */
    public static final String UNAVAILABLE = "unavailable";

    /** A list of friends of the user holds no list, so its friends are not known. Beside an answer, which has the others. */
    public static final String FRIENDS_UNREADABLE = "friends_unreadable";

    /** An answer that lacks what a part of the store knows that is away. */
    public static final String INCOMPLETE = "incomplete";

    /** The client has too much under way. */
    public static final String OVERLOADED = "overloaded";

    /** No handler answers this event here. */
    public static final String UNKNOWN_EVENT = "unknown_event";

    /** Our own fault. */
    public static final String INTERNAL = "internal";

    /** The answer to whoever has to authenticate first. */
    public static final Failure NOT_AUTHENTICATED = of("authenticate first", UNAUTHENTICATED);

    /** Says why not. */
    public static Failure of(String error, String code) {
        return new Failure("error", error, code);
    }
}
