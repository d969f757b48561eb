package io.scarfall.gateway.internal.auth;

import com.auth0.jwt.JWT;
import com.auth0.jwt.JWTVerifier;
import com.auth0.jwt.algorithms.Algorithm;
import com.auth0.jwt.exceptions.IncorrectClaimException;
import com.auth0.jwt.exceptions.MissingClaimException;
import com.auth0.jwt.exceptions.SignatureVerificationException;
import com.auth0.jwt.exceptions.TokenExpiredException;
import com.auth0.jwt.interfaces.Claim;
import com.auth0.jwt.interfaces.DecodedJWT;
import com.auth0.jwt.interfaces.Verification;
import io.scarfall.engineio.Bytes;
import io.scarfall.engineio.MalformedPacketException;
import io.scarfall.gateway.Identity;
import io.scarfall.gateway.JwksConfig;
import io.scarfall.gateway.JwtAlgorithm;
import io.scarfall.gateway.TokenConfig;
import io.scarfall.gateway.TokenRefusedException;
import io.scarfall.gateway.TokenVerifier;
import io.scarfall.socketio.internal.json.JsonCursor;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Verifies JSON Web Tokens (RFC 7519) by the rules of RFC 8725. The server's keys decide how a token must be signed; the
 * token's header may only name one of them. {@code exp} is required; {@code nbf} and {@code iat} are checked if present.
 * {@code sub} is the id of the user, a string or an integer. {@code email}, {@code deviceInfo} and {@code jti} are optional,
 * and ignored if malformed. Thread-safe.
 */
public final class JwtVerifier implements TokenVerifier, AutoCloseable {

    /** The fewest bytes of a secret: as many as the output of HS256 has (RFC 7518, section 3.2). */
    public static final int MIN_SECRET_BYTES = 32;

    private static final int MAX_RULES = 64;

    /** The end of the year 9999: later times are treated as this one, because calculations with them may overflow. */
    private static final Instant NEVER = Instant.ofEpochSecond(253_402_300_799L);

    /** Claims that are times (RFC 7519, section 4.1). */
    private static final Set<String> TIMES = Set.of("exp", "nbf", "iat");

    private final KeySource keys;
    private final TokenConfig config;
    private final Clock clock;
    private final String name;

    /** Verifiers of the keys in use. Cleared when the map is full, which happens only after many changes of keys. */
    private final Map<VerificationKey, JWTVerifier> rules = new ConcurrentHashMap<>();

    private JwtVerifier(KeySource keys, TokenConfig config, Clock clock, String name) {
        this.keys = keys;
        this.config = config;
        this.clock = clock;
        this.name = name;
    }

    /**
     * A verifier of tokens that are signed with HS256.
     *
     * @param secret the secret of the signatures, in UTF-8; at least 32 bytes, and not a published one
     * @throws IllegalArgumentException if the secret is short or guessable; the message does not contain it
     */
    public static JwtVerifier bySecret(String secret, TokenConfig config, Clock clock) {
        byte[] key = secret.getBytes(StandardCharsets.UTF_8);
        if (key.length < MIN_SECRET_BYTES) {
            throw new IllegalArgumentException(
                    "jwtSecret: " + key.length + " bytes (expected: at least " + MIN_SECRET_BYTES + ")");
        }
        if (GuessCheck.isGuessable(secret)) {
            throw new IllegalArgumentException("jwtSecret: guessable (expected: random, such as openssl rand -hex 32)");
        }
        return new JwtVerifier(KeySource.of(List.of(VerificationKey.hs256(key))), config, clock, "HS256");
    }

    /**
     * A verifier of tokens that are signed with the private key of a given public key.
     *
     * @param pem one to four public keys or certificates; a token may be signed with any of them
     * @throws IllegalArgumentException if there is no key, or one is weak or for another algorithm
     */
    public static JwtVerifier byPublicKey(JwtAlgorithm algorithm, String pem, TokenConfig config, Clock clock) {
        return new JwtVerifier(KeySource.of(Pem.keys(algorithm, pem)), config, clock, algorithm.name());
    }

    /** A verifier of tokens that are signed with a key that an issuer publishes. Starts to fetch the keys; must be closed. */
    public static JwtVerifier byJwks(JwksConfig jwks, TokenConfig config, Clock clock) {
        return new JwtVerifier(JwksKeys.of(jwks), config, clock, jwks.toString());
    }

    /** Verifies a token of its own several times, so that the first token of a client finds all classes loaded. */
    public static void warmUp(int times) {
        byte[] key = new byte[MIN_SECRET_BYTES];
        String token = JWT.create()
                .withSubject("nobody")
                .withClaim("email", "nobody@example.org")
                .withExpiresAt(Instant.EPOCH.plusSeconds(1))
                .sign(Algorithm.HMAC256(key));
        KeySource keys = KeySource.of(List.of(VerificationKey.hs256(key)));
        JwtVerifier verifier =
                new JwtVerifier(keys, TokenConfig.DEFAULT, Clock.fixed(Instant.EPOCH, ZoneOffset.UTC), "warm-up");
        for (int i = 0; i < times; i++) {
            var unused = verifier.verify(token);
        }
    }

    @Override
    public CompletionStage<Identity> verify(String token) {
        try {
            return keys.candidates(TokenHeader.read(token)).thenCompose(candidates -> verdict(token, candidates));
        } catch (TokenRefusedException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private CompletionStage<Identity> verdict(String token, List<VerificationKey> candidates) {
        try {
            return CompletableFuture.completedFuture(identity(verified(token, candidates)));
        } catch (TokenRefusedException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private DecodedJWT verified(String token, List<VerificationKey> candidates) throws TokenRefusedException {
        for (VerificationKey key : candidates) {
            try {
                return rules(key).verify(token);
            } catch (SignatureVerificationException e) {
                // the next key may match
            } catch (TokenExpiredException e) {
                throw new TokenRefusedException(TokenRefusedException.EXPIRED, "the token has expired", false);
            } catch (MissingClaimException e) {
                throw TokenRefusedException.invalid("the token has no " + e.getClaimName());
            } catch (IncorrectClaimException e) {
                String claim = e.getClaimName();
                if ("nbf".equals(claim) || "iat".equals(claim)) { // clocks may differ: the token becomes valid soon
                    throw new TokenRefusedException(
                            TokenRefusedException.NOT_YET_VALID,
                            "the token is not valid yet: its " + claim + " is in the future",
                            true);
                }
                throw TokenRefusedException.invalid("the token's " + claim + " is not accepted");
            } catch (RuntimeException e) { // the library does not catch what its parsers throw for some numbers
                throw TokenRefusedException.invalid(whatIsMalformed(token));
            }
        }
        throw TokenRefusedException.invalid();
    }

    private JWTVerifier rules(VerificationKey key) {
        JWTVerifier known = rules.get(key);
        if (known != null) {
            return known;
        }
        if (rules.size() >= MAX_RULES) {
            rules.clear();
        }
        return rules.computeIfAbsent(key, unknown -> rules(unknown.algorithm()));
    }

    /** The same rules for claims, for any key. */
    private JWTVerifier rules(Algorithm algorithm) {
        Verification rules = JWT.require(algorithm)
                .acceptLeeway(config.skew().toSeconds())
                .withClaimPresence("exp")
                .withClaimPresence("sub");
        if (!config.issuers().isEmpty()) {
            rules.withIssuer(config.issuers().toArray(String[]::new));
        }
        if (!config.audiences().isEmpty()) {
            rules.withAnyOfAudience(config.audiences().toArray(String[]::new));
        }
        return ((JWTVerifier.BaseVerification) rules).build(clock);
    }

    /**
     * The error words for a token that the library cannot read. The library does not name the wrong claim, or names it with
     * its value.
     */
    private static String whatIsMalformed(String token) {
        try {
            Bytes claims = Bytes.wrap(Base64.getUrlDecoder().decode(token.split("\\.", -1)[1]));
            if (claims.isUtf8()) {
                JsonCursor cursor = new JsonCursor(claims);
                cursor.beginObject();
                for (Bytes name; (name = cursor.nextName()) != null; ) {
                    Bytes value = cursor.value();
                    if (TIMES.contains(name.utf8()) && !isTime(value)) {
                        return "the token's " + name.utf8() + " is not a time in seconds";
                    }
                }
            }
        } catch (IllegalArgumentException | IndexOutOfBoundsException | MalformedPacketException e) {
            return "the token is malformed";
        }
        return "the token is invalid";
    }

    private static boolean isTime(Bytes json) {
        return json.at(0) == '-' || (json.at(0) >= '0' && json.at(0) <= '9') || json.at(0) == 'n';
    }

    private Identity identity(DecodedJWT jwt) throws TokenRefusedException {
        Claim subject = jwt.getClaim("sub");
        String userId = id(subject);
        Instant expiresAt = jwt.getExpiresAtAsInstant(); // null for JSON's null, which the library accepts as a claim
        if (expiresAt == null) {
            throw TokenRefusedException.invalid("the token has no exp");
        }
        if (userId == null) {
            throw TokenRefusedException.invalid(
                    subject.isNull() ? "the token has no sub" : "the token's sub is neither a string nor an integer");
        }
        if (!Identity.isUserId(userId, Identity.MAX_USER_ID_LENGTH)) {
            throw TokenRefusedException.invalid("the token's sub is empty, too long or has a control character");
        }
        return new Identity(
                userId,
                text(jwt.getClaim("email"), Identity.MAX_EMAIL_LENGTH),
                device(jwt.getClaim("deviceInfo")),
                expiry(expiresAt),
                jwt.getIssuedAtAsInstant(),
                tokenId(jwt.getClaim("jti")),
                TokenClaims.roles(jwt, config.rolesClaim()),
                TokenClaims.kept(jwt, config.claims()),
                null);
    }

    /** A string, or an integer as its decimal string; null for anything else. */
    private static @Nullable String id(Claim claim) {
        String text = claim.asString();
        return text != null || claim.isMissing() ? text : UserIds.integer(Bytes.utf8(claim.toString()));
    }

    private static @Nullable String tokenId(Claim claim) {
        String id = id(claim);
        return id == null || id.isBlank() || !Identity.isText(id, Identity.MAX_TOKEN_ID_LENGTH) ? null : id;
    }

    /** When a connection with this token ends: when the token would no longer be accepted. */
    private Instant expiry(Instant claimed) {
        return claimed.isAfter(NEVER) ? Instant.MAX : claimed.plus(config.skew());
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

    /**
     * The time since the issuer's key set was fetched, in seconds; NaN if it never was, or if the keys are configured.
     * Thread-safe.
     */
    public double keysAgeSeconds() {
        return keys.ageSeconds();
    }

    /** Releases the resources for fetching keys. */
    @Override
    public void close() {
        keys.close();
    }

    /** Contains no part of a secret. */
    @Override
    public String toString() {
        return "JwtVerifier[" + name + "]";
    }
}
