package io.scarfall.engineio;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * How much each kind of incomplete input and unsent output counts, and that the connection that holds most is closed.
 */
class HeldBytesTest {

    private static final int MAX = 400_000;
    private static final int MAX_PER_ADDRESS = 200_000;
    private static final int UNTRUSTED = 16 * 1024;

    private ClockedServer server = new ClockedServer(builder -> builder.memory(new MemoryBudget(MAX, MAX_PER_ADDRESS)));
    private final ClockedServer.Connection client = server.connect();

    @AfterEach
    void stop() {
        server.exceeded.clear();
        server.close();
    }

    private long held() {
        server.settle();
        return server.config.memory().heldBytes();
    }

    private static byte[] partial(int length, int sent) {
        return Arrays.copyOf(Frame.binary(new byte[length]).masked(), sent);
    }

    @Test
    void completeMessagesAndSentOutputCountNothing() {
        String sid = client.openWebSocket();
        client.send("4hello");
        server.session(sid).assertNext("text hello");
        server.session(sid).session.send(Bytes.utf8("hello"));
        client.assertFrames("text 4hello");
        assertThat(held()).isZero();
    }

    @Test
    void aPartialFrameCountsUntilItIsComplete() {
        String sid = client.openWebSocket();
        byte[] frame = Frame.binary(new byte[50_000]).masked();
        client.write(Arrays.copyOf(frame, 30_000));
        assertThat(held()).isBetween(30_000L, 100_000L);
        client.write(Arrays.copyOfRange(frame, 30_000, frame.length));
        assertThat(server.session(sid).drain()).hasSize(1);
        assertThat(held()).isZero();
    }

    @Test
    void oneByteOfAFrameCountsMoreThanOneByte() {
        String sid = client.openWebSocket();
        client.write(new byte[] {(byte) 0x81});
        assertThat(held()).isGreaterThan(200);
        client.hangUp();
        server.session(sid).assertNext("closed TRANSPORT_CLOSE");
        assertThat(held()).isZero();
    }

    @Test
    void fragmentsCountUntilTheLast() {
        String sid = client.openWebSocket();
        client.send(Frame.part(2, new byte[30_000]));
        assertThat(held()).isBetween(30_000L, 70_000L);
        client.hangUp();
        assertThat(server.session(sid).drain()).hasSize(1);
        assertThat(held()).isZero();
    }

    @Test
    void halfAPostCounts() {
        String sid = client.open();
        ClockedServer.Connection poster = server.connect();
        poster.write("POST " + Peer.POLLING + "&sid=" + sid
                + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 60000\r\n\r\n" + "x".repeat(50_000));
        assertThat(held()).isBetween(50_000L, 110_000L);
        poster.hangUp();
        server.session(sid).assertNext("closed TRANSPORT_ERROR");
        assertThat(held()).isZero();
    }

    @Test
    void halfAHeadCountsByTheRead() {
        client.write("GET / HTTP/1.1\r\nX-Long: " + "x".repeat(3000));
        assertThat(held()).isEqualTo(4096);
        client.write("y");
        assertThat(held()).isEqualTo(8192);
        client.hangUp();
        assertThat(held()).isZero();
    }

    @Test
    void requestsThatWaitForTheirTurnCount() {
        String sid = client.open();
        client.startPoll(sid);
        assertThat(held()).isZero();
        client.startPoll(sid);
        assertThat(held()).isGreaterThan(16_384);
        client.hangUp();
        server.session(sid).assertNext("closed TRANSPORT_ERROR");
        assertThat(held()).isZero();
    }

    @Test
    void aLargeHeadCountsForAsLongAsTheSession() {
        client.requestUpgrade(Peer.WEBSOCKET, "X-Long: " + "x".repeat(10_000));
        client.assertUpgraded();
        client.frame();
        assertThat(held()).isBetween(6_000L, 7_000L);
        client.hangUp();
        assertThat(held()).isZero();
        server.recorder.all().forEach(session -> session.assertNext("closed TRANSPORT_CLOSE"));
    }

    @Test
    void unsentFramesCountUntilTheyAreRead() {
        String sid = client.openWebSocket();
        client.stopReading();
        server.session(sid).session.sendBinary(Bytes.wrap(new byte[100_000]));
        server.session(sid).session.send(Bytes.utf8("hello"));
        assertThat(held()).isBetween(100_000L, 102_000L);
        client.goOnReading();
        assertThat(client.frame().payload().length()).isEqualTo(100_000);
        client.assertFrames("text 4hello");
        assertThat(held()).isZero();
    }

    @Test
    void packetsThatWaitForAPollCount() {
        String sid = client.open();
        for (int i = 0; i < 100; i++) {
            server.session(sid).session.send(Bytes.utf8("hello"));
        }
        assertThat(held()).isGreaterThan(100 * 100);
        client.poll(sid);
        assertThat(held()).isZero();
    }

    @Test
    void anAnswerThatIsNotReadCounts() {
        String sid = client.open();
        server.session(sid).session.sendBinary(Bytes.wrap(new byte[60_000]));
        client.stopReading();
        client.startPoll(sid);
        assertThat(held()).isGreaterThan(80_000);
        client.goOnReading();
        assertThat(client.reply().status()).isEqualTo(200);
        assertThat(held()).isZero();
    }

    @Test
    void whatTheApplicationHoldsCounts() {
        String sid = client.openWebSocket();
        EngineSession session = server.session(sid).session;
        session.holds(5000);
        assertThat(held()).isEqualTo(5000);
        client.hangUp();
        server.session(sid).assertNext("closed TRANSPORT_CLOSE");
        assertThat(held()).as("it may hold it longer than the session lasts").isEqualTo(5000);
        session.holds(-5000);
        assertThat(held()).isZero();
    }

    @Test
    void theConnectionThatHoldsMostIsClosed() {
        ClockedServer.Connection small = server.connect();
        String smallSid = small.openWebSocket();
        small.write(partial(60_000, 20_000));
        ClockedServer.Connection large = server.connect();
        String largeSid = large.openWebSocket();
        large.write(partial(120_000, 70_000));
        String sid = client.openWebSocket();
        client.write(partial(60_000, 30_000));
        assertThat(held()).isLessThan(MAX_PER_ADDRESS);
        client.write(new byte[20_000]);
        server.session(largeSid).assertNext("closed MEMORY_LIMIT");
        large.assertFrames("close");
        large.assertClosed();
        assertThat(server.exceeded).containsExactly(Limit.MEMORY_PER_ADDRESS);
        assertThat(small.isOpen()).isTrue();
        assertThat(client.isOpen()).isTrue();
        client.hangUp();
        small.hangUp();
        server.session(sid).assertNext("closed TRANSPORT_CLOSE");
        server.session(smallSid).assertNext("closed TRANSPORT_CLOSE");
    }

    @Test
    void addressesAreBoundedOneByOneAndTogether() throws IOException {
        List<ClockedServer.Connection> others = new ArrayList<>();
        for (int i = 1; i <= 3; i++) {
            ClockedServer.Connection one = server.connect("198.51.100." + i);
            one.openWebSocket();
            one.write(partial(200_000, 66_000));
            others.add(one);
        }
        assertThat(server.exceeded).isEmpty();
        ClockedServer.Connection largest = server.connect("198.51.100.4");
        String sid = largest.openWebSocket();
        largest.write(partial(200_000, 70_000));
        server.session(sid).assertNext("closed MEMORY_LIMIT");
        largest.assertFrames("close");
        assertThat(server.exceeded).isNotEmpty().containsOnly(Limit.MEMORY);
        assertThat(held()).isLessThan(MAX);
        server.sessions.all().forEach(session -> session.close(CloseReason.FORCED_CLOSE));
        server.settle();
        server.recorder.all().forEach(Recorder.Recorded::drain);
        server.advance(server.config.closeTimeout());
        for (ClockedServer.Connection one : others) {
            assertThat(one.input().readAllBytes()).isNotNull();
        }
    }

    private void restartUntrusted() {
        client.hangUp();
        server.close();
        server = new ClockedServer(builder -> builder.maxUntrustedBytes(UNTRUSTED));
    }

    @Test
    void aFrameOfAnUntrustedPeerIsRefusedAtItsHeader() {
        restartUntrusted();
        ClockedServer.Connection stranger = server.connect();
        String sid = stranger.openWebSocket();
        stranger.send(Frame.binary(new byte[UNTRUSTED]));
        assertThat(server.session(sid).drain()).hasSize(1);
        stranger.write(partial(UNTRUSTED + 1, 10));
        server.session(sid).assertNext("closed TRANSPORT_ERROR");
        assertThat(stranger.frame().toString()).startsWith("close 1009");
        assertThat(server.exceeded).containsExactly(Limit.UNTRUSTED_BYTES);
    }

    @Test
    void aTrustedPeerMaySendMore() {
        restartUntrusted();
        ClockedServer.Connection user = server.connect();
        String sid = user.openWebSocket();
        assertThat(server.session(sid).session.isTrusted()).isFalse();
        server.session(sid).session.trust();
        user.send(Frame.binary(new byte[100_000]));
        assertThat(server.session(sid).drain()).hasSize(1);
        user.hangUp();
        server.session(sid).assertNext("closed TRANSPORT_CLOSE");
    }

    @Test
    void aPostOfAnUntrustedPeerIsRefusedByItsLength() {
        restartUntrusted();
        ClockedServer.Connection stranger = server.connect();
        String sid = stranger.open();
        assertThat(stranger.post(Peer.POLLING + "&sid=" + sid, "4" + "x".repeat(UNTRUSTED - 1))
                        .status())
                .isEqualTo(200);
        server.session(sid).drain();
        assertThat(stranger.post(Peer.POLLING + "&sid=" + sid, "4" + "x".repeat(UNTRUSTED))
                        .status())
                .isEqualTo(413);
        assertThat(server.exceeded).containsExactly(Limit.UNTRUSTED_BYTES);
        server.session(sid).session.trust();
        assertThat(stranger.post(Peer.POLLING + "&sid=" + sid, "4" + "x".repeat(UNTRUSTED))
                        .status())
                .isEqualTo(200);
        server.session(sid).drain();
        stranger.hangUp();
    }

    @Test
    void withoutABoundEveryPeerIsTrusted() {
        String sid = client.openWebSocket();
        assertThat(server.session(sid).session.isTrusted()).isTrue();
    }
}
