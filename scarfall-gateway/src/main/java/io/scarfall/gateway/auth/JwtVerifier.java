package io.scarfall.gateway.auth;

import com.auth0.jwt.JWT;
import com.auth0.jwt.JWTVerifier;
import com.auth0.jwt.algorithms.Algorithm;
import com.auth0.jwt.exceptions.IncorrectClaimException;
import com.auth0.jwt.exceptions.TokenExpiredException;
import com.auth0.jwt.interfaces.Claim;
import com.auth0.jwt.interfaces.DecodedJWT;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Verifies JSON Web Tokens (RFC 7519) that are signed with a shared secret, by the rules of RFC 8725: HS256 and nothing
 * else, whatever the token's header says; {@code exp} is required, {@code nbf} and {@code iat} are honoured; {@code sub} is
 * the id of the user. {@code email} and {@code deviceInfo} are optional, and ignored where they are malformed.
 * Thread-safe.
 */
public final class JwtVerifier implements TokenVerifier {

    /** How many characters a token may have. */
    public static final int MAX_TOKEN_LENGTH = 8_192;

    /** How many bytes a secret must have at least: as many as HS256 yields (RFC 7518, section 3.2). */
    public static final int MIN_SECRET_BYTES = 32;

    /** How far the clocks of issuer and verifier may be apart. */
    public static final Duration DEFAULT_SKEW = Duration.ofSeconds(5);

    /** The most that is allowed for the difference of clocks. */
    public static final Duration MAX_SKEW = Duration.ofSeconds(60);

    private static final int FEWEST_DISTINCT_BYTES = 8;

    /** The end of the year 9999: later times cannot be calculated with, and need not be. */
    private static final Instant NEVER = Instant.ofEpochSecond(253_402_300_799L);

    /** Parts of secrets that stand in documentation and templates, so that anybody may know them. */
    private static final List<String> PUBLISHED = List.of(
            "change-me",
            "changeme",
            "change_me",
            "change-this",
            "change_this",
            "change-in-production",
            "change_in_production",
            "your-secret",
            "your_secret",
            "your-super-secret",
            "your_super_secret",
            "your-jwt-secret",
            "your_jwt_secret",
            "your-256-bit-secret",
            "a-string-secret-at-least-256-bits-long",
            "super-secret-jwt",
            "replace-me",
            "replace_me");

    private final JWTVerifier verifier;
    private final Duration skew;
    private final int maxUserIdLength;

    /** Verifies by this machine's clock, with user ids of at most 128 characters. */
    public JwtVerifier(String secret) {
        this(secret, DEFAULT_SKEW, 128, Clock.systemUTC());
    }

    /**
     * @param secret what the tokens are signed with, in UTF-8; at least 32 bytes, and none that is published
     * @param skew how far the clocks of issuer and verifier may be apart, in whole seconds, at most 60
     * @param maxUserIdLength how many characters {@code sub} may have
     * @throws IllegalArgumentException if a value is out of its range; the message does not tell the secret
     */
    public JwtVerifier(String secret, Duration skew, int maxUserIdLength, Clock clock) {
        byte[] key = secret.getBytes(StandardCharsets.UTF_8);
        if (key.length < MIN_SECRET_BYTES) {
            throw new IllegalArgumentException(
                    "jwtSecret: " + key.length + " bytes (expected: at least " + MIN_SECRET_BYTES + ")");
        }
        if (isGuessable(secret)) {
            throw new IllegalArgumentException("jwtSecret: guessable (expected: random, such as openssl rand -hex 32)");
        }
        if (skew.isNegative() || skew.compareTo(MAX_SKEW) > 0) {
            throw new IllegalArgumentException("skew: " + skew + " (expected: 0 to " + MAX_SKEW + ")");
        }
        if (maxUserIdLength < 1 || maxUserIdLength > Identity.MAX_USER_ID_LENGTH) {
            throw new IllegalArgumentException(
                    "maxUserIdLength: " + maxUserIdLength + " (expected: 1 to " + Identity.MAX_USER_ID_LENGTH + ")");
        }
        this.skew = skew;
        this.maxUserIdLength = maxUserIdLength;
        JWTVerifier.BaseVerification rules = (JWTVerifier.BaseVerification) JWT.require(Algorithm.HMAC256(key))
                .acceptLeeway(skew.toSeconds())
                .withClaimPresence("exp")
                .withClaimPresence("sub");
        verifier = rules.build(clock);
    }

    private static boolean isGuessable(String secret) {
        String lower = secret.toLowerCase(Locale.ROOT);
        return secret.chars().distinct().count() < FEWEST_DISTINCT_BYTES
                || PUBLISHED.stream().anyMatch(lower::contains);
    }

    @Override
    public CompletionStage<Identity> verify(String token) {
        try {
            return CompletableFuture.completedFuture(identity(token));
        } catch (TokenRefusedException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private Identity identity(String token) throws TokenRefusedException {
        if (token.length() > MAX_TOKEN_LENGTH) {
            throw invalid();
        }
        DecodedJWT jwt;
        try {
            jwt = verifier.verify(token);
        } catch (TokenExpiredException e) {
            throw new TokenRefusedException(TokenRefusedException.EXPIRED, "the token has expired", false);
        } catch (IncorrectClaimException e) {
            if ("nbf".equals(e.getClaimName())) {
                throw new TokenRefusedException(
                        TokenRefusedException.NOT_YET_VALID, "the token is not valid yet", true);
            }
            throw invalid();
        } catch (RuntimeException e) { // besides its own, the library lets out what its parsers throw at odd numbers
            throw invalid();
        }
        if (!isCanonical(jwt.getSignature()) || !jwt.getHeaderClaim("crit").isMissing()) {
            throw invalid();
        }
        String userId = jwt.getClaim("sub").asString();
        Instant expiresAt = jwt.getExpiresAtAsInstant(); // null for JSON's null, which the library takes for a claim
        if (userId == null || expiresAt == null || !Identity.isUserId(userId, maxUserIdLength)) {
            throw invalid();
        }
        return new Identity(
                userId,
                text(jwt.getClaim("email"), Identity.MAX_EMAIL_LENGTH),
                device(jwt.getClaim("deviceInfo")),
                expiry(expiresAt));
    }

    /** A connection may last as long as its token would be accepted. */
    private Instant expiry(Instant claimed) {
        return claimed.isAfter(NEVER) ? Instant.MAX : claimed.plus(skew);
    }

    /** Whether no other text decodes to the same bytes: else one signature would have several forms. */
    private static boolean isCanonical(String base64) {
        byte[] bytes = Base64.getUrlDecoder().decode(base64);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes).equals(base64);
    }

    private static @Nullable String text(Claim claim, int maxLength) {
        String text = claim.asString();
        return text != null && !text.isEmpty() && Identity.isText(text, maxLength) ? text : null;
    }

    private static @Nullable String device(Claim claim) {
        if (claim.isMissing() || claim.isNull()) {
            return null;
        }
        String text = claim.asString();
        String device = text != null ? text : claim.toString();
        return Identity.isText(device, Identity.MAX_DEVICE_LENGTH) ? device : null;
    }

    private static TokenRefusedException invalid() {
        return new TokenRefusedException(TokenRefusedException.INVALID, "the token is invalid", false);
    }

    @Override
    public String toString() {
        return "JwtVerifier[HS256]";
    }
}
