package io.scarfall.gateway;

/**
 * A token is refused. The message is for clients, and never contains any part of the token. It has no stack trace, because
 * clients can cause it as often as they like.
 */
public final class TokenRefusedException extends Exception {

    /** The token is malformed, is not signed by the right key, or contains something that is not allowed. */
    public static final String INVALID = "invalid_token";

    /** The token has expired. */
    public static final String EXPIRED = "token_expired";

    /** The token is not valid yet. */
    public static final String NOT_YET_VALID = "token_not_yet_valid";

    /** The token has been revoked. */
    public static final String REVOKED = "revoked";

    /** The token cannot be verified at the moment. */
    public static final String UNAVAILABLE = "unavailable";

    private static final long serialVersionUID = 1;

    private final String code;
    private final boolean retry;

    /**
     * @param code the code for programs, such as {@link #EXPIRED}
     * @param message the text for people
     * @param retry whether the same token may be accepted later
     */
    public TokenRefusedException(String code, String message, boolean retry) {
        super(message, null, false, false);
        this.code = code;
        this.retry = retry;
    }

    /** The token is invalid; the client learns no details. */
    public static TokenRefusedException invalid() {
        return invalid("the token is invalid");
    }

    /**
     * The token is invalid, and the client learns why.
     *
     * @param message names a claim, never its value
     */
    public static TokenRefusedException invalid(String message) {
        return new TokenRefusedException(INVALID, message, false);
    }

    /** The refusal for a client whose token, session or user was revoked. */
    public static TokenRefusedException revoked() {
        return new TokenRefusedException(REVOKED, "the token has been revoked", false);
    }

    /** The token cannot be verified at the moment; the client may try again with the same one. */
    public static TokenRefusedException unavailable() {
        return new TokenRefusedException(UNAVAILABLE, "the token cannot be verified at this moment", true);
    }

    /** The code for programs. */
    public String code() {
        return code;
    }

    /** Whether the same token may be accepted later. */
    public boolean retry() {
        return retry;
    }
}
