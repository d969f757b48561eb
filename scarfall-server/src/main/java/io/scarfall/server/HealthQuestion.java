package io.scarfall.server;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** Asks the server that a configuration describes, on this machine, whether it serves: {@code GET /healthz} on its internal port. */
final class HealthQuestion {

    private static final int TIMEOUT_MILLIS = 3_000;
    private static final String REQUEST = "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

    private HealthQuestion() {}

    /** Why the server does not serve; null if it does. Blocks for some seconds at most. */
    static @Nullable String whyNot(String internalHost, int internalPort, @Nullable Path certificate) {
        try (Socket socket = new Socket()) {
            InetAddress address = InetAddress.getByName(internalHost);
            if (address.isAnyLocalAddress()) {
                address = InetAddress.getLoopbackAddress();
            }
            socket.connect(new InetSocketAddress(address, internalPort), TIMEOUT_MILLIS);
            socket.setSoTimeout(TIMEOUT_MILLIS);
            return certificate == null ? ask(socket) : askByTls(socket, certificate);
        } catch (IOException | GeneralSecurityException e) {
            return e.toString();
        }
    }

    /** Trusts the server's own certificate and no other, whatever name it is for: this is its own machine. */
    private static @Nullable String askByTls(Socket plain, Path certificate)
            throws IOException, GeneralSecurityException {
        KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
        trusted.load(null, null);
        try (InputStream in = Files.newInputStream(certificate)) {
            for (Certificate each : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                trusted.setCertificateEntry("server-" + trusted.size(), each);
            }
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        try (SSLSocket socket =
                (SSLSocket) context.getSocketFactory().createSocket(plain, "localhost", plain.getPort(), true)) {
            return ask(socket);
        }
    }

    private static @Nullable String ask(Socket socket) throws IOException {
        socket.getOutputStream().write(REQUEST.getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().flush();
        String status = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))
                .readLine();
        return status != null && status.startsWith("HTTP/1.1 200 ") ? null : "answered " + status;
    }
}
