package io.scarfall.engineio;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The files with a server's certificate and key, in PEM. They are reloaded when they change, for new connections.
 * Immutable.
 *
 * @param certificate the server's certificate, and behind it those that lead to a known one
 * @param key the certificate's private key, as PKCS#8 ({@code BEGIN PRIVATE KEY} or {@code BEGIN ENCRYPTED PRIVATE KEY})
 * @param keyPassword what the key is encrypted with; null if it is not
 */
public record TlsFiles(Path certificate, Path key, @Nullable String keyPassword) {

    /** With a key that is not encrypted. */
    public TlsFiles(Path certificate, Path key) {
        this(certificate, key, null);
    }

    /**
     * Reads the files, as a server does when it starts. Blocks.
     *
     * @throws IllegalArgumentException {@code tlsCertificate} or {@code tlsKey}, if they cannot be read or do not belong together
     */
    public void check() {
        start().close();
    }

    /** Reads the files, and watches them until the result is closed. */
    ServerTls start() {
        return ServerTls.start(certificate, key, keyPassword);
    }

    /** Names the files only. */
    @Override
    public String toString() {
        return "TlsFiles[certificate=" + certificate + ", key=" + key + "]";
    }
}
