package io.scarfall.gateway.internal.auth;

import com.auth0.jwt.algorithms.Algorithm;
import com.auth0.jwt.exceptions.SignatureGenerationException;
import com.auth0.jwt.exceptions.SignatureVerificationException;
import com.auth0.jwt.interfaces.DecodedJWT;
import io.scarfall.gateway.JwtAlgorithm;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECFieldFp;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.EllipticCurve;
import java.security.spec.NamedParameterSpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A key together with the one algorithm that it is used with. No token can choose another algorithm for it. Immutable and
 * thread-safe.
 *
 * @param id the name with which tokens refer to the key; null if it has none
 * @param key the public key; null for a secret
 */
record VerificationKey(
        @Nullable String id, Algorithm algorithm, @Nullable PublicKey key) {

    private static final int MIN_RSA_BITS = 2_048;

    /** The time of a verification grows with the square of this size. */
    private static final int MAX_RSA_BITS = 8_192;

    private static final ECParameterSpec P256 = p256();

    /** Whether this key may have signed a token with this header. */
    boolean matches(TokenHeader header) {
        return algorithm.getName().equals(header.algorithm())
                && (id == null || header.keyId() == null || id.equals(header.keyId()));
    }

    /** Whether another key is the same public key, with the same name and algorithm. */
    boolean isSameAs(VerificationKey other) {
        return key != null
                && other.key != null
                && algorithm.getName().equals(other.algorithm.getName())
                && Objects.equals(id, other.id)
                && Arrays.equals(key.getEncoded(), other.key.getEncoded());
    }

    static VerificationKey hs256(byte[] secret) {
        return new VerificationKey(null, Algorithm.HMAC256(secret), null);
    }

    /**
     * A key for each name of an algorithm.
     *
     * @param id the name that tokens give the key; null if it has none
     * @throws InvalidKeyException if the key is weak, or of another kind
     */
    static List<VerificationKey> of(JwtAlgorithm algorithm, @Nullable String id, PublicKey key)
            throws InvalidKeyException {
        return switch (algorithm) {
            case RS256 -> List.of(rs256(id, key));
            case ES256 -> List.of(es256(id, key));
            case EDDSA -> List.of(ed25519("EdDSA", id, key), ed25519("Ed25519", id, key));
        };
    }

    static VerificationKey rs256(@Nullable String id, PublicKey key) throws InvalidKeyException {
        // keys for RSASSA-PSS have the same type, but serve no other algorithm
        if (!(key instanceof RSAPublicKey rsa) || !key.getAlgorithm().equals("RSA")) {
            throw another(key, "RSA");
        }
        int bits = rsa.getModulus().bitLength();
        if (bits < MIN_RSA_BITS || bits > MAX_RSA_BITS) {
            throw new InvalidKeyException(
                    "RSA key of " + bits + " bits (expected: " + MIN_RSA_BITS + " to " + MAX_RSA_BITS + ")");
        }
        return new VerificationKey(id, Algorithm.RSA256(rsa, null), rsa);
    }

    static VerificationKey es256(@Nullable String id, PublicKey key) throws InvalidKeyException {
        if (!(key instanceof ECPublicKey ec)) {
            throw another(key, "EC");
        }
        ECParameterSpec curve = ec.getParams();
        if (!curve.getCurve().equals(P256.getCurve())
                || !curve.getGenerator().equals(P256.getGenerator())
                || !curve.getOrder().equals(P256.getOrder())
                || curve.getCofactor() != P256.getCofactor()) {
            throw new InvalidKeyException("EC key of another curve (expected: P-256)");
        }
        if (!isOnCurve(ec.getW())) {
            throw new InvalidKeyException("EC key that is not a point of its curve");
        }
        return new VerificationKey(id, Algorithm.ECDSA256(ec, null), ec);
    }

    /** @param name the algorithm's name in tokens */
    static VerificationKey ed25519(String name, @Nullable String id, PublicKey key) throws InvalidKeyException {
        if (!(key instanceof EdECPublicKey ed)
                || !ed.getParams().getName().equals(NamedParameterSpec.ED25519.getName())) {
            throw another(key, "Ed25519");
        }
        return new VerificationKey(id, new Ed25519(name, ed), ed);
    }

    private static InvalidKeyException another(PublicKey key, String expected) {
        return new InvalidKeyException("key for " + key.getAlgorithm() + " (expected: " + expected + ")");
    }

    /** The curve of ES256. */
    static ECParameterSpec p256() {
        try {
            AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
            parameters.init(new ECGenParameterSpec("secp256r1"));
            return parameters.getParameterSpec(ECParameterSpec.class);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JVM has no P-256", e);
        }
    }

    /**
     * Whether a point lies on the curve. The JDK accepts any two numbers as a point, and some versions even verify with
     * them.
     */
    private static boolean isOnCurve(ECPoint point) {
        if (point.equals(ECPoint.POINT_INFINITY)) {
            return false;
        }
        EllipticCurve curve = P256.getCurve();
        BigInteger p = ((ECFieldFp) curve.getField()).getP();
        BigInteger x = point.getAffineX();
        BigInteger y = point.getAffineY();
        BigInteger right = x.pow(3).add(curve.getA().multiply(x)).add(curve.getB());
        return x.signum() >= 0
                && y.signum() >= 0
                && x.compareTo(p) < 0
                && y.compareTo(p) < 0
                && y.pow(2).subtract(right).mod(p).signum() == 0;
    }

    /** Ed25519, which the library lacks. The JDK checks that S is below the order (RFC 8032, section 5.1.7). */
    private static final class Ed25519 extends Algorithm {

        private static final int SIGNATURE_BYTES = 64;

        private final PublicKey key;

        Ed25519(String name, PublicKey key) {
            super(name, "Ed25519");
            this.key = key;
        }

        @Override
        public void verify(DecodedJWT jwt) {
            try {
                Signature signature = Signature.getInstance("Ed25519");
                signature.initVerify(key);
                signature.update((jwt.getHeader() + "." + jwt.getPayload()).getBytes(StandardCharsets.UTF_8));
                byte[] proof = Base64.getUrlDecoder().decode(jwt.getSignature());
                // the JDK ignores bytes after a signature
                if (proof.length != SIGNATURE_BYTES || !signature.verify(proof)) {
                    throw new SignatureVerificationException(this);
                }
            } catch (GeneralSecurityException e) {
                throw new SignatureVerificationException(this, e);
            }
        }

        @Override
        public byte[] sign(byte[] content) {
            throw new SignatureGenerationException(this, new InvalidKeyException("a public key cannot sign"));
        }
    }

    /** Contains no part of the key. */
    @Override
    public String toString() {
        return "VerificationKey[" + algorithm.getName() + "]";
    }
}
