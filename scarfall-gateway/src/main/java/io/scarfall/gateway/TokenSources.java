package io.scarfall.gateway;

import io.scarfall.gateway.internal.auth.JwtVerifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What a {@link ScarfallBuilder} was told of the proof of users' identities, of which exactly one may be given. */
final class TokenSources {

    /** The setting that was called, and what it makes; a later call of the same setting counts instead. */
    private final List<String> given = new ArrayList<>();

    private @Nullable Function<TokenConfig, JwtVerifier> keys;
    private @Nullable TokenVerifier verifier;

    void add(String setting, Function<TokenConfig, JwtVerifier> make) {
        given.remove(setting);
        given.add(setting);
        keys = make;
    }

    void add(TokenVerifier own) {
        verifier = Objects.requireNonNull(own, "verifier");
    }

    /** @throws IllegalArgumentException if there is none, or more than one: then it would be open whose word counts */
    TokenVerifier verifier(TokenConfig config) {
        List<String> all = new ArrayList<>(given);
        if (verifier != null) {
            all.add("tokenVerifier");
            if (!config.issuers().isEmpty() || !config.audiences().isEmpty()) {
                throw new IllegalArgumentException("jwtIssuer, jwtAudience: given beside a tokenVerifier"
                        + " (expected: the verifier checks them itself)");
            }
        }
        if (all.size() != 1) {
            throw new IllegalArgumentException("jwtSecret, jwtPublicKey, jwks, tokenVerifier: "
                    + (all.isEmpty() ? "none" : String.join(" and ", all)) + " (expected: one of them)");
        }
        return verifier == null ? Objects.requireNonNull(keys).apply(config) : verifier;
    }
}
