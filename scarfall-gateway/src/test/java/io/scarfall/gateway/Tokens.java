package io.scarfall.gateway;

import com.auth0.jwt.JWT;
import com.auth0.jwt.JWTCreator;
import com.auth0.jwt.algorithms.Algorithm;
import java.time.Duration;
import java.time.Instant;

/** Tokens as the issuer of the application signs them. */
public final class Tokens {
    public static final String SECRET = "4f1c0b7de2a98365c4f1c0b7de2a98365c";

    private Tokens() {}

    /** A valid token of a user with the email {@code <userId>@example.com}. */
    public static String of(String userId) {
        return lasting(userId, Duration.ofHours(1));
    }

    public static String lasting(String userId, Duration time) {
        return sign(claims(userId).withExpiresAt(Instant.now().plus(time)));
    }

    public static JWTCreator.Builder claims(String userId) {
        return JWT.create().withSubject(userId).withClaim("email", userId + "@example.com");
    }

    public static String sign(JWTCreator.Builder token) {
        return token.sign(Algorithm.HMAC256(SECRET));
    }
}
