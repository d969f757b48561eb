package io.scarfall.testkit;

import com.auth0.jwt.JWT;
import com.auth0.jwt.algorithms.Algorithm;
import java.time.Duration;
import java.time.Instant;

/** Makes tokens that a gateway accepts. */
final class Tokens {

    private Tokens() {}

    /** A token of a user, with the email {@code <userId>@example.com}. */
    static String of(String userId, String jwtSecret, Instant now, Duration life) {
        return JWT.create()
                .withSubject(userId)
                .withClaim("email", userId + "@example.com")
                .withIssuedAt(now)
                .withExpiresAt(now.plus(life))
                .sign(Algorithm.HMAC256(jwtSecret));
    }
}
