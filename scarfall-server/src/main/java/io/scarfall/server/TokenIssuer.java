package io.scarfall.server;

import com.auth0.jwt.JWT;
import com.auth0.jwt.JWTCreator;
import com.auth0.jwt.algorithms.Algorithm;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Makes tokens that this server accepts, signed by its own secret: for people who try it or look for a fault. Thread-safe. */
final class TokenIssuer {

    private final Algorithm algorithm;
    private final Duration lifetime;
    private final Clock clock;

    TokenIssuer(String secret, Duration lifetime, Clock clock) {
        algorithm = Algorithm.HMAC256(secret);
        this.lifetime = lifetime;
        this.clock = clock;
    }

    /** Returns a token for a user, whoever asks: callers see to it who may. */
    String issue(String userId, @Nullable String email) {
        Instant now = clock.instant();
        JWTCreator.Builder token =
                JWT.create().withSubject(userId).withIssuedAt(now).withExpiresAt(now.plus(lifetime));
        if (email != null) {
            token.withClaim("email", email);
        }
        return token.sign(algorithm);
    }
}
