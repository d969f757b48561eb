package io.scarfall.engineio;

import static org.assertj.core.api.Assertions.assertThat;

import io.scarfall.engineio.internal.LogText;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Why a WebSocket session ends, what its client sees, and that both happen once. */
class CloseReasonTest {

    private ClockedServer server = new ClockedServer();
    private ClockedServer.Connection client = server.connect();
    private String sid = client.openWebSocket();
    private EngineSession session = server.session(sid).session;

    @AfterEach
    void tearDown() {
        server.close();
    }

    private void restart(EngineConfig.Builder changed) {
        server.close();
        server = new ClockedServer(builder -> changed);
        client = server.connect();
        sid = client.openWebSocket();
        session = server.session(sid).session;
    }

    @Test
    void reasonsHaveTheWordsOfTheReference() {
        assertThat(Arrays.stream(CloseReason.values()).map(CloseReason::wire))
                .containsExactly(
                        "transport close",
                        "transport error",
                        "parse error",
                        "ping timeout",
                        "transport error",
                        "transport error",
                        "forced close",
                        "server shutting down");
    }

    // TRANSPORT_CLOSE

    @Test
    void closePacketEndsTheSession() {
        client.send("1", "4late");
        client.assertFrames("close");
        server.session(sid).assertNext("closed TRANSPORT_CLOSE");
        client.send(Frame.close());
        client.assertClosed();
    }

    @Test
    void closeFrameEndsTheSession() {
        client.send(Frame.close(1000, "bye"));
        client.assertFrames("close");
        client.assertClosed();
        server.session(sid).assertNext("closed TRANSPORT_CLOSE");
    }

    @Test
    void connectionThatClosesEndsTheSession() {
        client.hangUp();
        server.session(sid).assertNext("closed TRANSPORT_CLOSE");
    }

    @Test
    void connectionThatBreaksEndsTheSession() {
        client.reset();
        assertThat(client.frame()).hasToString("close");
        server.session(sid).assertNext("closed TRANSPORT_CLOSE");
    }

    // TRANSPORT_ERROR

    @Test
    void heartbeatInTheWrongDirectionEndsTheSession() {
        client.send("2");
        client.assertFrames("close");
        server.session(sid).assertNext("closed TRANSPORT_ERROR");
    }

    @Test
    void clientThatKeepsSendingAfterOurCloseIsNoLongerRead() {
        client.send("2");
        client.assertFrames("close");
        server.session(sid).assertNext("closed TRANSPORT_ERROR");
        client.send("4" + "x".repeat(60_000));
        assertThat(client.config().isAutoRead()).isTrue();
        client.send("4" + "x".repeat(60_000));
        assertThat(client.config().isAutoRead()).isFalse();
        server.advance(EngineConfig.builder().build().closeHandshakeTimeout());
        client.assertClosed();
    }

    @Test
    void frameAgainstTheRulesEndsTheSession() {
        client.write(new byte[] {(byte) 0xFF, 0x7F});
        client.assertFrames("close 1002");
        client.assertClosed();
        server.session(sid).assertNext("closed TRANSPORT_ERROR");
    }

    @Test
    void listenerThatFailsEndsOnlyItsSession() {
        ClockedServer.Connection other = server.connect();
        String otherSid = other.openWebSocket();
        server.recorder.onText = (from, message) -> {
            throw new IllegalStateException("on purpose");
        };
        try (ErrorLog errors = new ErrorLog()) {
            client.send("4x");
            errors.expect("listener failed sid=" + LogText.sid(sid), IllegalStateException.class);
        }
        client.assertFrames("close");
        server.session(sid).assertNext("text x", "closed TRANSPORT_ERROR");
        other.send(Frame.binary());
        server.session(otherSid).assertNext("binary ");
    }

    // PARSE_ERROR

    @ParameterizedTest
    @ValueSource(strings = {"", "abc", "7", "9", "b=", "\u001E4x"})
    void malformedPacketEndsTheSession(String packet) {
        client.send(packet);
        client.assertFrames("close");
        server.session(sid).assertNext("closed PARSE_ERROR");
        client.send("4late");
        client.send(Frame.ping("late"));
    }

    @Test
    void listenerMayFindAMessageMalformed() {
        server.recorder.onText = (from, message) -> {
            throw new MalformedPacketException("on purpose");
        };
        client.send("4x");
        client.assertFrames("close");
        server.session(sid).assertNext("text x", "closed PARSE_ERROR");
    }

    // PING_TIMEOUT

    @Test
    void silenceEndsTheSession() {
        server.advance(Duration.ofSeconds(46));
        client.assertFrames("text 2", "close");
        server.session(sid).assertNext("closed PING_TIMEOUT");
    }

    // TOO_SLOW

    @Test
    void clientThatDoesNotReadIsClosedAsTooSlow() {
        client.stopReading();
        Bytes message = Bytes.wrap(new byte[100_000]);
        int taken = 0;
        while (session.sendBinary(message) && taken < 100) {
            taken++;
            server.settle();
        }
        assertThat(taken).as("messages of 100 kB in 1 MiB").isEqualTo(10);
        server.session(sid).assertNothing();
        server.advance(server.config.slowTimeout());
        server.session(sid).assertNext("closed TOO_SLOW");
        client.assertClosed();
        assertThat(server.sessions.size()).isZero();
    }

    @Test
    void smallMessagesAreBoundedLikeLargeOnes() {
        restart(EngineConfig.builder().maxUnsentBytes(10_000));
        client.stopReading();
        int taken = 0;
        while (session.send(Bytes.EMPTY) && taken < 10_000) {
            taken++;
        }
        assertThat(taken).isEqualTo(10_000 / 3 + 1);
        client.goOnReading();
        for (int i = 0; i < taken; i++) {
            client.assertFrames("text 4");
        }
        client.assertOpenAndSilent();
    }

    @Test
    void oneMessageIsTakenWhateverItsSize() {
        restart(EngineConfig.builder().maxUnsentBytes(1000));
        assertThat(session.sendBinary(Bytes.wrap(new byte[2000]))).isTrue();
        assertThat(client.frame().payload().length()).isEqualTo(2000);
        client.stopReading();
        assertThat(session.sendBinary(Bytes.wrap(new byte[2000]))).isTrue();
        assertThat(session.sendBinary(Bytes.wrap(new byte[1]))).isFalse();
        client.goOnReading();
        assertThat(client.frame().payload().length()).isEqualTo(2000);
        assertThat(session.sendBinary(Bytes.wrap(new byte[2000]))).isTrue();
        assertThat(client.frame().payload().length()).isEqualTo(2000);
        client.assertOpenAndSilent();
    }

    @Test
    void pingsOfAClientThatDoesNotReadAreBoundedToo() {
        client.stopReading();
        byte[] ping = Frame.ping("x".repeat(125)).masked();
        for (int i = 0; i < 10_000 && client.isOpen(); i++) {
            client.write(ping);
        }
        server.session(sid).assertNext("closed TOO_SLOW");
        client.assertClosed();
    }

    // FORCED_CLOSE, SERVER_SHUTTING_DOWN

    @Test
    void closeByTheApplicationFollowsWhatItSent() {
        session.send(Bytes.utf8("bye"));
        session.close(CloseReason.FORCED_CLOSE);
        assertThat(session.send(Bytes.utf8("late"))).isFalse();
        assertThat(session.isWritable()).isFalse();
        client.assertFrames("text 4bye", "close");
        server.session(sid).assertNext("closed FORCED_CLOSE");
        client.assertOpenAndSilent();
        client.send(Frame.close());
        client.assertClosed();
    }

    @Test
    void peerThatDoesNotAnswerACloseIsCutOff() {
        session.close(CloseReason.FORCED_CLOSE);
        client.assertFrames("close");
        server.session(sid).assertNext("closed FORCED_CLOSE");
        server.advance(Duration.ofSeconds(3).minusNanos(1));
        client.assertOpenAndSilent();
        server.advance(Duration.ofNanos(1));
        client.assertClosed();
    }

    /** What was sent before may leave slowly. */
    @Test
    void timeToAnswerACloseBeginsWhenTheCloseHasLeft() {
        client.stopReading();
        session.sendBinary(Bytes.wrap(new byte[20_000]));
        session.close(CloseReason.FORCED_CLOSE);
        server.session(sid).assertNext("closed FORCED_CLOSE");
        server.advance(Duration.ofSeconds(20));
        client.goOnReading();
        assertThat(client.frame().toString()).startsWith("binary");
        client.assertFrames("close");
        server.advance(Duration.ofSeconds(3).minusNanos(1));
        client.assertOpenAndSilent();
        server.advance(Duration.ofNanos(1));
        client.assertClosed();
    }

    @Test
    void peerThatClosesAndDoesNotReadTheAnswerIsCutOff() {
        client.stopReading();
        client.send(Frame.close());
        server.session(sid).assertNext("closed TRANSPORT_CLOSE");
        server.advance(Duration.ofSeconds(30).minusNanos(1));
        assertThat(client.isOpen()).isTrue();
        server.advance(Duration.ofNanos(1));
        client.assertClosed();
    }

    @Test
    void peerThatReadsNothingOfAGracefulCloseIsCutOff() {
        client.stopReading();
        session.sendBinary(Bytes.wrap(new byte[200_000]));
        session.close(CloseReason.FORCED_CLOSE);
        server.session(sid).assertNext("closed FORCED_CLOSE");
        server.settle();
        assertThat(client.isOpen()).as("it may still read").isTrue();
        server.advance(Duration.ofSeconds(30));
        client.assertClosed();
    }

    @Test
    void shutDownEndsTheSession() {
        session.close(CloseReason.SERVER_SHUTTING_DOWN);
        client.assertFrames("close");
        server.session(sid).assertNext("closed SERVER_SHUTTING_DOWN");
    }

    @Test
    void firstReasonWinsAndIsReportedOnce() {
        session.close(CloseReason.FORCED_CLOSE);
        session.close(CloseReason.SERVER_SHUTTING_DOWN);
        client.send("7");
        client.write(new byte[] {(byte) 0xFF, 0x7F});
        client.assertFrames("close");
        client.assertClosed();
        server.session(sid).assertNext("closed FORCED_CLOSE");
    }

    @Test
    void listenerMayCloseInsideACall() {
        server.recorder.onText = (from, message) -> from.close(CloseReason.FORCED_CLOSE);
        server.recorder.onClose = (from, reason) -> from.close(CloseReason.SERVER_SHUTTING_DOWN);
        client.write(Frame.bytes(Frame.text("4a"), Frame.text("4b"), Frame.text("7")));
        client.assertFrames("close");
        server.session(sid).assertNext("text a", "closed FORCED_CLOSE");
    }
}
