package io.scarfall.gateway;

import io.scarfall.gateway.internal.auth.JwtVerifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The sources of users' tokens that a {@link ScarfallBuilder} was given. Exactly one must be given. */
final class TokenSources {

    /** The names of the settings that were called. A repeated call of a setting replaces the earlier one. */
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

    /**
     * @throws IllegalArgumentException if there is no source, or more than one: it would be unclear which one decides
     */
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
