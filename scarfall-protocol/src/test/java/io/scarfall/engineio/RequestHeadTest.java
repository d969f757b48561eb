package io.scarfall.engineio;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The version and the {@code Host} of requests, on the path of the protocol and on others. */
class RequestHeadTest {

    private static final String UPGRADE = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            + "Sec-WebSocket-Key: " + Peer.KEY + "\r\n";

    private final ClockedServer server = new ClockedServer();

    @AfterEach
    void tearDown() {
        server.close();
    }

    private int answer(String request) {
        ClockedServer.Connection client = server.connect();
        client.write(request);
        return client.reply().status();
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/0.9", "HTTP/1.2", "HTTP/1.9", "HTTP/2.0", "HTTP/3.0", "HTTP/9.9"})
    void otherVersionsAreNotSupported(String version) {
        assertThat(answer("GET " + Peer.POLLING + " " + version + "\r\nHost: x\r\n\r\n"))
                .isEqualTo(505);
        assertThat(answer("GET /nowhere " + version + "\r\n\r\n")).isEqualTo(505);
        assertThat(answer("GET " + Peer.WEBSOCKET + " " + version + "\r\nHost: x\r\n" + UPGRADE + "\r\n"))
                .isEqualTo(505);
    }

    @Test
    void thePrefaceOfHttp2IsNotSupported() {
        assertThat(answer("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")).isEqualTo(505);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1",
                "HTTP/1.",
                "HTTP/1.1.1",
                "HTTP/+1.1",
                "HTTP/a.b",
                "HTTP",
                "RTSP/1.1",
                "HTTPS/1.1",
                "X/1.1"
            })
    void invalidVersionsAreRefused(String version) {
        assertThat(answer("GET " + Peer.POLLING + " " + version + "\r\nHost: x\r\n\r\n"))
                .isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(strings = {Peer.POLLING, Peer.WEBSOCKET, "/nowhere"})
    void aHostIsRequiredFromVersion11On(String target) {
        assertThat(answer("GET " + target + " HTTP/1.1\r\n\r\n")).isEqualTo(400);
        assertThat(answer("GET " + target + " HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n"))
                .isEqualTo(400);
        assertThat(answer("GET " + target + " HTTP/1.0\r\nHost: x\r\nhost: y\r\n\r\n"))
                .isEqualTo(400);
        assertThat(answer("GET /nowhere HTTP/1.0\r\n\r\n")).isEqualTo(404);
        assertThat(answer("GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n")).isEqualTo(404);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "localhost | 404",
                "example.com:3000 | 404",
                "EXAMPLE.com. | 404",
                "under_score-1.example | 404",
                "127.0.0.1:80 | 404",
                "[::1] | 404",
                "[::1]:3000 | 404",
                "[fe80::1%25eth0]:1 | 404",
                "x: | 404",
                "x:65535 | 404",
                "`` | 400",
                ":80 | 400",
                "x:65536 | 400",
                "x:1234567890 | 400",
                "x:a | 400",
                "x:-1 | 400",
                "a b | 400",
                "a,b | 400",
                "a, b | 400",
                "a/b | 400",
                "a?b | 400",
                "a#b | 400",
                "user@host | 400",
                "http://x | 400",
                "[::1 | 400",
                "[] | 400",
                "[::1]x | 400",
                "a[b] | 400",
                "x:1:2 | 400",
                "a\\b | 400",
                "<a> | 400",
                "é | 400",
                "a\"b | 400",
            })
    void aHostIsANameOrAnAddress(String host, int status) {
        assertThat(answer("GET /nowhere HTTP/1.1\r\nHost: " + host + "\r\n\r\n"))
                .isEqualTo(status);
        assertThat(answer("GET /nowhere HTTP/1.0\r\nHost: " + host + "\r\n\r\n"))
                .isEqualTo(status);
    }

    @Test
    void anUpgradeNeedsVersion11() {
        String upgrade = "GET " + Peer.WEBSOCKET + " HTTP/1.%d\r\nHost: x\r\n" + UPGRADE + "\r\n";
        assertThat(answer(upgrade.formatted(0))).isEqualTo(400);
        ClockedServer.Connection client = server.connect();
        client.write(upgrade.formatted(1));
        client.assertUpgraded();
        client.frame();
    }

    @Test
    void requestsAfterARefusedOneAreNotAnswered() {
        ClockedServer.Connection client = server.connect();
        client.write("GET /a HTTP/1.1\r\nHost: x\r\n\r\nGET /b HTTP/1.1\r\n\r\nGET /c HTTP/1.1\r\nHost: x\r\n\r\n");
        assertThat(client.reply().status()).isEqualTo(404);
        Reply refused = client.reply();
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.header("connection")).isEqualTo("close");
        client.assertClosed();
    }
}
