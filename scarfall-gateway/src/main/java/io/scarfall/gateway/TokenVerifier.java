package io.scarfall.gateway;

import java.util.concurrent.CompletionStage;

/** Decides whether a token proves who a client is. Thread-safe. Called on event loops: must not block. */
@FunctionalInterface
public interface TokenVerifier {

    /**
     * Verifies a token.
     *
     * @param token as the client sent it: of any length and content
     * @return the identity, on any thread; or a failure with {@link TokenRefusedException}. Every other failure refuses
     *     the client too, in neutral words and as one that may try again, and is logged; so is no answer within 30 s
     */
    CompletionStage<Identity> verify(String token);
}
