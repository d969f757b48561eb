package io.scarfall.gateway.internal.auth;

import com.auth0.jwt.algorithms.Algorithm;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.scarfall.gateway.Identity;
import io.scarfall.gateway.JwtAlgorithm;
import io.scarfall.gateway.TokenConfig;
import io.scarfall.gateway.TokenRefusedException;
import io.scarfall.testing.Cost;
import io.scarfall.testing.FuzzInput;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * Tokens against verifiers with each kind of key. A token is accepted only if one of the keys signed it and its claims are
 * valid. {@link TokenRefusedException} refuses all others. An input is a complete token, or lines with header and claims that the
 * target then signs, correctly or not.
 */
public final class TokenFuzz {

    private static final Instant NOW = Instant.ofEpochSecond(1_800_000_000);
    private static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);
    private static final byte[] SECRET = "o8Ft6YqLw2Zx9Vb4Nc1Ms7Kd3Jg5Hp0R".getBytes(StandardCharsets.US_ASCII);
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Without RSA, which signs too slowly and uses the same code. */
    private static final KeyPair EC = pair("EC", 256);

    private static final KeyPair OTHER_EC = pair("EC", 256);
    private static final KeyPair ED = pair("Ed25519", 0);

    private static final List<JwtVerifier> VERIFIERS = List.of(
            JwtVerifier.bySecret(new String(SECRET, StandardCharsets.US_ASCII), TokenConfig.DEFAULT, CLOCK),
            JwtVerifier.byPublicKey(JwtAlgorithm.ES256, pem(OTHER_EC) + pem(EC), TokenConfig.DEFAULT, CLOCK),
            JwtVerifier.byPublicKey(JwtAlgorithm.EDDSA, pem(ED), TokenConfig.DEFAULT, CLOCK));

    private TokenFuzz() {}

    private static KeyPair pair(String algorithm, int size) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
            if (size > 0) {
                generator.initialize(size);
            }
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static String pem(KeyPair pair) {
        return "-----BEGIN PUBLIC KEY-----\n"
                + Base64.getMimeEncoder().encodeToString(pair.getPublic().getEncoded())
                + "\n-----END PUBLIC KEY-----\n";
    }

    public static void fuzzerTestOneInput(byte[] bytes) {
        FuzzInput input = new FuzzInput(bytes);
        int mode = input.choice(8);
        String text = new String(input.rest(), StandardCharsets.UTF_8);
        Cost.bounded(bytes.length, 2_000, () -> {
            if (mode == 0) {
                checkForeign(text);
            } else {
                int newline = text.indexOf('\n');
                String header = newline < 0 ? text : text.substring(0, newline);
                checkSigned(header, text.substring(newline + 1), mode);
            }
        });
    }

    /** Only the target has a key. */
    private static void checkForeign(String token) {
        for (JwtVerifier verifier : VERIFIERS) {
            assert verify(verifier, token) == null : "accepted";
        }
    }

    private static void checkSigned(String header, String claims, int mode) {
        String content =
                base64(header.getBytes(StandardCharsets.UTF_8)) + '.' + base64(claims.getBytes(StandardCharsets.UTF_8));
        switch (mode) {
            case 1 -> check(0, "HS256", hmac(content, SECRET), content, header, claims);
            case 2 -> check(1, "ES256", ecdsa(content, EC), content, header, claims);
            case 3 -> check(2, "EdDSA", ed25519(content), content, header, claims);
            case 4 ->
                checkForeign(content
                        + '.'
                        + hmac(content, "another key of the same length ..".getBytes(StandardCharsets.US_ASCII)));
            case 5 -> checkForeign(content + '.' + hmac(content, pem(EC).getBytes(StandardCharsets.US_ASCII)));
            case 6 -> checkForeign(content + '.');
            default -> checkForeign(content + '.' + base64(new byte[64]));
        }
    }

    private static void check(
            int verifier, String algorithm, String signature, String content, String header, String claims) {
        String token = content + '.' + signature;
        Identity identity = verify(VERIFIERS.get(verifier), token);
        for (int i = 0; i < VERIFIERS.size(); i++) {
            assert i == verifier || verify(VERIFIERS.get(i), token) == null : "accepted by another key";
        }
        if (identity == null) {
            return;
        }
        JsonNode said = json(claims);
        String named = json(header).path("alg").textValue();
        assert algorithm.equals(named) || (verifier == 2 && "Ed25519".equals(named)) : named;
        JsonNode subject = said.path("sub");
        assert subject.isTextual() || subject.isIntegralNumber() : subject;
        assert identity.userId().equals(subject.asText()) : subject;
        assert said.path("exp").asDouble() > NOW.getEpochSecond() - 6.0 : said.path("exp");
        assert !said.has("nbf") || said.path("nbf").asDouble() < NOW.getEpochSecond() + 6.0 : said.path("nbf");
        assert identity.expiresAt().isAfter(NOW.minusSeconds(1));
        byte[] proof = Base64.getUrlDecoder().decode(signature);
        proof[claims.length() % proof.length] ^= 1;
        checkForeign(content + '.' + base64(proof));
        checkForeign(token + "=");
        checkForeign(token + "A");
    }

    private static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new AssertionError("accepted a token that is not JSON", e);
        }
    }

    /** Returns null for a token that is refused. */
    private static @Nullable Identity verify(JwtVerifier verifier, String token) {
        CompletableFuture<Identity> verdict = verifier.verify(token).toCompletableFuture();
        assert verdict.isDone();
        try {
            return verdict.getNow(null);
        } catch (CompletionException e) {
            assert e.getCause() instanceof TokenRefusedException : e.getCause();
            return null;
        }
    }

    private static String hmac(String content, byte[] key) {
        return base64(Algorithm.HMAC256(key).sign(content.getBytes(StandardCharsets.UTF_8)));
    }

    private static String ecdsa(String content, KeyPair pair) {
        Algorithm algorithm = Algorithm.ECDSA256((ECPublicKey) pair.getPublic(), (ECPrivateKey) pair.getPrivate());
        return base64(algorithm.sign(content.getBytes(StandardCharsets.UTF_8)));
    }

    private static String ed25519(String content) {
        try {
            Signature signature = Signature.getInstance("Ed25519");
            signature.initSign(ED.getPrivate());
            signature.update(content.getBytes(StandardCharsets.UTF_8));
            return base64(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
