package io.scarfall.server;

import com.auth0.jwt.JWT;
import com.auth0.jwt.algorithms.Algorithm;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/** Makes tokens for people who try the server: signed by its own secret. Thread-safe. */
final class DemoTokens {

    private final Algorithm algorithm;
    private final Duration lifetime;
    private final Clock clock;

    DemoTokens(String secret, Duration lifetime, Clock clock) {
        algorithm = Algorithm.HMAC256(secret);
        this.lifetime = lifetime;
        this.clock = clock;
    }

    /** Returns a token for a user, whoever asks: callers see to it who may. */
    String issue(String userId) {
        Instant now = clock.instant();
        return JWT.create()
                .withSubject(userId)
                .withClaim("email", userId + "@example.com")
                .withIssuedAt(now)
                .withExpiresAt(now.plus(lifetime))
                .sign(algorithm);
    }
}
