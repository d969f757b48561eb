package io.scarfall.gateway.internal.auth;

import io.scarfall.gateway.TokenRefusedException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The source of the keys that verify tokens. Thread-safe; never blocks. */
interface KeySource extends AutoCloseable {

    /** The most keys that are tried for one token. A token that names its key has one. */
    int MAX_CANDIDATES = 4;

    /**
     * The keys that may have signed a token, {@value #MAX_CANDIDATES} at most.
     *
     * @return completes on any thread; empty if there is no such key; fails only with {@link TokenRefusedException}, if the
     *     keys are not known at this moment
     */
    CompletionStage<List<VerificationKey>> candidates(TokenHeader header);

    /** The time since the keys were fetched, in seconds; NaN if they never were, or need not be. */
    default double ageSeconds() {
        return Double.NaN;
    }

    @Override
    void close();

    /** The keys of a list that may have signed a token. */
    static List<VerificationKey> candidates(List<VerificationKey> keys, TokenHeader header) {
        return keys.stream()
                .filter(key -> key.matches(header))
                .limit(MAX_CANDIDATES)
                .toList();
    }

    /** A source of keys that never change. */
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
