package io.scarfall.engineio;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The files of a server's certificate and key, in PEM. The server reloads them when they change, for new connections.
 * Immutable and thread-safe.
 *
 * @param certificate the server's certificate, followed by the certificates that lead to a trusted one
 * @param key the certificate's private key, as PKCS#8 ({@code BEGIN PRIVATE KEY} or {@code BEGIN ENCRYPTED PRIVATE
 *     KEY})
 * @param keyPassword the password of the key; null if the key is not encrypted
 */
public record TlsFiles(Path certificate, Path key, @Nullable String keyPassword) {

    /** Names a certificate and a key that is not encrypted. */
    public TlsFiles(Path certificate, Path key) {
        this(certificate, key, null);
    }

    /**
     * Reads the files, as a server does when it starts. Blocks.
     *
     * @throws IllegalArgumentException if the files cannot be read or do not belong together; its message names the
     *     file, and starts with {@code tlsCertificate} or {@code tlsKey}
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
