package io.scarfall.server;

import com.auth0.jwt.JWT;
import com.auth0.jwt.JWTCreator;
import com.auth0.jwt.algorithms.Algorithm;
import io.scarfall.gateway.TokenConfig;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Makes tokens that this server accepts, signed with its own secret: for trials and for debugging. Thread-safe. */
final class TokenIssuer {

    private final Algorithm algorithm;
    private final TokenConfig config;
    private final Duration lifetime;
    private final Clock clock;

    /** @param config of the server; tokens name the first of its issuers and audiences */
    TokenIssuer(String secret, TokenConfig config, Duration lifetime, Clock clock) {
        algorithm = Algorithm.HMAC256(secret);
        this.config = config;
        this.lifetime = lifetime;
        this.clock = clock;
    }

    /** Returns a token for a user. The caller decides who may have one. */
    String issue(String userId, @Nullable String email) {
        Instant now = clock.instant();
        JWTCreator.Builder token =
                JWT.create().withSubject(userId).withIssuedAt(now).withExpiresAt(now.plus(lifetime));
        config.issuers().stream().findFirst().ifPresent(token::withIssuer);
        config.audiences().stream().findFirst().ifPresent(token::withAudience);
        if (email != null) {
            token.withClaim("email", email);
        }
        return token.sign(algorithm);
    }
}
