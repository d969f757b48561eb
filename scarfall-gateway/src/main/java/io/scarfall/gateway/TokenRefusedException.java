package io.scarfall.gateway;

/**
 * A token proves nothing. Carries no stack trace: clients may cause it as often as they like. Its message is for clients,
 * and never holds any of the token.
 */
public final class TokenRefusedException extends Exception {

    /** The token is not well-formed, not signed by the right key, or says something that is not allowed. */
    public static final String INVALID = "invalid_token";

    /** The token was good, and its time is over. */
    public static final String EXPIRED = "token_expired";

    /** The token is good, and its time has not come. */
    public static final String NOT_YET_VALID = "token_not_yet_valid";

    /** The token was good, and has been revoked. */
    public static final String REVOKED = "revoked";

    /** The token could not be verified at this moment. */
    public static final String UNAVAILABLE = "unavailable";

    private static final long serialVersionUID = 1;

    private final String code;
    private final boolean retry;

    /**
     * @param code what programs read, such as {@link #EXPIRED}
     * @param message what people read
     * @param retry whether trying again with the same token can help
     */
    public TokenRefusedException(String code, String message, boolean retry) {
        super(message, null, false, false);
        this.code = code;
        this.retry = retry;
    }

    /** The token proves nothing, and the client learns no more. */
    public static TokenRefusedException invalid() {
        return invalid("the token is invalid");
    }

    /** @param message names a claim, and never its value */
    public static TokenRefusedException invalid(String message) {
        return new TokenRefusedException(INVALID, message, false);
    }

    /** What a client is told whose token, session or user was revoked. */
    public static TokenRefusedException revoked() {
        return new TokenRefusedException(REVOKED, "the token has been revoked", false);
    }

    /** The token could not be verified; the client may try again with the same one. */
    public static TokenRefusedException unavailable() {
        return new TokenRefusedException(UNAVAILABLE, "the token cannot be verified at this moment", true);
    }

    /** What programs read. */
    public String code() {
        return code;
    }

    /** Whether trying again with the same token can help. */
    public boolean retry() {
        return retry;
    }
}
