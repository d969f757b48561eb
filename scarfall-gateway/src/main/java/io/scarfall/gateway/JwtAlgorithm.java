package io.scarfall.gateway;

import java.util.List;

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
    public String keyAlgorithm() {
        return keyAlgorithm;
    }

    /** What tokens and key sets call it. */
    public List<String> names() {
        return this == EDDSA ? List.of("EdDSA", "Ed25519") : List.of(name());
    }
}
