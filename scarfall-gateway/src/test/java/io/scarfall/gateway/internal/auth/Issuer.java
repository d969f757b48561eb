package io.scarfall.gateway.internal.auth;

import io.scarfall.gateway.JwtAlgorithm;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Signs good and bad tokens with the JDK only. JSON may use apostrophes instead of quotation marks, and is signed without
 * changes.
 */
public final class Issuer {
    public static final String SECRET = "0f1e2d3c4b5a69788796a5b4c3d2e1f0";

    /** The name of the algorithm in tokens. */
    public final String algorithm;

    final @Nullable KeyPair keys;

    private final byte[] secret;

    private Issuer(String algorithm, @Nullable KeyPair keys, byte[] secret) {
        this.algorithm = algorithm;
        this.keys = keys;
        this.secret = secret;
    }

    /** Signs with a secret, which may be weak. */
    public static Issuer hs256(byte[] secret) {
        return new Issuer("HS256", null, secret);
    }

    public static Issuer hs256() {
        return hs256(SECRET.getBytes(StandardCharsets.UTF_8));
    }

    /** Signs with a new key. */
    public static Issuer of(JwtAlgorithm algorithm) {
        return switch (algorithm) {
            case RS256 -> rsa(2048);
            case ES256 -> new Issuer("ES256", ec("secp256r1"), new byte[0]);
            case EDDSA -> new Issuer("EdDSA", pair("Ed25519"), new byte[0]);
        };
    }

    static Issuer rsa(int bits) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(bits);
            return new Issuer("RS256", generator.generateKeyPair(), new byte[0]);
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    static KeyPair pair(String algorithm) {
        try {
            return KeyPairGenerator.getInstance(algorithm).generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    static KeyPair ec(String curve) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec(curve));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    /** The usual header of its tokens. */
    public String header() {
        return "{'alg':'" + algorithm + "','typ':'JWT'}";
    }

    /** A token with its usual header. */
    public String sign(String claims) {
        return sign(header(), claims);
    }

    public String sign(String header, String claims) {
        return signParts(part(header), part(claims));
    }

    /** Signs two parts without changes. */
    String signParts(String header, String claims) {
        String text = header + "." + claims;
        return text + "." + base64(signature(text));
    }

    byte[] signature(String text) {
        return switch (algorithm) {
            case "HS256" -> mac("HmacSHA256", secret, text);
            case "RS256" -> signature("SHA256withRSA", text);
            case "ES256" -> signature("SHA256withECDSAinP1363Format", text);
            default -> signature("Ed25519", text);
        };
    }

    /** Signs with its private key and another algorithm. */
    byte[] signature(String way, String text) {
        return signature(way, keys, text);
    }

    static byte[] signature(String way, KeyPair keys, String text) {
        try {
            Signature signature = Signature.getInstance(way);
            signature.initSign(keys.getPrivate());
            signature.update(text.getBytes(StandardCharsets.UTF_8));
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    static byte[] mac(String algorithm, byte[] secret, String text) {
        try {
            Mac mac = Mac.getInstance(algorithm);
            // the JDK accepts no empty key; a zero byte is equivalent
            mac.init(new SecretKeySpec(secret.length == 0 ? new byte[1] : secret, algorithm));
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    public String pem() {
        return pem("PUBLIC KEY", keys.getPublic().getEncoded());
    }

    static String pem(String label, byte[] der) {
        return "-----BEGIN " + label + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der) + "\n-----END " + label + "-----\n";
    }

    /** The public key as an entry of a key set, with additional members first. */
    public String jwk(String more) {
        return jwk(keys.getPublic(), more);
    }

    static String jwk(PublicKey key, String more) {
        String members;
        if (key instanceof RSAPublicKey rsa) {
            members = "'kty':'RSA','n':'" + base64(unsigned(rsa.getModulus())) + "','e':'"
                    + base64(unsigned(rsa.getPublicExponent())) + "'";
        } else if (key instanceof ECPublicKey ec) {
            int size = (ec.getParams().getCurve().getField().getFieldSize() + 7) / 8;
            members = "'kty':'EC','crv':'P-" + size * 8 + "','x':'"
                    + base64(fixed(ec.getW().getAffineX(), size)) + "','y':'"
                    + base64(fixed(ec.getW().getAffineY(), size)) + "'";
        } else {
            byte[] der = key.getEncoded();
            members = "'kty':'OKP','crv':'Ed25519','x':'" + base64(Arrays.copyOfRange(der, der.length - 32, der.length))
                    + "'";
        }
        return "{" + more + members + "}";
    }

    private static byte[] unsigned(BigInteger number) {
        return fixed(number, (number.bitLength() + 7) / 8);
    }

    static byte[] fixed(BigInteger number, int size) {
        byte[] bytes = number.toByteArray();
        byte[] fixed = new byte[size];
        int count = Math.min(bytes.length, size);
        System.arraycopy(bytes, bytes.length - count, fixed, size - count, count);
        return fixed;
    }

    static String part(String json) {
        return base64(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    }

    static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    @Override
    public String toString() {
        return algorithm;
    }
}
