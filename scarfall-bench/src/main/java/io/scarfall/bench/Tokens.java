package io.scarfall.bench;

import com.auth0.jwt.JWT;
import com.auth0.jwt.algorithms.Algorithm;
import java.time.Instant;

/** Tokens for the users of a benchmark. */
final class Tokens {

    private static final long SECONDS = 3_600;

    private Tokens() {}

    /** A valid token of a user, for an hour. */
    static String of(String secret, String user) {
        return JWT.create()
                .withSubject(user)
                .withExpiresAt(Instant.now().plusSeconds(SECONDS))
                .sign(Algorithm.HMAC256(secret));
    }

    /** The CONNECT packet of a user. */
    static String join(String secret, String user) {
        return "40{\"token\":\"" + of(secret, user) + "\"}";
    }
}
