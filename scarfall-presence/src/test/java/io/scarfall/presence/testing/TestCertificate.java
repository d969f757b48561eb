package io.scarfall.presence.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;

/**
 * A self-signed certificate for {@code localhost} and 127.0.0.1, valid today, with its key, as PEM files. The JDK's
 * keytool makes it, which takes a second.
 *
 * @param certificate also what clients have to trust
 * @param key PKCS #8, not encrypted
 */
public record TestCertificate(Path certificate, Path key) {

    private static final char[] PASSWORD = "only-for-tests".toCharArray();

    /** Where its files are. */
    Set<Path> folders() {
        return Stream.of(certificate, key)
                .map(file -> file.toAbsolutePath().getParent())
                .collect(Collectors.toSet());
    }

    /** Makes one in a folder. */
    public static TestCertificate in(Path folder) {
        return in(folder, "dns:localhost,ip:127.0.0.1");
    }

    /**
     * Makes one for other names in a folder.
     *
     * @param names as keytool reads them, such as {@code dns:elsewhere.example}
     */
    public static TestCertificate in(Path folder, String names) {
        Path store = folder.resolve("test.p12");
        try {
            Files.createDirectories(folder);
            Files.deleteIfExists(store);
            make(store, names);
            KeyStore keys = KeyStore.getInstance("PKCS12");
            try (InputStream in = Files.newInputStream(store)) {
                keys.load(in, PASSWORD);
            }
            return new TestCertificate(
                    write(
                            folder.resolve("cert.pem"),
                            "CERTIFICATE",
                            keys.getCertificate("test").getEncoded()),
                    write(
                            folder.resolve("key.pem"),
                            "PRIVATE KEY",
                            keys.getKey("test", PASSWORD).getEncoded()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Makes client sockets that trust this certificate only. */
    SSLSocketFactory clients() {
        try (InputStream in = Files.newInputStream(certificate)) {
            Certificate trusted = CertificateFactory.getInstance("X.509").generateCertificate(in);
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setCertificateEntry("test", trusted);
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context.getSocketFactory();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void make(Path store, String names) throws IOException {
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "test",
                "-dname",
                "CN=localhost",
                "-ext",
                "san=" + names,
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-startdate",
                "-1d",
                "-validity",
                "7",
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass",
                new String(PASSWORD));
        Process keytool = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(store.resolveSibling("keytool.log").toFile())
                .start();
        try {
            if (!keytool.waitFor(30, TimeUnit.SECONDS) || keytool.exitValue() != 0) {
                keytool.destroyForcibly();
                throw new IOException("no certificate: see " + store.resolveSibling("keytool.log"));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private static Path write(Path file, String type, byte[] der) throws IOException {
        String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        return Files.writeString(file, "-----BEGIN " + type + "-----\n" + body + "\n-----END " + type + "-----\n");
    }
}
