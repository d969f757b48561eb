package io.scarfall.engineio;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.scarfall.engineio.internal.LogText;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * TLS 1.2 and 1.3 with a certificate that is reloaded when its files change. It uses BoringSSL if the process has it,
 * else the JDK. A thread of its own checks the files. Thread-safe.
 */
final class ServerTls implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(ServerTls.class);

    private static final Duration CHECK_INTERVAL = Duration.ofSeconds(30);
    private static final String PBES2 = "1.2.840.113549.1.5.13";
    private static final Pattern PEM_KEY = Pattern.compile(
            "-----BEGIN (ENCRYPTED )?PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END (?:ENCRYPTED )?PRIVATE KEY-----");

    private final Path certificate;
    private final Path key;
    private final @Nullable String keyPassword;
    private final SslProvider provider;
    private final ScheduledExecutorService watch;
    private volatile @Nullable Instant certificateEnd;
    private volatile SslContext context;

    /** The digest of the files at the last check, whether they could be loaded or not. Guarded by this. */
    private byte[] seen;

    private ServerTls(Path certificate, Path key, @Nullable String keyPassword, SslProvider provider) {
        this.certificate = certificate;
        this.key = key;
        this.keyPassword = keyPassword;
        this.provider = provider;
        seen = digest();
        context = load();
        watch = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "scarfall-tls");
            thread.setDaemon(true);
            return thread;
        });
        long millis = CHECK_INTERVAL.toMillis();
        var unused = watch.scheduleWithFixedDelay(this::check, millis, millis, TimeUnit.MILLISECONDS);
    }

    /**
     * Reads the files, and watches them until this is closed.
     *
     * @param keyPassword the password of the key; null if the key is not encrypted
     * @throws IllegalArgumentException if the files cannot be read, or do not belong together
     */
    static ServerTls start(Path certificate, Path key, @Nullable String keyPassword) {
        return start(certificate, key, keyPassword, OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK);
    }

    static ServerTls start(Path certificate, Path key, @Nullable String keyPassword, SslProvider provider) {
        return new ServerTls(certificate, key, keyPassword, provider);
    }

    SslHandler newHandler(ByteBufAllocator allocator, Duration handshakeTimeout) {
        SslHandler handler = context.newHandler(allocator);
        handler.setHandshakeTimeoutMillis(handshakeTimeout.toMillis());
        return handler;
    }

    /** Checks whether the files have changed, and loads them if so. It blocks; do not call it on an event loop. */
    synchronized void check() {
        byte[] now = digest();
        if (Arrays.equals(now, seen)) {
            return;
        }
        seen = now;
        try {
            context = load();
            log.info("certificate reloaded file={}", LogText.of(certificate));
        } catch (RuntimeException e) { // logged once per change of the files; the message contains no key
            log.warn("certificate reload failed, keeping the current certificate error={}", LogText.of(e.getMessage()));
        }
    }

    /** A digest of the content of the files: some tools keep the times of the files that they replace. */
    private byte[] digest() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (Path file : new Path[] {certificate, key}) {
                try {
                    digest.update(Files.readAllBytes(file));
                } catch (IOException e) {
                    digest.update((byte) 0);
                }
                digest.update((byte) 1);
            }
            return digest.digest();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e); // every JVM has SHA-256
        }
    }

    /** When the certificate in use expires. Thread-safe. */
    Instant certificateEnd() {
        return Objects.requireNonNull(certificateEnd);
    }

    private SslContext load() {
        X509Certificate[] chain = certificates(certificate);
        PublicKey publicKey = chain[0].getPublicKey();
        PrivateKey privateKey = privateKey(key, keyPassword, publicKey.getAlgorithm());
        checkPair(privateKey, publicKey);
        try {
            SslContext loaded = SslContextBuilder.forServer(privateKey, chain)
                    .sslProvider(provider)
                    .protocols("TLSv1.3", "TLSv1.2")
                    .build();
            certificateEnd = chain[0].getNotAfter().toInstant();
            return loaded;
        } catch (SSLException | RuntimeException e) {
            throw bad("tlsCertificate", certificate, "a certificate and key that " + provider + " can use", e);
        }
    }

    private static X509Certificate[] certificates(Path file) {
        try (ByteArrayInputStream in = new ByteArrayInputStream(Files.readAllBytes(file))) {
            X509Certificate[] chain = CertificateFactory.getInstance("X.509").generateCertificates(in).stream()
                    .map(X509Certificate.class::cast)
                    .toArray(X509Certificate[]::new);
            if (chain.length > 0) {
                return chain;
            }
        } catch (IOException | CertificateException e) {
            throw bad("tlsCertificate", file, "a readable file with certificates in PEM", e);
        }
        throw bad("tlsCertificate", file, "a readable file with certificates in PEM", null);
    }

    /** @param algorithm the algorithm of the certificate's public key */
    private static PrivateKey privateKey(Path file, @Nullable String password, String algorithm) {
        String pem;
        try {
            pem = Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw bad("tlsKey", file, "a readable file with a private key in PEM, as PKCS#8", e);
        }
        Matcher matcher = PEM_KEY.matcher(pem);
        if (!matcher.find()) {
            throw bad("tlsKey", file, "a private key in PEM, as PKCS#8: -----BEGIN PRIVATE KEY-----", null);
        }
        boolean isEncrypted = matcher.group(1) != null;
        if (isEncrypted && password == null) {
            throw bad("tlsKey", file, "a password, since it is encrypted", null);
        }
        PKCS8EncodedKeySpec spec;
        try {
            byte[] der = Base64.getMimeDecoder().decode(matcher.group(2));
            spec = isEncrypted && password != null ? decrypt(der, password) : new PKCS8EncodedKeySpec(der);
        } catch (GeneralSecurityException | IOException | RuntimeException e) { // no cause: it may reveal the content
            throw bad("tlsKey", file, isEncrypted ? "the password that it is encrypted with" : "a private key", null);
        }
        try {
            return KeyFactory.getInstance(algorithm).generatePrivate(spec);
        } catch (GeneralSecurityException e) {
            throw bad("tlsKey", file, "the private key of the certificate", null);
        }
    }

    private static PKCS8EncodedKeySpec decrypt(byte[] der, String password)
            throws GeneralSecurityException, IOException {
        EncryptedPrivateKeyInfo info = new EncryptedPrivateKeyInfo(der);
        // PBES2 combines other algorithms; the JDK names the combination by the text of the parameters.
        String algorithm = info.getAlgName().equals(PBES2) || info.getAlgName().equals("PBES2")
                ? info.getAlgParameters().toString()
                : info.getAlgName();
        PBEKeySpec secret = new PBEKeySpec(password.toCharArray());
        Cipher cipher = Cipher.getInstance(algorithm);
        cipher.init(
                Cipher.DECRYPT_MODE,
                SecretKeyFactory.getInstance(algorithm).generateSecret(secret),
                info.getAlgParameters());
        return info.getKeySpec(cipher);
    }

    /**
     * Signs with the private key and verifies with the public key: some TLS providers would not notice a wrong key
     * before the first handshake.
     */
    private void checkPair(PrivateKey privateKey, PublicKey publicKey) {
        String algorithm = switch (privateKey.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> privateKey.getAlgorithm();
        };
        boolean fits;
        try {
            byte[] text = {1, 2, 3};
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(privateKey);
            signature.update(text);
            byte[] signed = signature.sign();
            signature.initVerify(publicKey);
            signature.update(text);
            fits = signature.verify(signed);
        } catch (GeneralSecurityException e) {
            fits = false;
        }
        if (!fits) {
            throw bad("tlsKey", key, "the private key of the certificate", null);
        }
    }

    private static IllegalArgumentException bad(String name, Path file, String expected, @Nullable Throwable cause) {
        return new IllegalArgumentException(name + ": " + file + " (expected: " + expected + ")", cause);
    }

    @Override
    public void close() {
        watch.shutdownNow();
    }
}
