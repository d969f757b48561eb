package io.scarfall.gateway.internal.auth;

import io.scarfall.gateway.TokenRefusedException;

/**
 * Why a proof does not count, or counts no more, as clients read it in an ack or in {@code authentication_error}.
 *
 * @param retry whether trying again with the same one can help
 */
public record Refused(String status, String error, String code, boolean retry) {

    /** Says why. */
    public static Refused of(TokenRefusedException refused) {
        return new Refused("error", Authenticator.words(refused), refused.code(), refused.retry());
    }
}
