package io.scarfall.presence.redis;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Collection;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** The certificates that are trusted: read once, before an event loop needs them. */
final class Trust {

    private static final String EXPECTED = " (expected: a PEM file with certificates)";

    private Trust() {}

    /** Trusts what the JVM trusts: {@code javax.net.ssl.trustStore}, or the certificates that came with it. */
    static TrustManagerFactory ofJvm() {
        try {
            return of(null);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("trust store of the JVM: cannot be read", e);
        }
    }

    /** Trusts the certificates in a PEM file, those that they have issued, and no others. */
    static TrustManagerFactory in(Path pem) {
        try {
            byte[] text = Files.readAllBytes(pem);
            Collection<? extends Certificate> certificates =
                    CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(text));
            if (certificates.isEmpty()) {
                throw new IllegalArgumentException("tlsCa: " + pem + " has no certificate" + EXPECTED);
            }
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            for (Certificate certificate : certificates) {
                store.setCertificateEntry("ca-" + store.size(), certificate);
            }
            return of(store);
        } catch (IOException e) {
            throw new IllegalArgumentException("tlsCa: " + pem + " cannot be read" + EXPECTED, e);
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("tlsCa: " + pem + " is malformed" + EXPECTED, e);
        }
    }

    private static TrustManagerFactory of(@Nullable KeyStore store) throws GeneralSecurityException {
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        return trust;
    }
}
