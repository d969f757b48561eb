package io.scarfall.engineio;

import static org.assertj.core.api.Assertions.assertThat;

import io.scarfall.engineio.internal.LogText;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A session that polls. */
class PollingTest {

    private static final String GONE = "400 application/json {\"code\":1,\"message\":\"Session ID unknown\"}";
    private static final String REFUSED = "400 text/plain; charset=UTF-8 ";
    private static final String OK = "200 text/html ok";

    private ClockedServer server = new ClockedServer();
    private ClockedServer.Connection getter = server.connect();
    private ClockedServer.Connection poster = server.connect();
    private String sid = getter.open();
    private String target = Peer.POLLING + "&sid=" + sid;
    private EngineSession session = server.session(sid).session;

    @BeforeEach
    void setUp() {
        server.recorder.onText = (from, message) -> {
            if (message.utf8().startsWith("echo")) {
                from.send(message);
            }
        };
    }

    private void restart(EngineConfig.Builder changed) {
        server.close();
        server = new ClockedServer(builder -> changed);
        getter = server.connect();
        poster = server.connect();
        sid = getter.open();
        target = Peer.POLLING + "&sid=" + sid;
        session = server.session(sid).session;
    }

    @AfterEach
    void tearDown() {
        server.close();
    }

    // Fetching

    @Test
    void pollWaitsForAPacket() {
        getter.startPoll(sid);
        server.advance(Duration.ofSeconds(24));
        getter.assertOpenAndSilent();
        session.send(Bytes.utf8("hello"));
        Reply reply = getter.reply();
        assertThat(reply).hasToString("200 text/plain; charset=UTF-8 4hello");
        assertThat(reply.headers().keySet()).containsExactly("cache-control", "content-length", "content-type");
        assertThat(reply.header("cache-control")).isEqualTo("no-store");
    }

    @Test
    void packetsOfOnePassAreOnePayload() {
        getter.startPoll(sid);
        session.send(Bytes.utf8("one"));
        session.send(Bytes.utf8("two"));
        session.sendBinary(Bytes.copyOf((byte) 1, (byte) 2, (byte) 3, (byte) 4));
        assertThat(getter.reply().body()).isEqualTo("4one\u001E4two\u001EbAQIDBA==");
    }

    @Test
    void pollFetchesAllThatWaitsInItsOrder() {
        StringBuilder expected = new StringBuilder();
        for (int i = 0; i < 1000; i++) {
            session.send(Bytes.utf8("é" + i));
            expected.append(i == 0 ? "" : "\u001E").append("4é").append(i);
        }
        assertThat(getter.poll(sid)).isEqualTo(expected.toString());
        getter.startPoll(sid);
        getter.assertOpenAndSilent();
    }

    @Test
    void emptyMessagesSurvive() {
        session.send(Bytes.EMPTY);
        session.sendBinary(Bytes.EMPTY);
        assertThat(getter.poll(sid)).isEqualTo("4\u001Eb");
    }

    @Test
    void anyConnectionMayPoll() {
        session.send(Bytes.utf8("one"));
        assertThat(server.connect().poll(sid)).isEqualTo("4one");
        session.send(Bytes.utf8("two"));
        assertThat(server.connect().poll(sid)).isEqualTo("4two");
    }

    @Test
    void writableIsWhileAPollWaits() {
        assertThat(session.isWritable()).isFalse();
        getter.startPoll(sid);
        assertThat(session.isWritable()).isTrue();
        session.send(Bytes.utf8("x"));
        assertThat(session.isWritable()).isFalse();
        assertThat(getter.reply().body()).isEqualTo("4x");
        assertThat(session.isWritable()).isFalse();
    }

    @Test
    void secondPollClosesTheSession() {
        getter.startPoll(sid);
        assertThat(poster.get(target)).hasToString(REFUSED);
        assertThat(getter.reply()).hasToString("200 text/plain; charset=UTF-8 1");
        server.session(sid).assertNext("closed TRANSPORT_ERROR");
        assertThat(getter.get(target)).hasToString(GONE);
        assertThat(poster.get(target)).hasToString(GONE);
    }

    @Test
    void pollThatIsAbortedClosesTheSession() {
        getter.startPoll(sid);
        getter.hangUp();
        server.session(sid).assertNext("closed TRANSPORT_ERROR");
        assertThat(poster.get(target)).hasToString(GONE);
    }

    @Test
    void connectionThatPolledBeforeMayClose() {
        session.send(Bytes.utf8("one"));
        assertThat(getter.poll(sid)).isEqualTo("4one");
        getter.hangUp();
        session.send(Bytes.utf8("two"));
        assertThat(poster.poll(sid)).isEqualTo("4two");
    }

    // Posting

    @Test
    void postIsAnsweredWhenItsPacketsWereDelivered() {
        assertThat(poster.post(target, "4hello")).hasToString(OK);
        server.session(sid).assertNext("text hello");
        assertThat(poster.post(target, "4echo\u001E4é€\uD83D\uDE00\u001EbAQIDBA==\u001Eb\u001E6\u001E4"))
                .hasToString(OK);
        server.session(sid).assertNext("text echo", "text é€\uD83D\uDE00", "binary 01020304", "binary ", "text ");
        assertThat(getter.poll(sid)).isEqualTo("4echo");
    }

    @Test
    void postIsTextWhateverItsType() {
        for (String type :
                new String[] {"text/plain;charset=UTF-8", "application/json", "", "application/octet-stream; x"}) {
            assertThat(poster.post(target, "4é", "Content-Type: " + type)).hasToString(OK);
            server.session(sid).assertNext("text é");
        }
    }

    @Test
    void postMayComeByteByByte() {
        byte[] request = ("POST " + target + " HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\n\r\n4é€")
                .getBytes(StandardCharsets.UTF_8);
        byte[] chunked = ("POST " + target
                        + " HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n4Ã\r\n4\r\n©â\u0082¬\r\n0\r\n\r\n")
                .getBytes(StandardCharsets.ISO_8859_1);
        for (byte[] bytes : new byte[][] {request, chunked}) {
            for (byte b : bytes) {
                poster.write(new byte[] {b});
            }
            assertThat(poster.reply()).hasToString(OK);
            server.session(sid).assertNext("text é€");
        }
    }

    @Test
    void hundredThousandPacketsInOnePostAreDelivered() {
        assertThat(poster.post(target, "6\u001E".repeat(99_999) + "4x")).hasToString(OK);
        server.session(sid).assertNext("text x");
    }

    @Test
    void secondPostWhileTheFirstArrivesClosesTheSession() {
        getter.startPoll(sid);
        poster.write("POST " + target + " HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n4hal");
        ClockedServer.Connection third = server.connect();
        assertThat(third.post(target, "4x")).hasToString(REFUSED);
        poster.assertClosed();
        assertThat(getter.reply().body()).isEqualTo("1");
        server.session(sid).assertNext("closed TRANSPORT_ERROR");
        assertThat(third.get(target)).as("the connection lives on").hasToString(GONE);
    }

    @Test
    void postThatIsAbortedClosesTheSession() {
        poster.write("POST " + target + " HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n4hal");
        poster.hangUp();
        server.session(sid).assertNext("closed TRANSPORT_ERROR");
    }

    @Test
    void binaryPostClosesTheSession() {
        getter.startPoll(sid);
        assertThat(poster.post(target, "4x", "Content-Type: application/octet-stream"))
                .hasToString(REFUSED);
        assertThat(getter.reply().body()).isEqualTo("1");
        server.session(sid).assertNext("closed TRANSPORT_ERROR");
        assertThat(poster.get(target)).as("the connection lives on").hasToString(GONE);
    }

    @Test
    void packetsBeforeAMalformedOneAreDelivered() {
        getter.startPoll(sid);
        assertThat(poster.post(target, "4a\u001E4b\u001Ex\u001E4c")).hasToString(REFUSED);
        server.session(sid).assertNext("text a", "text b", "closed PARSE_ERROR");
        assertThat(getter.reply().body()).isEqualTo("1");
        assertThat(getter.get(target)).hasToString(GONE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"abc", "7", "bA", "\u001E", "4a\u001E"})
    void malformedPostClosesTheSession(String payload) {
        assertThat(poster.post(target, payload)).hasToString(REFUSED);
        assertThat(server.session(sid).drain()).endsWith("closed PARSE_ERROR");
    }

    @Test
    void postOfNothingClosesTheSession() {
        assertThat(poster.post(target, "", "Content-Length: 0")).hasToString(REFUSED);
        server.session(sid).assertNext("closed PARSE_ERROR");
    }

    @Test
    void postThatIsNotUtf8ClosesTheSession() {
        poster.write("POST " + target + " HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\n4a");
        poster.write(new byte[] {(byte) 0xC3, 'x'});
        assertThat(poster.reply()).hasToString(REFUSED);
        server.session(sid).assertNext("closed PARSE_ERROR");
    }

    @Test
    void largestPayloadIsTakenAndOneByteMoreIsNot() {
        restart(EngineConfig.builder().maxPayloadBytes(10));
        assertThat(poster.post(target, "4é€é€"))
                .as("7 characters, 11 bytes")
                .hasToString("413 text/plain; charset=UTF-8 ");
        assertThat(poster.post(target, "4é€éxx")).as("6 characters, 10 bytes").hasToString(OK);
        server.session(sid).assertNext("text é€éxx");
        String chunked = "POST " + target + " HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n6\r\n4é€\r\n";
        poster.write(chunked + "4\r\n1234\r\n0\r\n\r\n");
        assertThat(poster.reply()).hasToString(OK);
        server.session(sid).assertNext("text é€1234");
        poster.write(chunked + "5\r\n12345\r\n0\r\n\r\n");
        assertThat(poster.reply()).hasToString("413 text/plain; charset=UTF-8 ");
        assertThat(poster.post(target, "4x"))
                .as("session and connection live on")
                .hasToString(OK);
        server.session(sid).assertNext("text x");
    }

    @Test
    void refusedBodyIsReadUpToALimit() {
        restart(EngineConfig.builder().maxPayloadBytes(10));
        poster.write("POST " + target + " HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n" + "x".repeat(100));
        assertThat(poster.reply().status()).isEqualTo(413);
        poster.assertOpenAndSilent();
        poster.write("x");
        poster.assertClosed();
        assertThat(getter.post(target, "4x")).hasToString(OK);
        server.session(sid).assertNext("text x");
    }

    @Test
    void clientThatWaitsForAContinueGetsIt() {
        poster.write("POST " + target + " HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
        assertThat(poster.reply().head()).isEqualTo("HTTP/1.1 100 Continue");
        poster.write("4x");
        assertThat(poster.reply()).hasToString(OK);
        server.session(sid).assertNext("text x");
        poster.write(
                "POST " + target + " HTTP/1.1\r\nHost: x\r\nContent-Length: 2000000\r\nExpect: 100-continue\r\n\r\n");
        Reply reply = poster.reply();
        assertThat(reply.status()).isEqualTo(413);
        assertThat(reply.header("connection")).as("a body may follow or not").isEqualTo("close");
        poster.assertClosed();
    }

    @ParameterizedTest
    @ValueSource(strings = {"PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "FOO"})
    void otherMethodsDoNotAffectTheSession(String method) {
        poster.request(method, target, "");
        assertThat(poster.reply()).hasToString("500 text/plain; charset=UTF-8 ");
        assertThat(poster.post(target, "4x")).hasToString(OK);
        server.session(sid).assertNext("text x");
    }

    @Test
    void listenerThatFailsEndsOnlyItsSession() {
        String other = server.connect().open();
        server.recorder.onText = (from, message) -> {
            throw new IllegalStateException("on purpose");
        };
        getter.startPoll(sid);
        try (ErrorLog errors = new ErrorLog()) {
            assertThat(poster.post(target, "4a\u001E4b")).hasToString(OK);
            errors.expect("listener failed sid=" + LogText.sid(sid), IllegalStateException.class);
        }
        assertThat(getter.reply().body()).isEqualTo("1");
        server.session(sid).assertNext("text a", "closed TRANSPORT_ERROR");
        assertThat(poster.get(target)).hasToString(GONE);
        assertThat(server.session(other).session.isOpen()).isTrue();
    }

    // Closing

    @Test
    void clientThatClosesEndsItsPollWithANoop() {
        getter.startPoll(sid);
        assertThat(poster.post(target, "1")).hasToString(OK);
        assertThat(getter.reply().body()).isEqualTo("6");
        server.session(sid).assertNext("closed TRANSPORT_CLOSE");
        assertThat(getter.get(target)).hasToString(GONE);
    }

    @Test
    void packetsAfterACloseAreIgnored() {
        assertThat(poster.post(target, "4a\u001E1\u001E4b")).hasToString(OK);
        server.session(sid).assertNext("text a", "closed TRANSPORT_CLOSE");
    }

    @Test
    void closeComesOnePollAfterWhatWasSent() {
        getter.startPoll(sid);
        session.send(Bytes.utf8("bye"));
        session.close(CloseReason.FORCED_CLOSE);
        assertThat(session.send(Bytes.utf8("late"))).isFalse();
        assertThat(getter.reply().body()).isEqualTo("4bye");
        assertThat(getter.poll(sid)).isEqualTo("6\u001E1");
        server.session(sid).assertNext("closed FORCED_CLOSE");
        assertThat(getter.get(target)).hasToString(GONE);
    }

    @Test
    void closeWaitsForTheNextPoll() {
        session.send(Bytes.utf8("bye"));
        session.close(CloseReason.FORCED_CLOSE);
        server.session(sid).assertNext("closed FORCED_CLOSE");
        server.advance(Duration.ofSeconds(29));
        assertThat(poster.post(target, "4late")).hasToString(OK);
        assertThat(getter.poll(sid)).isEqualTo("4bye");
        assertThat(getter.poll(sid)).isEqualTo("6\u001E1");
        assertThat(getter.get(target)).hasToString(GONE);
        assertThat(server.sessions.size()).isZero();
    }

    @Test
    void closeEndsWhenTheClientClosesToo() {
        getter.startPoll(sid);
        session.send(Bytes.utf8("bye"));
        session.close(CloseReason.FORCED_CLOSE);
        server.session(sid).assertNext("closed FORCED_CLOSE");
        assertThat(getter.reply().body()).isEqualTo("4bye");
        assertThat(poster.post(target, "1")).hasToString(OK);
        assertThat(server.sessions.size()).isZero();
        assertThat(getter.get(target)).hasToString(GONE);
    }

    @Test
    void closeWithNothingToSendIsPolledAsNoopAndClose() {
        session.close(CloseReason.FORCED_CLOSE);
        server.session(sid).assertNext("closed FORCED_CLOSE");
        assertThat(getter.poll(sid)).isEqualTo("6\u001E1");
        assertThat(server.sessions.size()).isZero();
    }

    @Test
    void closeWaitsForAPollUntilTheTimeout() {
        session.close(CloseReason.FORCED_CLOSE);
        server.session(sid).assertNext("closed FORCED_CLOSE");
        server.advance(Duration.ofSeconds(30));
        assertThat(server.sessions.size()).isZero();
        assertThat(getter.get(target)).hasToString(GONE);
    }

    @Test
    void postInProgressWhenTheSessionClosesIsAnswered() {
        poster.write("POST " + target + " HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\n4a");
        session.close(CloseReason.SERVER_SHUTTING_DOWN);
        server.session(sid).assertNext("closed SERVER_SHUTTING_DOWN");
        poster.write("bc");
        assertThat(poster.reply()).hasToString(OK);
    }

    @Test
    void shutDownDropsWaitingPackets() {
        session.send(Bytes.utf8("dropped"));
        session.close(CloseReason.SERVER_SHUTTING_DOWN);
        server.session(sid).assertNext("closed SERVER_SHUTTING_DOWN");
        assertThat(getter.get(target)).hasToString(GONE);
        assertThat(server.sessions.size()).isZero();
    }

    @Test
    void shutDownDropsPacketsForAPendingPollToo() {
        getter.startPoll(sid);
        session.send(Bytes.utf8("dropped"));
        session.close(CloseReason.SERVER_SHUTTING_DOWN);
        assertThat(getter.reply().body()).isEqualTo("1");
        server.session(sid).assertNext("closed SERVER_SHUTTING_DOWN");
    }

    @Test
    void closeReportsTheFirstReasonOnce() {
        session.close(CloseReason.FORCED_CLOSE);
        session.close(CloseReason.SERVER_SHUTTING_DOWN);
        server.session(sid).assertNext("closed FORCED_CLOSE");
        assertThat(getter.poll(sid)).isEqualTo("6\u001E1");
    }

    // The bound of what waits

    @Test
    void clientThatDoesNotPollIsClosedAsTooSlow() {
        restart(EngineConfig.builder().maxUnsentBytes(1000));
        assertThat(session.send(Bytes.wrap(new byte[500]))).isTrue();
        assertThat(session.send(Bytes.wrap(new byte[498]))).isTrue();
        assertThat(session.send(Bytes.wrap(new byte[1]))).isFalse();
        server.advance(server.config.slowTimeout().minusMillis(1));
        server.session(sid).assertNothing();
        server.advance(Duration.ofMillis(251));
        server.session(sid).assertNext("closed TOO_SLOW");
        assertThat(getter.get(target)).as("what waited is dropped").hasToString(GONE);
    }

    @Test
    void pollMakesRoomAgain() {
        restart(EngineConfig.builder().maxUnsentBytes(1000));
        for (int i = 0; i < 10; i++) {
            assertThat(session.send(Bytes.utf8("x".repeat(900)))).isTrue();
            assertThat(getter.poll(sid)).hasSize(901);
        }
    }

    @Test
    void oneMessageIsTakenWhateverItsSize() {
        restart(EngineConfig.builder().maxUnsentBytes(1000));
        assertThat(session.send(Bytes.utf8("x".repeat(5000)))).isTrue();
        assertThat(session.send(Bytes.utf8("x"))).isFalse();
        assertThat(getter.poll(sid)).hasSize(5001);
        assertThat(session.send(Bytes.utf8("x"))).isTrue();
        assertThat(getter.poll(sid)).isEqualTo("4x");
    }

    @Test
    void messagesWithoutDataCountToo() {
        restart(EngineConfig.builder().maxUnsentBytes(1000));
        int taken = 0;
        while (session.send(Bytes.EMPTY) && taken <= 1000) {
            taken++;
        }
        assertThat(taken).isLessThanOrEqualTo(1000);
        assertThat(getter.poll(sid)).hasSize(2 * taken - 1);
    }
}
