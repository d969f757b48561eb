package io.scarfall.gateway.internal.auth;

import io.scarfall.gateway.TokenRefusedException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Where the keys are that tokens are verified by. Thread-safe; never blocks. */
interface KeySource extends AutoCloseable {

    /** So many keys are tried for one token: more are only there where it does not name one. */
    int MAX_CANDIDATES = 4;

    /**
     * The keys that may have signed a token, {@value #MAX_CANDIDATES} at most.
     *
     * @return on any thread; empty if there is none; fails with {@link TokenRefusedException} only, where that cannot be
     *     told at this moment
     */
    CompletionStage<List<VerificationKey>> candidates(TokenHeader header);

    /** How long ago the keys were fetched, in seconds; NaN if they never were, or need not be. */
    default double ageSeconds() {
        return Double.NaN;
    }

    @Override
    void close();

    /** Those of some keys that may have signed a token. */
    static List<VerificationKey> candidates(List<VerificationKey> keys, TokenHeader header) {
        return keys.stream()
                .filter(key -> key.matches(header))
                .limit(MAX_CANDIDATES)
                .toList();
    }

    /** Keys that stay what they are. */
    static KeySource of(List<VerificationKey> keys) {
        return new KeySource() {
            @Override
            public CompletionStage<List<VerificationKey>> candidates(TokenHeader header) {
                return CompletableFuture.completedFuture(KeySource.candidates(keys, header));
            }

            @Override
            public void close() {}
        };
    }
}
