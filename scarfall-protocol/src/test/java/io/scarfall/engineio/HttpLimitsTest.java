package io.scarfall.engineio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Requests that are too large or too slow get the documented answer, with the configured headers; others are not
 * affected.
 */
class HttpLimitsTest {

    private static final Duration HEAD = Duration.ofSeconds(10);
    private static final Duration NANO = Duration.ofNanos(1);

    private final ClockedServer server = new ClockedServer(builder -> builder.http(HttpLimits.DEFAULT)
            .responseHeaders(
                    response -> response.set("X-Hardened", response.request().path())));
    private final ClockedServer.Connection client = server.connect();

    @AfterEach
    void tearDown() {
        server.close();
    }

    private void assertRefused(int status, String path, Limit... limits) {
        Reply reply = client.reply();
        assertThat(reply.status()).isEqualTo(status);
        assertThat(reply.header("x-hardened")).isEqualTo(path);
        assertThat(reply.header("connection")).isEqualTo("close");
        client.assertClosed();
        assertThat(server.exceeded).containsExactly(limits);
    }

    @Test
    void requestLineIsBounded() {
        client.write("GET /" + "x".repeat(16 * 1024) + " HTTP/1.1\r\nHost: x\r\n\r\n");
        assertRefused(414, "/bad-request", Limit.REQUEST_LINE);
    }

    @Test
    void headersAreBoundedTogether() {
        client.write("GET /some HTTP/1.1\r\nHost: x\r\nX: " + "x".repeat(20_000) + "\r\nY: " + "y".repeat(20_000)
                + "\r\n\r\n");
        assertRefused(431, "/some", Limit.HEADER_BYTES);
    }

    @Test
    void numberOfHeadersIsBounded() {
        client.write("GET /some HTTP/1.1\r\nHost: x\r\n" + "X: y\r\n".repeat(99) + "\r\n");
        assertThat(client.reply().status()).isEqualTo(404);
        client.write("GET /some HTTP/1.1\r\nHost: x\r\n" + "X: y\r\n".repeat(100) + "\r\n");
        assertRefused(431, "/some", Limit.HEADERS);
    }

    @Test
    void boundsCanBeSet() {
        HttpLimits small = HttpLimits.DEFAULT
                .withMaxRequestLineBytes(50)
                .withMaxHeaderBytes(100)
                .withMaxHeaders(2)
                .withHeadTimeout(Duration.ofSeconds(1));
        try (ClockedServer strict = new ClockedServer(builder -> builder.http(small))) {
            assertThat(strict.connect().get("/" + "x".repeat(40)).status()).isEqualTo(414);
            assertThat(strict.connect().get("/x", "X: " + "x".repeat(100)).status())
                    .isEqualTo(431);
            assertThat(strict.connect().get("/x", "X: y", "X: y").status()).isEqualTo(431);
            assertThat(strict.connect().get("/x", "X: y").status()).isEqualTo(404);
            ClockedServer.Connection slow = strict.connect();
            slow.write("GET");
            strict.advance(Duration.ofSeconds(1));
            assertThat(slow.reply().status()).isEqualTo(408);
            assertThat(strict.exceeded)
                    .containsExactly(Limit.REQUEST_LINE, Limit.HEADER_BYTES, Limit.HEADERS, Limit.HEAD_TIMEOUT);
        }
    }

    @Test
    void malformedRequestsAreRefusedWithTheConfiguredHeaders() {
        client.write("no request\r\n\r\n");
        assertRefused(400, "/bad-request");
    }

    @Test
    void connectionOnWhichNothingComesIsClosed() {
        server.advance(HEAD.minus(NANO));
        client.assertOpenAndSilent();
        server.advance(NANO);
        client.assertClosed();
        assertThat(server.exceeded).containsExactly(Limit.HEAD_TIMEOUT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"G", "GET / HTTP/1.1\r\nHost: x\r\nX: "})
    void timeForTheHeadBeginsWithTheConnection(String start) {
        server.advance(HEAD.minusSeconds(1));
        client.write(start);
        server.advance(Duration.ofSeconds(1).minus(NANO));
        client.assertOpenAndSilent();
        server.advance(NANO);
        assertRefused(408, "/bad-request", Limit.HEAD_TIMEOUT);
    }

    @Test
    void slowBytesDoNotExtendTheTime() {
        String request = "GET / HTTP/1.1\r\nHost: x\r\nX: " + "x".repeat(1000);
        int written = 0;
        while (client.isOpen() && written < request.length()) {
            client.write(request.substring(written, ++written));
            server.advance(Duration.ofMillis(500));
        }
        assertThat(written).isEqualTo(20);
        assertRefused(408, "/bad-request", Limit.HEAD_TIMEOUT);
    }

    @Test
    void timeForALaterHeadBeginsWithItsFirstByte() {
        for (int i = 0; i < 3; i++) {
            client.write("GET /some");
            server.advance(HEAD.minus(NANO));
            client.write(" HTTP/1.1\r\nHost: x\r\n\r\n");
            assertThat(client.reply().status()).isEqualTo(404);
            if (i < 2) {
                server.advance(Duration.ofSeconds(45));
            }
        }
        server.advance(Duration.ofSeconds(59));
        client.write("G");
        server.advance(HEAD.minus(NANO));
        client.assertOpenAndSilent();
        server.advance(NANO);
        assertRefused(408, "/bad-request", Limit.HEAD_TIMEOUT);
    }

    @Test
    void refusedBodyHasATimeLimitToo() {
        client.write("POST /nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nx");
        assertThat(client.reply().status()).isEqualTo(404);
        server.advance(Duration.ofSeconds(30).minus(NANO));
        client.assertOpenAndSilent();
        server.advance(NANO);
        client.assertClosed();
        assertThat(server.exceeded).containsExactly(Limit.BODY_TIMEOUT);
    }

    @Test
    void bodyHasOneTimeLimitAsAWhole() {
        String sid = client.open();
        client.write("POST " + Peer.POLLING + "&sid=" + sid + " HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n4");
        for (int i = 0; i < 29; i++) {
            server.advance(Duration.ofSeconds(1));
            client.write("x");
        }
        client.assertOpenAndSilent();
        server.advance(Duration.ofSeconds(1));
        Reply reply = client.reply();
        assertThat(reply.status()).isEqualTo(408);
        assertThat(reply.header("x-hardened")).isEqualTo("/engine.io/");
        client.assertClosed();
        server.session(sid).assertNext("closed TRANSPORT_ERROR");
        assertThat(server.exceeded).containsExactly(Limit.BODY_TIMEOUT);
    }

    @Test
    void bodyOfAPollHasATimeLimitToo() {
        String sid = client.open();
        client.write("GET " + Peer.POLLING + "&sid=" + sid + " HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nx");
        server.advance(Duration.ofSeconds(30));
        assertThat(client.reply().status()).isIn(200, 408); // a heartbeat may have answered the poll
        client.assertClosed();
        assertThat(server.exceeded).containsExactly(Limit.BODY_TIMEOUT);
    }

    @Test
    void requestAfterTheLastAnswerHasNoEffect() {
        String sid = client.open();
        ClockedServer.Connection refused = server.connect();
        refused.write("GET " + Peer.WEBSOCKET + " HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\n"
                + "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\r\n"
                + "POST " + Peer.POLLING + "&sid=" + sid
                + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n4x");
        assertThat(refused.reply().status()).isEqualTo(400);
        refused.assertClosed();
        server.session(sid).assertNothing();
        client.post(sid, java.util.List.of("4fine"));
        server.session(sid).assertNext("text fine");
    }

    @Test
    void pipelinedPollThatWaitsIsNoIdleConnection() {
        try (ClockedServer slow = new ClockedServer(builder -> builder.pingInterval(Duration.ofMinutes(10)))) {
            ClockedServer.Connection polls = slow.connect();
            String sid = polls.open();
            EngineSession session = slow.session(sid).session;
            polls.startPoll(sid);
            polls.startPoll(sid);
            session.send(Bytes.utf8("one"));
            assertThat(polls.reply().body()).isEqualTo("4one");
            slow.advance(slow.config.http().idleTimeout().plusSeconds(1));
            session.send(Bytes.utf8("two"));
            assertThat(polls.reply().body()).isEqualTo("4two");
        }
    }

    @Test
    void webSocketHasNoTimerOfItsConnection() {
        client.openWebSocket();
        assertThat(client.runScheduledPendingTasks())
                .as("next on this loop: the sweep of heartbeats")
                .isBetween(0L, Duration.ofMillis(250).toNanos());
        client.hangUp();
        assertThat(server.recorder.all().get(0).drain()).containsExactly("closed TRANSPORT_CLOSE");
    }

    @Test
    void tooLargeBodiesAndMessagesAreCounted() {
        String sid = client.open();
        assertThat(client.post(Peer.POLLING + "&sid=" + sid, "4" + "x".repeat(1_000_000))
                        .status())
                .isEqualTo(413);
        ClockedServer.Connection webSocket = server.connect();
        String other = webSocket.openWebSocket();
        webSocket.send("4" + "x".repeat(1_000_000));
        assertThat(webSocket.frame().toString()).startsWith("close");
        server.session(other).assertNext("closed TRANSPORT_ERROR");
        assertThat(server.exceeded).containsExactly(Limit.PAYLOAD, Limit.PAYLOAD);
        client.post(sid, java.util.List.of("4fine"));
        server.session(sid).assertNext("text fine");
    }

    @Test
    void peerThatDoesNotReadIsCounted() {
        String sid = client.openWebSocket();
        client.stopReading();
        EngineSession session = server.session(sid).session;
        byte[] message = new byte[600_000];
        session.sendBinary(io.scarfall.engineio.Bytes.wrap(message));
        session.sendBinary(io.scarfall.engineio.Bytes.wrap(message));
        assertThat(server.exceeded).containsExactly(Limit.UNSENT_BYTES);
        server.advance(server.config.slowTimeout());
        server.session(sid).assertNext("closed TOO_SLOW");
        assertThat(server.exceeded).containsExactly(Limit.UNSENT_BYTES, Limit.SLOW_TIMEOUT);
    }

    @Test
    void failingListenerChangesNothing() {
        try (ErrorLog errors = new ErrorLog();
                ClockedServer failing = new ClockedServer(builder -> builder.limits(limit -> {
                    throw new IllegalStateException("no meter");
                }))) {
            assertThat(failing.connect().get("/x".repeat(20_000)).status()).isEqualTo(414);
            errors.expect("limit listener failed limit=REQUEST_LINE", IllegalStateException.class);
        }
    }

    @Test
    void invalidValuesAreRefused() {
        UnaryOperator<HttpLimits> none = limits -> limits.withMaxHeaders(0);
        assertThatThrownBy(() -> none.apply(HttpLimits.DEFAULT))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("maxHeaders: 0 (expected: > 0)");
        assertThatThrownBy(() -> HttpLimits.DEFAULT.withHeadTimeout(Duration.ZERO))
                .hasMessage("headTimeout: PT0S (expected: > 0)");
        assertThatThrownBy(() -> HttpLimits.DEFAULT.withTlsHandshakeTimeout(Duration.ofSeconds(-1)))
                .hasMessage("tlsHandshakeTimeout: PT-1S (expected: > 0)");
    }
}
