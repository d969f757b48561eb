package io.scarfall.engineio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslProvider;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import io.netty.util.internal.PlatformDependent;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Real TLS connections, with each implementation of TLS. */
class TlsTest {

    private static final int PATIENCE_MILLIS = SocketPeer.PATIENCE_MILLIS;
    private static final UnaryOperator<EngineConfig.Builder> SAME = builder -> builder;

    private static final X509Bundle FIRST = certificate();
    private static final X509Bundle SECOND = certificate();

    @TempDir
    private Path folder;

    private TlsFiles files;
    private ServerTls tls;
    private final ConcurrentLinkedQueue<Limit> exceeded = new ConcurrentLinkedQueue<>();
    private final List<AutoCloseable> opened = new ArrayList<>();

    private static X509Bundle certificate() {
        try {
            return new CertificateBuilder()
                    .ecp256()
                    .subject("CN=localhost")
                    .addSanDnsName("localhost")
                    .addSanIpAddress("127.0.0.1")
                    .setIsCertificateAuthority(true)
                    .buildSelfSigned();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    static Stream<SslProvider> providers() {
        return OpenSsl.isAvailable() ? Stream.of(SslProvider.JDK, SslProvider.OPENSSL) : Stream.of(SslProvider.JDK);
    }

    @BeforeEach
    void writeFiles() throws IOException {
        files = new TlsFiles(folder.resolve("server.crt"), folder.resolve("server.key"));
        write(FIRST.getCertificatePathPEM(), FIRST.getPrivateKeyPEM());
    }

    @AfterEach
    void tearDown() throws Exception {
        for (AutoCloseable one : opened) {
            one.close();
        }
    }

    private void write(String certificate, String key) throws IOException {
        Files.writeString(files.certificate(), certificate);
        Files.writeString(files.key(), key);
    }

    private NetworkedServer start(SslProvider provider, UnaryOperator<EngineConfig.Builder> changes) {
        tls = ServerTls.start(files.certificate(), files.key(), files.keyPassword(), provider);
        NetworkedServer server = new NetworkedServer(builder -> changes.apply(builder.limits(exceeded::add)), tls);
        opened.add(0, server);
        return server;
    }

    private static SSLContext trusting(X509Bundle certificate) throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {certificate.toTrustManager()}, null);
        return context;
    }

    private SSLSocket openSocket(NetworkedServer server, X509Bundle trusted, String before, String... protocols)
            throws Exception {
        Socket plain = new Socket(
                InetAddress.getLoopbackAddress(), server.server.address().getPort());
        plain.setSoTimeout(PATIENCE_MILLIS);
        plain.setTcpNoDelay(true);
        plain.getOutputStream().write(before.getBytes(StandardCharsets.US_ASCII));
        SSLSocket socket = (SSLSocket)
                trusting(trusted).getSocketFactory().createSocket(plain, "localhost", plain.getPort(), true);
        opened.add(socket);
        if (protocols.length > 0) {
            socket.setEnabledProtocols(protocols);
        }
        socket.startHandshake();
        return socket;
    }

    /** The client's end of a TLS connection. */
    private final class Client extends SocketPeer<SSLSocket> {

        Client(NetworkedServer server, X509Bundle trusted, String before, String... protocols) throws Exception {
            super(openSocket(server, trusted, before, protocols));
        }

        X509Certificate certificate() throws SSLException {
            return (X509Certificate) socket.getSession().getPeerCertificates()[0];
        }
    }

    private Client connect(NetworkedServer server) throws Exception {
        return new Client(server, FIRST, "");
    }

    /** Without BoringSSL the tests above would only test the JDK's TLS. */
    @Test
    void boringSslIsTestedWhereItRuns() {
        boolean runs =
                "linux".equals(PlatformDependent.normalizedOs()) && "x86_64".equals(PlatformDependent.normalizedArch());
        assertThat(OpenSsl.isAvailable() || !runs).isTrue();
    }

    @ParameterizedTest
    @MethodSource("providers")
    void sessionsPollUpgradeAndEcho(SslProvider provider) throws Exception {
        NetworkedServer server = start(provider, SAME);
        server.recorder.echo();
        for (int i = 0; i < 4; i++) { // some upgrades move their connection to another loop
            Client poller = connect(server);
            String sid = poller.open();
            assertThat(server.session(sid).session.handshake().isSecure()).isTrue();
            poller.post(sid, List.of("4by polling"));
            assertThat(poller.poll(sid)).isEqualTo("4by polling");
            Client webSocket = connect(server);
            webSocket.upgrade(sid);
            webSocket.send("2probe");
            webSocket.assertFrames("text 3probe");
            webSocket.send("5", "4small");
            webSocket.assertFrames("text 4small");
            String large = "4" + "x".repeat(500_000);
            webSocket.send(large, "4behind");
            assertThat(webSocket.frame()).hasToString("text " + large);
            webSocket.assertFrames("text 4behind");
            server.session(sid).session.close(CloseReason.FORCED_CLOSE);
            webSocket.assertFrames("close");
            webSocket.send(Frame.close());
            webSocket.assertClosed();
            server.session(sid).drain();
        }
    }

    @ParameterizedTest
    @MethodSource("providers")
    void clientOfTheJdkConnects(SslProvider provider) throws Exception {
        NetworkedServer server = start(provider, SAME);
        server.recorder.echo();
        CompletableFuture<String> echoed = new CompletableFuture<>();
        WebSocket webSocket = HttpClient.newBuilder()
                .sslContext(trusting(FIRST))
                .build()
                .newWebSocketBuilder()
                .buildAsync(
                        URI.create("wss://localhost:" + server.server.address().getPort() + Peer.WEBSOCKET),
                        new WebSocket.Listener() {
                            @Override
                            public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
                                if (data.toString().startsWith("4")) {
                                    echoed.complete(data.toString());
                                }
                                from.request(1);
                                return null;
                            }
                        })
                .get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
        webSocket.sendText("4hello", true).get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
        assertThat(echoed.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)).isEqualTo("4hello");
        webSocket.abort();
        server.recorder.all().get(0).drain();
    }

    @ParameterizedTest
    @MethodSource("providers")
    void oldVersionsAreRefused(SslProvider provider) throws Exception {
        NetworkedServer server = start(provider, SAME);
        for (String version : new String[] {"TLSv1.2", "TLSv1.3"}) {
            Client client = new Client(server, FIRST, "", version);
            assertThat(client.socket.getSession().getProtocol()).isEqualTo(version);
            assertThat(client.get("/nowhere").status()).isEqualTo(404);
        }
        assertThatThrownBy(() -> new Client(server, FIRST, "", "TLSv1.1")).isInstanceOf(SSLException.class);
    }

    @ParameterizedTest
    @MethodSource("providers")
    void filesThatChangeAreReloaded(SslProvider provider) throws Exception {
        NetworkedServer server = start(provider, SAME);
        Client before = connect(server);
        assertThat(server.server.certificateEnd())
                .isEqualTo(FIRST.getCertificate().getNotAfter().toInstant());
        X509Bundle other = new CertificateBuilder()
                .subject("CN=localhost")
                .notAfter(Instant.parse("2099-01-01T00:00:00Z"))
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
        write(other.getCertificatePathPEM(), other.getPrivateKeyPEM());
        tls.check();
        assertThat(server.server.certificateEnd()).isEqualTo("2099-01-01T00:00:00Z");
        write(SECOND.getCertificatePathPEM(), SECOND.getPrivateKeyPEM());
        tls.check();
        Client after = new Client(server, SECOND, "");
        assertThat(after.certificate()).isEqualTo(SECOND.getCertificate());
        assertThat(after.get("/nowhere").status()).isEqualTo(404);
        assertThat(before.get("/nowhere").status()).as("who was there").isEqualTo(404);
    }

    @ParameterizedTest
    @MethodSource("providers")
    void brokenFilesKeepTheCurrentCertificate(SslProvider provider) throws Exception {
        NetworkedServer server = start(provider, SAME);
        try (ErrorLog log = new ErrorLog()) {
            write(SECOND.getCertificatePathPEM(), FIRST.getPrivateKeyPEM());
            tls.check();
            tls.check();
            log.expectWarning("certificate reload failed, keeping the current certificate error=\"tlsKey: "
                    + files.key() + " (expected: the private key of the certificate)\"");
            log.assertNothing();
            Files.delete(files.key());
            tls.check();
            log.expectWarning("certificate reload failed, keeping the current certificate error=\"tlsKey: "
                    + files.key() + " (expected: a readable file with a private key in PEM, as PKCS#8)\"");
        }
        assertThat(connect(server).get("/nowhere").status()).isEqualTo(404);
        write(SECOND.getCertificatePathPEM(), SECOND.getPrivateKeyPEM());
        tls.check();
        assertThat(new Client(server, SECOND, "").get("/nowhere").status()).isEqualTo(404);
    }

    @ParameterizedTest
    @MethodSource("providers")
    void plainTextIsNotLoggedAsAnError(SslProvider provider) throws Exception {
        NetworkedServer server = start(provider, SAME);
        try (ErrorLog log = new ErrorLog()) {
            NetworkedServer.Client plain = server.connect();
            plain.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
            plain.awaitClosed();
            log.assertNothing();
        }
        assertThat(connect(server).get("/nowhere").status()).isEqualTo(404);
    }

    @ParameterizedTest
    @MethodSource("providers")
    void handshakeHasATimeLimit(SslProvider provider) throws Exception {
        NetworkedServer server = start(
                provider, builder -> builder.http(HttpLimits.DEFAULT.withTlsHandshakeTimeout(Duration.ofMillis(100))));
        try (ErrorLog log = new ErrorLog()) {
            server.connect().awaitClosed();
            await().untilAsserted(() -> assertThat(exceeded).containsExactly(Limit.TLS_HANDSHAKE_TIMEOUT));
            log.assertNothing();
        }
    }

    @ParameterizedTest
    @MethodSource("providers")
    void connectionBeyondTheLimitIsClosed(SslProvider provider) throws Exception {
        NetworkedServer server =
                start(provider, builder -> builder.connections(ConnectionLimits.DEFAULT.withMaxConnections(1)));
        Client first = connect(server);
        server.connect().awaitClosed();
        assertThat(first.get("/nowhere").status()).isEqualTo(404);
        assertThat(exceeded).containsExactly(Limit.CONNECTIONS);
    }

    @ParameterizedTest
    @MethodSource("providers")
    void requestThatIsTooLargeIsAnswered(SslProvider provider) throws Exception {
        Client client = connect(start(provider, SAME));
        assertThat(client.get("/" + "x".repeat(17_000)).status()).isEqualTo(414);
    }

    @ParameterizedTest
    @MethodSource("providers")
    void closingAPeerThatDoesNotReadDoesNotAffectOthers(SslProvider provider) throws Exception {
        NetworkedServer server = start(provider, builder -> builder.slowTimeout(Duration.ofMillis(500)));
        server.recorder.echo();
        Client slow = connect(server);
        String sid = slow.openWebSocket();
        EngineSession session = server.session(sid).session;
        Bytes message = Bytes.wrap(new byte[100_000]);
        for (int i = 0; i < 1000 && session.isOpen(); i++) {
            CompletableFuture<Void> sent = new CompletableFuture<>();
            session.execute(() -> {
                session.sendBinary(message);
                sent.complete(null);
            });
            sent.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
        }
        assertThat(server.session(sid).next()).isEqualTo("closed TOO_SLOW");
        assertThat(exceeded).contains(Limit.UNSENT_BYTES).containsOnlyOnce(Limit.SLOW_TIMEOUT);
        try (ErrorLog log = new ErrorLog()) {
            await().untilAsserted(
                            () -> assertThat(server.server.connectionCount()).isZero());
            log.assertNothing();
        }
        Client other = connect(server);
        String otherSid = other.openWebSocket();
        other.send("4fine");
        other.assertFrames("text 4fine");
        server.session(otherSid).drain();
    }

    @ParameterizedTest
    @MethodSource("providers")
    void headerOfAProxyStandsBeforeTheHandshake(SslProvider provider) throws Exception {
        NetworkedServer server = start(
                provider,
                builder -> builder.trustedProxies(TrustedProxies.of(List.of("127.0.0.0/8", "::1")))
                        .proxyProtocol(true));
        Client client = new Client(server, FIRST, "PROXY TCP4 198.51.100.7 10.0.0.9 56324 443\r\n");
        Handshake handshake = server.session(client.open()).session.handshake();
        assertThat(handshake.address().getAddress().getHostAddress()).isEqualTo("198.51.100.7");
        assertThat(handshake.isSecure()).isTrue();
    }

    // Files

    /** By {@code openssl pkcs8 -topk8 -v2 aes-256-cbc}, with the password "open". */
    @Test
    void keyMayBeEncrypted() throws Exception {
        write(resource("encrypted.crt"), resource("encrypted.key"));
        new TlsFiles(files.certificate(), files.key(), "open").start().close();
        assertRefused(
                new TlsFiles(files.certificate(), files.key(), "shut"),
                "tlsKey: " + files.key() + " (expected: the password that it is encrypted with)");
        assertRefused(files, "tlsKey: " + files.key() + " (expected: a password, since it is encrypted)");
        assertThat(new TlsFiles(files.certificate(), files.key(), "open").toString())
                .doesNotContain("open");
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = TlsTest.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
        }
    }

    @Test
    void keysOfRsaFitToo() throws Exception {
        X509Bundle rsa = new CertificateBuilder()
                .rsa2048()
                .subject("CN=localhost")
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
        write(rsa.getCertificatePathPEM(), rsa.getPrivateKeyPEM());
        files.start().close();
        write(rsa.getCertificatePathPEM(), FIRST.getPrivateKeyPEM());
        assertRefused(files, "tlsKey: " + files.key() + " (expected: the private key of the certificate)");
    }

    @Test
    void invalidFilesAreRefusedAtTheStart() throws Exception {
        write(FIRST.getCertificatePathPEM(), SECOND.getPrivateKeyPEM());
        assertRefused(files, "tlsKey: " + files.key() + " (expected: the private key of the certificate)");
        write(FIRST.getCertificatePathPEM(), "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n");
        assertRefused(
                files,
                "tlsKey: " + files.key() + " (expected: a private key in PEM, as PKCS#8: -----BEGIN PRIVATE KEY-----)");
        write(FIRST.getCertificatePathPEM(), "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
        assertRefused(files, "tlsKey: " + files.key() + " (expected: the private key of the certificate)");
        for (String certificate : new String[] {"", "nonsense", FIRST.getPrivateKeyPEM()}) {
            write(certificate, FIRST.getPrivateKeyPEM());
            assertRefused(
                    files,
                    "tlsCertificate: " + files.certificate() + " (expected: a readable file with certificates in PEM)");
        }
        Files.delete(files.certificate());
        assertRefused(
                files,
                "tlsCertificate: " + files.certificate() + " (expected: a readable file with certificates in PEM)");
        assertThatThrownBy(() ->
                        EngineServer.start(EngineConfig.builder().tls(files).build(), session -> {
                            throw new AssertionError();
                        }))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("tlsCertificate: ");
    }

    private static void assertRefused(TlsFiles bad, String message) {
        assertThatThrownBy(() -> bad.start())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }
}
