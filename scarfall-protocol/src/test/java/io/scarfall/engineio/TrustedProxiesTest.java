package io.scarfall.engineio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which forwarded addresses are trusted. */
class TrustedProxiesTest {

    private static final TrustedProxies PROXIES =
            TrustedProxies.of(List.of("10.0.0.0/8", "192.0.2.128/25", "fd00::/8"));
    private static final String V2 = "0d0a0d0a000d0a515549540a";

    private static ClockedServer server(boolean proxyProtocol) {
        return new ClockedServer(builder -> builder.trustedProxies(PROXIES)
                .proxyProtocol(proxyProtocol)
                .connections(ConnectionLimits.DEFAULT.withMaxPerAddress(1)));
    }

    private static String client(ClockedServer server, ClockedServer.Connection connection, String... headers) {
        String sid = Peer.sid(connection.get(Peer.POLLING, headers).body());
        InetSocketAddress address = server.session(sid).session.handshake().address();
        return address.getAddress().getHostAddress() + " " + address.getPort();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "10.0.0.0",
                "10.255.255.255",
                "192.0.2.128",
                "192.0.2.255",
                "fd12:3456::1",
                "::ffff:10.0.0.1",
                "fd00::10.0.0.1"
            })
    void addressesOfABlockAreTrusted(String address) throws Exception {
        assertThat(PROXIES.contains(InetAddress.getByName(address))).isTrue();
        assertThat(TrustedProxies.NONE.contains(InetAddress.getByName(address))).isFalse();
        assertThat(TrustedProxies.of(List.of(address)).contains(InetAddress.getByName(address)))
                .isTrue();
        assertThat(TrustedProxies.of(List.of("0.0.0.0/0", "::/0")).contains(InetAddress.getByName(address)))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"9.255.255.255", "11.0.0.0", "192.0.2.127", "192.0.3.128", "fe00::1", "::1", "::a00:1"})
    void otherAddressesAreNot(String address) throws Exception {
        assertThat(PROXIES.contains(InetAddress.getByName(address))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "localhost",
                "10.0.0.0/33",
                "10.0.0.0/-1",
                "10.0.0.0/",
                "10.0.0/8",
                "fd00::/129",
                "::ffff:10.0.0.0/95",
                "10.0.0.0/8/8"
            })
    void invalidValuesAreRefused(String block) {
        assertThatThrownBy(() -> TrustedProxies.of(List.of(block)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("trustedProxies: " + block
                        + " (expected: an address, or a block such as 10.0.0.0/8 or fd00::/8)");
    }

    static Stream<Arguments> forwarded() {
        return Stream.of(
                arguments("10.0.0.1", "198.51.100.7", "198.51.100.7 0"),
                arguments("10.0.0.1", "198.51.100.7:4711", "198.51.100.7 4711"),
                arguments("10.0.0.1", "2001:db8::7", "2001:db8:0:0:0:0:0:7 0"),
                arguments("10.0.0.1", "[2001:db8::7]", "2001:db8:0:0:0:0:0:7 0"),
                arguments("10.0.0.1", "[2001:db8::7]:80", "2001:db8:0:0:0:0:0:7 80"),
                // what the client itself wrote is on the left
                arguments("10.0.0.1", "203.0.113.9, 198.51.100.7", "198.51.100.7 0"),
                arguments("10.0.0.1", "127.0.0.1, 198.51.100.7", "198.51.100.7 0"),
                arguments("10.0.0.1", "garbage, 198.51.100.7", "198.51.100.7 0"),
                arguments("10.0.0.1", "203.0.113.9, 198.51.100.7, 10.2.2.2, fd00::5", "198.51.100.7 0"),
                arguments("10.0.0.1", "10.1.1.1,10.2.2.2", "10.1.1.1 0"),
                arguments("10.0.0.1", "::ffff:198.51.100.7", "198.51.100.7 0"),
                arguments("10.0.0.1", "64:ff9b::198.51.100.7", "64:ff9b:0:0:0:0:c633:6407 0"),
                arguments("10.0.0.1", "[2001:db8::198.51.100.7]:80", "2001:db8:0:0:0:0:c633:6407 80"),
                // without a hop: the peer
                arguments("10.0.0.1", "", "10.0.0.1 4711"),
                // an invalid address: not the peer, which may be exempt from limits
                arguments("10.0.0.1", "unknown", "0.0.0.0 0"),
                arguments("10.0.0.1", "198.51.100.7, unknown", "0.0.0.0 0"),
                arguments("10.0.0.1", "198.51.100.7, garbage, 10.2.2.2", "0.0.0.0 0"),
                arguments("10.0.0.1", "198.51.100.7:99999", "0.0.0.0 0"),
                arguments("10.0.0.1", "[2001:db8::7", "0.0.0.0 0"),
                arguments("10.0.0.1", "2001:db8::198.51.100.777", "0.0.0.0 0"),
                arguments("10.0.0.1", "2001:db8::198.51.100", "0.0.0.0 0"),
                arguments("10.0.0.1", "localhost", "0.0.0.0 0"),
                arguments("10.0.0.1", ",,,", "0.0.0.0 0"),
                // no trusted proxy
                arguments("192.0.2.1", "198.51.100.7", "192.0.2.1 4711"));
    }

    @ParameterizedTest
    @MethodSource("forwarded")
    void nearestHopThatIsNotTrustedIsTheClient(String peer, String forwardedFor, String client) {
        try (ClockedServer server = server(false)) {
            assertThat(client(server, server.connect(peer), "X-Forwarded-For: " + forwardedFor))
                    .isEqualTo(client);
            Handshake handshake = server.recorder.all().get(0).session.handshake();
            assertThat(handshake.peer().getAddress().getHostAddress()).isEqualTo(peer);
        }
    }

    @Test
    void repeatedHeadersAreOneList() {
        try (ClockedServer server = server(false)) {
            assertThat(client(
                            server,
                            server.connect("10.0.0.1"),
                            "X-Forwarded-For: 198.51.100.7",
                            "X-Forwarded-For: 10.3.3.3"))
                    .isEqualTo("198.51.100.7 0");
        }
    }

    static Stream<Arguments> schemes() {
        return Stream.of(
                arguments("10.0.0.1", "https", true),
                arguments("10.0.0.1", "HTTPS", true),
                arguments("10.0.0.1", "wss", true),
                arguments("10.0.0.1", "http, https", true),
                arguments("10.0.0.1", "https, http", false),
                arguments("10.0.0.1", "http", false),
                arguments("10.0.0.1", "", false),
                arguments("192.0.2.1", "https", false));
    }

    @ParameterizedTest
    @MethodSource("schemes")
    void nearestProxyReportsWhetherTheClientsConnectionIsEncrypted(String peer, String scheme, boolean isSecure) {
        try (ClockedServer server = server(false)) {
            server.connect(peer).get(Peer.POLLING, "X-Forwarded-Proto: " + scheme);
            assertThat(server.recorder.all().get(0).session.handshake().isSecure())
                    .isEqualTo(isSecure);
        }
    }

    @Test
    void clientsOfAProxyAreCountedSeparately() {
        try (ClockedServer server = server(false)) {
            ClockedServer.Connection one = server.connect("10.0.0.1");
            ClockedServer.Connection other = server.connect("10.0.0.1");
            assertThat(one.get(Peer.POLLING, "X-Forwarded-For: 198.51.100.7").status())
                    .isEqualTo(200);
            assertThat(other.get(Peer.POLLING, "X-Forwarded-For: 198.51.100.7").status())
                    .isEqualTo(503);
            assertThat(other.get(Peer.POLLING, "X-Forwarded-For: 198.51.100.8").status())
                    .isEqualTo(200);
            assertThat(server.exceeded).containsExactly(Limit.SESSIONS_PER_ADDRESS);
        }
    }

    // The PROXY protocol

    private static byte[] v2(String commandAndRest) {
        return HexFormat.of().parseHex(V2 + commandAndRest);
    }

    static Stream<Arguments> headers() {
        return Stream.of(
                arguments(bytes("PROXY TCP4 198.51.100.7 10.0.0.9 56324 443\r\n"), "198.51.100.7 56324"),
                arguments(bytes("PROXY TCP6 2001:db8::7 fd00::9 56324 443\r\n"), "2001:db8:0:0:0:0:0:7 56324"),
                arguments(bytes("PROXY UNKNOWN\r\n"), "10.0.0.1 4711"),
                arguments(v2("2111000c" + "c6336407" + "0a000009" + "dc0401bb"), "198.51.100.7 56324"),
                // with a TLV after the addresses
                arguments(
                        v2("21110013" + "c6336407" + "0a000009" + "dc0401bb" + "040004" + "00000000"),
                        "198.51.100.7 56324"),
                arguments(
                        v2("21210024" + "20010db8000000000000000000000007" + "fd000000000000000000000000000009"
                                + "dc0401bb"),
                        "2001:db8:0:0:0:0:0:7 56324"),
                // LOCAL, as in health checks of the proxy itself
                arguments(v2("20000000"), "10.0.0.1 4711"),
                arguments(v2("2011000c" + "c6336407" + "0a000009" + "dc0401bb"), "10.0.0.1 4711"));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    @ParameterizedTest
    @MethodSource("headers")
    void headerOfTheProxyNamesTheClient(byte[] header, String client) {
        try (ClockedServer server = server(true)) {
            ClockedServer.Connection connection = server.connect("10.0.0.1");
            connection.write(header);
            assertThat(client(server, connection)).isEqualTo(client);
            ClockedServer.Connection torn = server.connect("10.0.0.1");
            for (byte one : header) {
                torn.write(new byte[] {one});
            }
            assertThat(torn.get("/nowhere").status()).isEqualTo(404);
        }
    }

    @Test
    void headerAndRequestMayComeTogether() {
        try (ClockedServer server = server(true)) {
            ClockedServer.Connection connection = server.connect("10.0.0.1");
            connection.write("PROXY TCP4 198.51.100.7 10.0.0.9 56324 443\r\nGET " + Peer.POLLING
                    + " HTTP/1.1\r\nHost: x\r\n" + "X-Forwarded-For: 203.0.113.1\r\n\r\n");
            String sid = Peer.sid(connection.reply().body());
            assertThat(server.session(sid)
                            .session
                            .handshake()
                            .address()
                            .getAddress()
                            .getHostAddress())
                    .as("what the client itself wrote is not believed")
                    .isEqualTo("198.51.100.7");
        }
    }

    @Test
    void proxyOfAProxyIsTrustedToo() {
        try (ClockedServer server = server(true)) {
            ClockedServer.Connection connection = server.connect("10.0.0.1");
            connection.write("PROXY TCP4 10.7.7.7 10.0.0.9 56324 443\r\n");
            assertThat(client(server, connection, "X-Forwarded-For: 198.51.100.7"))
                    .isEqualTo("198.51.100.7 0");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
                "PROXY TCP4 198.51.100.7\r\n",
                "PROXY TCP4 x y 1 2\r\n",
                "PROXY TCP4 198.51.100.7 10.0.0.9 56324 99999999\r\n",
                "PROXY TCP4 198.51.100.7 10.0.0.9 56324 443 and so on and so on and so on and so on and so on and so on and so on\r\n"
            })
    void proxyMustSendAHeader(String start) {
        try (ClockedServer server = server(true);
                ErrorLog errors = new ErrorLog()) {
            ClockedServer.Connection connection = server.connect("10.0.0.1");
            connection.write(start);
            connection.assertClosed();
            errors.assertNothing();
        }
    }

    @Test
    void hugeHeaderIsRefused() {
        try (ClockedServer server = server(true)) {
            ClockedServer.Connection connection = server.connect("10.0.0.1");
            connection.write(v2("2111ffff" + "00".repeat(5000)));
            connection.assertClosed();
        }
    }

    @Test
    void headerHasTheTimeLimitOfARequest() {
        try (ClockedServer server = server(true)) {
            ClockedServer.Connection connection = server.connect("10.0.0.1");
            connection.write("PROXY");
            server.advance(Duration.ofSeconds(60));
            assertThat(connection.reply().status()).isEqualTo(408);
            connection.assertClosed();
            assertThat(server.exceeded).containsExactly(Limit.HEAD_TIMEOUT);
        }
    }

    @Test
    void otherPeersAreNotTrusted() {
        try (ClockedServer server = server(true)) {
            ClockedServer.Connection connection = server.connect("192.0.2.1");
            assertThat(client(server, connection)).isEqualTo("192.0.2.1 4711");
            connection.write("PROXY TCP4 198.51.100.7 10.0.0.9 56324 443\r\n\r\n");
            assertThat(connection.reply().status()).isEqualTo(400);
            connection.assertClosed();
        }
    }

    @Test
    void withoutTheSettingAHeaderIsRefused() {
        try (ClockedServer server = server(false)) {
            ClockedServer.Connection connection = server.connect("10.0.0.1");
            connection.write("PROXY TCP4 198.51.100.7 10.0.0.9 56324 443\r\n\r\n");
            assertThat(connection.reply().status()).isEqualTo(400);
        }
    }

    @Test
    void theSettingNeedsProxies() {
        EngineConfig.Builder builder = EngineConfig.builder().proxyProtocol(true);
        assertThatThrownBy(builder::build)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("proxyProtocol: true (expected: trustedProxies that speak it)");
    }
}
