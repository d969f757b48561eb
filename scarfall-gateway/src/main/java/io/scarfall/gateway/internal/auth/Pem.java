package io.scarfall.gateway.internal.auth;

import io.scarfall.gateway.JwtAlgorithm;
import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.cert.CertificateFactory;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads public keys as text (RFC 7468): {@code PUBLIC KEY}, or {@code CERTIFICATE}, of which only the key counts. */
final class Pem {

    private static final int MAX_LENGTH = 65_536;

    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\\s]*)-----END \\1-----");

    private Pem() {}

    /**
     * Reads all keys of a text, and ignores other text between them.
     *
     * @throws IllegalArgumentException if there are none, more than {@link KeySource#MAX_CANDIDATES}, or one that does not
     *     fit the algorithm; the message contains no part of the text
     */
    static List<VerificationKey> keys(JwtAlgorithm algorithm, String pem) {
        List<VerificationKey> keys = new ArrayList<>();
        int blocks = 0;
        Matcher block = BLOCK.matcher(pem.length() > MAX_LENGTH ? "" : pem);
        while (block.find()) {
            if (++blocks > KeySource.MAX_CANDIDATES) {
                throw refused("more than " + KeySource.MAX_CANDIDATES + " keys", null);
            }
            try {
                keys.addAll(VerificationKey.of(algorithm, null, key(algorithm, block.group(1), block.group(2))));
            } catch (InvalidKeyException e) {
                throw refused(String.valueOf(e.getMessage()), e);
            } catch (GeneralSecurityException
                    | RuntimeException e) { // the JDK throws unchecked exceptions for some invalid bytes
                throw refused("malformed", e);
            }
        }
        if (blocks == 0) {
            throw refused("not a PEM text of at most " + MAX_LENGTH + " characters", null);
        }
        return keys;
    }

    private static PublicKey key(JwtAlgorithm algorithm, String label, String base64) throws GeneralSecurityException {
        byte[] der = Base64.getMimeDecoder().decode(base64);
        return switch (label) {
            case "PUBLIC KEY" ->
                KeyFactory.getInstance(algorithm.keyAlgorithm()).generatePublic(new X509EncodedKeySpec(der));
            case "CERTIFICATE" ->
                CertificateFactory.getInstance("X.509")
                        .generateCertificate(new ByteArrayInputStream(der))
                        .getPublicKey();
            default -> throw new InvalidKeyException(label);
        };
    }

    private static IllegalArgumentException refused(String what, @Nullable Throwable cause) {
        return new IllegalArgumentException(
                "jwtPublicKey: " + what + " (expected: PUBLIC KEY or CERTIFICATE of the algorithm, as PEM)", cause);
    }
}
