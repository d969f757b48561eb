package io.scarfall.gateway;

import java.util.concurrent.CompletionStage;

/**
 * Verifies the tokens of clients. Thread-safe. The gateway calls it on event loops, so it must not block; {@link
 * Blocking#verifier} adapts one that does. It may add to the identity what the application knows of the user: {@link
 * Identity#withRoles}, {@link Identity#withPrincipal}.
 */
@FunctionalInterface
public interface TokenVerifier {

    /**
     * Verifies a token.
     *
     * @param token the token as the client sent it: of any length and content
     * @return the identity, on any thread; or a failure with {@link TokenRefusedException}. Any other failure, and no answer within
     *     30 s, is logged and refuses the client in neutral words, as one that may try again
     */
    CompletionStage<Identity> verify(String token);
}
