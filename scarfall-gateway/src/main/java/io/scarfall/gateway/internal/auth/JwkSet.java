package io.scarfall.gateway.internal.auth;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.scarfall.engineio.internal.LogText;
import io.scarfall.gateway.JwtAlgorithm;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.EdECPoint;
import java.security.spec.EdECPublicKeySpec;
import java.security.spec.NamedParameterSpec;
import java.security.spec.RSAPublicKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads key sets (RFC 7517; RFC 8037 for Ed25519). */
final class JwkSet {

    /** The most keys of a set that are read. */
    static final int MAX_KEYS = 100;

    private static final Logger log = LoggerFactory.getLogger(JwkSet.class);
    private static final JsonMapper JSON = new JsonMapper();

    private JwkSet() {}

    /**
     * The keys of a set that fit one of the algorithms. Others are ignored, as RFC 7517, section 5, recommends: keys of
     * other kinds or for other uses, weak keys, and malformed ones.
     *
     * @throws IOException if the text is not a key set
     */
    static List<VerificationKey> read(byte[] json, Set<JwtAlgorithm> algorithms) throws IOException {
        JsonNode set;
        try {
            set = JSON.readTree(json).path("keys");
        } catch (IOException e) { // the message quotes the text
            throw new IOException("not JSON");
        }
        if (!set.isArray()) {
            throw new IOException("not a key set");
        }
        List<VerificationKey> keys = new ArrayList<>();
        for (int i = 0; i < Math.min(set.size(), MAX_KEYS); i++) {
            try {
                keys.addAll(keys(set.get(i), algorithms));
            } catch (GeneralSecurityException
                    | RuntimeException e) { // the JDK throws unchecked exceptions for some invalid numbers
                log.debug("key ignored number={} error={}", i, LogText.of(e.toString()));
            }
        }
        if (set.size() > MAX_KEYS) {
            log.warn("keys beyond the first {} ignored keys={}", MAX_KEYS, set.size());
        }
        return List.copyOf(keys);
    }

    private static List<VerificationKey> keys(JsonNode jwk, Set<JwtAlgorithm> algorithms)
            throws GeneralSecurityException {
        JwtAlgorithm algorithm = algorithm(text(jwk, "kty"), jwk);
        if (algorithm == null || !algorithms.contains(algorithm)) {
            return List.of();
        }
        String declared = jwk.has("alg") ? text(jwk, "alg") : algorithm.names().get(0);
        if (!algorithm.names().contains(declared) || !isForSignatures(jwk)) {
            return List.of();
        }
        if (jwk.has("d")) {
            throw new InvalidKeyException("a private key in a public key set (expected: public keys only)");
        }
        return VerificationKey.of(algorithm, jwk.has("kid") ? text(jwk, "kid") : null, key(algorithm, jwk));
    }

    private static @Nullable JwtAlgorithm algorithm(String kind, JsonNode jwk) throws InvalidKeyException {
        return switch (kind) {
            case "RSA" -> JwtAlgorithm.RS256;
            case "EC" -> text(jwk, "crv").equals("P-256") ? JwtAlgorithm.ES256 : null;
            case "OKP" -> text(jwk, "crv").equals("Ed25519") ? JwtAlgorithm.EDDSA : null;
            default -> null;
        };
    }

    private static boolean isForSignatures(JsonNode jwk) throws InvalidKeyException {
        if (jwk.has("use") && !text(jwk, "use").equals("sig")) {
            return false;
        }
        if (!jwk.has("key_ops")) {
            return true;
        }
        for (JsonNode operation : jwk.get("key_ops")) {
            if ("verify".equals(operation.textValue())) {
                return true;
            }
        }
        return false;
    }

    private static PublicKey key(JwtAlgorithm algorithm, JsonNode jwk) throws GeneralSecurityException {
        KeyFactory factory = KeyFactory.getInstance(algorithm.keyAlgorithm());
        return switch (algorithm) {
            case RS256 -> factory.generatePublic(new RSAPublicKeySpec(number(jwk, "n"), number(jwk, "e")));
            case ES256 ->
                factory.generatePublic(
                        new ECPublicKeySpec(new ECPoint(number(jwk, "x"), number(jwk, "y")), VerificationKey.p256()));
            case EDDSA -> factory.generatePublic(new EdECPublicKeySpec(NamedParameterSpec.ED25519, point(jwk)));
        };
    }

    /** A point as RFC 8032, section 5.1.2, encodes it: y in little-endian order, and the sign of x in the highest bit. */
    private static EdECPoint point(JsonNode jwk) throws InvalidKeyException {
        byte[] bytes = bytes(jwk, "x");
        if (bytes.length != 32) {
            throw new InvalidKeyException("x: " + bytes.length + " bytes (expected: 32)");
        }
        boolean xIsOdd = (bytes[31] & 0x80) != 0;
        bytes[31] &= 0x7F;
        for (int i = 0; i < 16; i++) {
            byte low = bytes[i];
            bytes[i] = bytes[31 - i];
            bytes[31 - i] = low;
        }
        return new EdECPoint(xIsOdd, new BigInteger(1, bytes));
    }

    private static BigInteger number(JsonNode jwk, String name) throws InvalidKeyException {
        return new BigInteger(1, bytes(jwk, name));
    }

    private static byte[] bytes(JsonNode jwk, String name) throws InvalidKeyException {
        return Base64.getUrlDecoder().decode(text(jwk, name));
    }

    private static String text(JsonNode jwk, String name) throws InvalidKeyException {
        String text = jwk.path(name).textValue();
        if (text == null) {
            throw new InvalidKeyException(name + ": not a string");
        }
        return text;
    }
}
