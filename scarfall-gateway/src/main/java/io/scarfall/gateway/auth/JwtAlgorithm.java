package io.scarfall.gateway.auth;

import java.security.InvalidKeyException;
import java.security.PublicKey;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How tokens are signed by a private key, so that those who verify them cannot make any (RFC 7518, RFC 8037). The server
 * says which it takes; the token does not.
 */
public enum JwtAlgorithm {

    /** RSA with SHA-256, PKCS #1 v1.5; keys of 2,048 to 8,192 bits. */
    RS256("RSA"),

    /** ECDSA on the curve P-256 with SHA-256. */
    ES256("EC"),

    /** EdDSA on the curve Ed25519; tokens may also call it {@code Ed25519} (RFC 9864). */
    EDDSA("Ed25519");

    private final String keyAlgorithm;

    JwtAlgorithm(String keyAlgorithm) {
        this.keyAlgorithm = keyAlgorithm;
    }

    /** What the JDK calls keys of this kind. */
    String keyAlgorithm() {
        return keyAlgorithm;
    }

    /** What tokens and key sets call it. */
    List<String> names() {
        return this == EDDSA ? List.of("EdDSA", "Ed25519") : List.of(name());
    }

    /**
     * A public key for each name of this algorithm.
     *
     * @param id by which tokens name the key; null if it has none
     * @throws InvalidKeyException if the key is weak, or of another kind
     */
    List<VerificationKey> keys(@Nullable String id, PublicKey key) throws InvalidKeyException {
        return switch (this) {
            case RS256 -> List.of(VerificationKey.rs256(id, key));
            case ES256 -> List.of(VerificationKey.es256(id, key));
            case EDDSA ->
                List.of(VerificationKey.ed25519("EdDSA", id, key), VerificationKey.ed25519("Ed25519", id, key));
        };
    }
}
