package io.scarfall.engineio;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A session moves from polling to WebSocket. */
class UpgradeTest {

    private static final String MISMATCH = "400 application/json {\"code\":3,\"message\":\"Bad request\"}";
    private static final Duration RELEASE_DELAY = Duration.ofMillis(100);

    private ClockedServer server = new ClockedServer();
    private ClockedServer.Connection getter = server.connect();
    private ClockedServer.Connection poster = server.connect();
    private ClockedServer.Connection webSocket = server.connect();
    private String sid = getter.open();
    private String target = Peer.POLLING + "&sid=" + sid;
    private EngineSession session = server.session(sid).session;

    @AfterEach
    void tearDown() {
        server.close();
    }

    private void assertPolling() {
        assertThat(session.isOpen()).isTrue();
        assertThat(session.transport()).isEqualTo("polling");
        session.send(Bytes.utf8("still here"));
        assertThat(getter.poll(sid)).isEqualTo("4still here");
        getter.startPoll(sid);
        server.advance(RELEASE_DELAY.multipliedBy(2));
        getter.assertOpenAndSilent();
        session.send(Bytes.utf8("x"));
        assertThat(getter.reply().body()).as("polls wait again").isEqualTo("4x");
        poster.post(sid, List.of("4hello"));
        server.session(sid).assertNext("text hello");
    }

    private void assertUpgraded() {
        assertThat(session.transport()).isEqualTo("websocket");
        session.send(Bytes.utf8("up"));
        webSocket.assertFrames("text 4up");
        webSocket.send("4hello");
        server.session(sid).assertNext("text hello");
    }

    @Test
    void upgradeFollowsTheSpecification() {
        getter.startPoll(sid);
        webSocket.upgrade(sid);
        webSocket.assertOpenAndSilent();
        getter.assertOpenAndSilent();
        webSocket.send("2probe");
        webSocket.assertFrames("text 3probe");
        assertThat(getter.reply()).hasToString("200 text/plain; charset=UTF-8 6");
        webSocket.send("5");
        webSocket.assertOpenAndSilent();
        assertUpgraded();
        server.advance(Duration.ofSeconds(10));
        webSocket.assertOpenAndSilent();
    }

    @Test
    void everyPollDuringTheProbeIsReleased() {
        webSocket.upgrade(sid);
        webSocket.send("2probe");
        webSocket.assertFrames("text 3probe");
        for (int i = 0; i < 3; i++) {
            getter.startPoll(sid);
            server.advance(RELEASE_DELAY.minusNanos(1));
            getter.assertOpenAndSilent();
            server.advance(Duration.ofNanos(1));
            assertThat(getter.reply().body()).isEqualTo("6");
        }
        webSocket.send("5");
        assertUpgraded();
    }

    @Test
    void pollDuringTheProbeFetchesPackets() {
        webSocket.upgrade(sid);
        webSocket.send("2probe");
        webSocket.assertFrames("text 3probe");
        getter.startPoll(sid);
        session.send(Bytes.utf8("one"));
        assertThat(getter.reply().body()).isEqualTo("4one");
        session.send(Bytes.utf8("two"));
        assertThat(getter.poll(sid)).isEqualTo("4two");
        poster.post(sid, List.of("4three"));
        server.session(sid).assertNext("text three");
        server.advance(RELEASE_DELAY);
        webSocket.send("5");
        assertUpgraded();
    }

    @Test
    void whatWaitsMovesToTheWebSocketInItsOrder() {
        List<String> frames = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            session.send(Bytes.utf8("before " + i));
            frames.add("text 4before " + i);
        }
        webSocket.upgrade(sid);
        webSocket.send("2probe");
        webSocket.assertFrames("text 3probe");
        session.sendBinary(Bytes.copyOf((byte) 1));
        frames.add("binary 01");
        session.send(Bytes.EMPTY);
        frames.add("text 4");
        webSocket.send("5");
        session.send(Bytes.utf8("after"));
        frames.add("text 4after");
        webSocket.assertFrames(frames.toArray(String[]::new));
    }

    @Test
    void probeUpgradeAndMessagesMayComeAtOnce() {
        server.recorder.echo();
        getter.startPoll(sid);
        webSocket.upgrade(sid);
        session.send(Bytes.utf8("waiting"));
        webSocket.write(Frame.bytes(Frame.text("2probe"), Frame.text("5"), Frame.text("4a"), Frame.text("4b")));
        server.session(sid).assertNext("text a", "text b");
        assertThat(getter.reply().body()).isEqualTo("4waiting\u001E6");
        webSocket.assertFrames("text 3probe", "text 4a", "text 4b");
    }

    @Test
    void upgradeNeedsNoProbe() {
        webSocket.upgrade(sid);
        webSocket.send("5");
        assertUpgraded();
    }

    @Test
    void probeMayBeRepeated() {
        webSocket.upgrade(sid);
        webSocket.send("2probe", "2probe");
        webSocket.assertFrames("text 3probe", "text 3probe");
        webSocket.send("5");
        assertUpgraded();
    }

    @Test
    void secondUpgradePacketHasNoEffect() {
        webSocket.upgrade(sid);
        webSocket.send("5", "5");
        assertUpgraded();
    }

    // After the upgrade

    @Test
    void pollingIsRefusedAfterTheUpgrade() {
        webSocket.upgrade(sid);
        webSocket.send("5");
        assertThat(getter.get(target)).hasToString(MISMATCH);
        assertThat(poster.post(target, "4x")).hasToString(MISMATCH);
        assertThat(poster.post(target, "4x", "Content-Type: application/octet-stream"))
                .hasToString(MISMATCH);
        assertThat(getter.get(target)).as("the connection lives on").hasToString(MISMATCH);
        assertUpgraded();
    }

    @Test
    void connectionsOfThePollsMayClose() {
        webSocket.upgrade(sid);
        webSocket.send("5");
        getter.hangUp();
        poster.hangUp();
        assertUpgraded();
    }

    @Test
    void pollThatIsPendingWhenTheUpgradeComesIsRefused() {
        webSocket.upgrade(sid);
        getter.startPoll(sid);
        webSocket.send("5");
        assertThat(getter.reply()).hasToString(MISMATCH);
        getter.hangUp();
        assertUpgraded();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 4", "Content-Length: 4\r\nContent-Type: application/octet-stream"})
    void postInProgressIsRefusedWhenTheUpgradeComes(String headers) {
        webSocket.upgrade(sid);
        if (headers.endsWith("4")) {
            poster.write("POST " + target + " HTTP/1.1\r\nHost: x\r\n" + headers + "\r\n\r\n4x");
            webSocket.send("5");
            poster.write("yz");
        } else {
            webSocket.send("5");
            poster.write("POST " + target + " HTTP/1.1\r\nHost: x\r\n" + headers + "\r\n\r\n4xyz");
        }
        assertThat(poster.reply()).hasToString(MISMATCH);
        assertUpgraded();
    }

    /** The session has taken a part of its packets, because reading is paused. */
    @Test
    void halfReadPostIsRefusedWhenTheUpgradeComes() {
        server.recorder.onText = (session, message) -> {
            if (message.utf8().equals("stop")) {
                session.pauseReading();
            }
        };
        poster.request("POST", target, "4a\u001E4stop\u001E4b");
        server.session(sid).assertNext("text a", "text stop");
        poster.assertOpenAndSilent();
        webSocket.upgrade(sid);
        webSocket.send("5");
        assertThat(poster.reply()).hasToString(MISMATCH);
        session.resumeReading();
        server.session(sid).assertNothing();
        assertUpgraded();
    }

    @Test
    void postInProgressThatIsTooLargeIsRefused() {
        webSocket.upgrade(sid);
        poster.write("POST " + target + " HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n4x\r\n");
        webSocket.send("5");
        poster.write("F4241\r\n" + "x".repeat(1_000_001) + "\r\n0\r\n\r\n");
        assertThat(poster.reply().status()).isEqualTo(413);
        assertUpgraded();
    }

    @Test
    void postThatIsAbortedAfterTheUpgradeDoesNoHarm() {
        webSocket.upgrade(sid);
        poster.write("POST " + target + " HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\n4x");
        webSocket.send("5");
        poster.hangUp();
        assertUpgraded();
    }

    @Test
    void anotherWebSocketIsClosedAndTheFirstIsUntouched() {
        webSocket.upgrade(sid);
        ClockedServer.Connection early = server.connect();
        early.upgrade(sid);
        early.assertFrames("close");
        webSocket.send("2probe");
        webSocket.assertFrames("text 3probe");
        webSocket.send("5");
        ClockedServer.Connection late = server.connect();
        late.upgrade(sid);
        late.assertFrames("close");
        late.send("2probe", "5", "4x");
        late.send(Frame.close());
        late.assertClosed();
        assertUpgraded();
    }

    @Test
    void sessionThatBeganByWebSocketCannotBeUpgraded() {
        ClockedServer.Connection first = server.connect();
        String other = first.openWebSocket();
        webSocket.upgrade(other);
        webSocket.assertFrames("close");
        webSocket.send("5");
        assertThat(server.session(other).session.isOpen()).isTrue();
        first.assertOpenAndSilent();
    }

    // Upgrades that fail

    @ParameterizedTest
    @ValueSource(strings = {"2", "2prob", "4x", "", "abc", "b", "1", "3", "3probe", "6", "0{}", "7"})
    void anythingElseClosesTheWebSocketOnly(String packet) {
        webSocket.upgrade(sid);
        webSocket.send(packet);
        webSocket.assertFrames("close");
        webSocket.send("2probe", "5", "4late");
        assertPolling();
    }

    @Test
    void anythingElseAfterTheProbeClosesTheWebSocketOnly() {
        webSocket.upgrade(sid);
        webSocket.send("2probe", "4x");
        webSocket.assertFrames("text 3probe", "close");
        assertPolling();
    }

    @Test
    void binaryFrameClosesTheWebSocketOnly() {
        webSocket.upgrade(sid);
        webSocket.send(Frame.binary((byte) 5));
        webSocket.assertFrames("close");
        assertPolling();
    }

    @Test
    void frameAgainstTheRulesClosesTheWebSocketOnly() {
        webSocket.upgrade(sid);
        webSocket.write(new byte[] {(byte) 0xC1, (byte) 0x80});
        webSocket.assertFrames("close 1002");
        webSocket.assertClosed();
        assertPolling();
    }

    @Test
    void textThatIsNotUtf8ClosesTheWebSocketOnly() {
        webSocket.upgrade(sid);
        webSocket.send(new Frame(Frame.FIN | Frame.TEXT, new byte[] {'4', (byte) 0xC3}));
        webSocket.assertFrames("close 1007");
        webSocket.assertClosed();
        assertPolling();
    }

    @Test
    void silenceClosesTheWebSocketOnly() {
        getter.startPoll(sid);
        webSocket.upgrade(sid);
        webSocket.send("2probe");
        webSocket.assertFrames("text 3probe");
        assertThat(getter.reply().body()).isEqualTo("6");
        server.advance(Duration.ofSeconds(10).minusNanos(1));
        webSocket.assertOpenAndSilent();
        server.advance(Duration.ofNanos(1));
        webSocket.assertFrames("close");
        webSocket.send("5");
        assertPolling();
    }

    @Test
    void timeoutOfAFailedUpgradeDoesNotEndTheNextUpgrade() {
        webSocket.upgrade(sid);
        webSocket.send("6");
        webSocket.assertFrames("close");
        server.advance(Duration.ofSeconds(5));
        webSocket = server.connect();
        webSocket.upgrade(sid);
        webSocket.send("2probe");
        webSocket.assertFrames("text 3probe");
        server.advance(Duration.ofSeconds(10).minusNanos(1));
        webSocket.assertOpenAndSilent();
        webSocket.send("5");
        assertUpgraded();
    }

    @Test
    void pollThatWaitsForItsReleaseWaitsOnWhenTheProbeFails() {
        webSocket.upgrade(sid);
        webSocket.send("2probe");
        webSocket.assertFrames("text 3probe");
        getter.startPoll(sid);
        webSocket.send("6");
        webSocket.assertFrames("close");
        server.advance(Duration.ofSeconds(1));
        getter.assertOpenAndSilent();
        session.send(Bytes.utf8("x"));
        assertThat(getter.reply().body()).isEqualTo("4x");
    }

    @ParameterizedTest
    @ValueSource(strings = {"close frame", "hang up", "reset"})
    void webSocketThatGoesAwayLeavesTheSessionPolling(String how) {
        for (String sent : new String[] {"", "2probe"}) {
            webSocket.upgrade(sid);
            if (!sent.isEmpty()) {
                webSocket.send(sent);
                webSocket.assertFrames("text 3probe");
            }
            switch (how) {
                case "close frame" -> {
                    webSocket.send(Frame.close());
                    webSocket.assertFrames("close");
                    webSocket.assertClosed();
                }
                case "hang up" -> webSocket.hangUp();
                default -> {
                    webSocket.reset();
                    webSocket.assertFrames("close");
                }
            }
            assertPolling();
            webSocket = server.connect();
        }
        webSocket.upgrade(sid);
        webSocket.send("5");
        assertUpgraded();
    }

    @Test
    void clientThatProbesAndDoesNotReadIsCutOff() {
        server.close();
        server = new ClockedServer(builder -> builder.maxUnsentBytes(1000));
        getter = server.connect();
        poster = server.connect();
        webSocket = server.connect();
        sid = getter.open();
        session = server.session(sid).session;
        webSocket.upgrade(sid);
        webSocket.stopReading();
        for (int i = 0; i < 1000 && !webSocket.unread().contains("x"); i++) {
            webSocket.send("2probe");
        }
        webSocket.goOnReading();
        Frame frame = webSocket.frame();
        for (int i = 0; i < 1000 && frame.toString().equals("text 3probe"); i++) {
            frame = webSocket.frame();
        }
        assertThat(frame).hasToString("close");
        assertPolling();
    }

    // Sessions that end during an upgrade

    @Test
    void clientThatClosesBetweenProbeAndUpgradeClosesBoth() {
        webSocket.upgrade(sid);
        webSocket.send("2probe");
        webSocket.assertFrames("text 3probe");
        poster.post(sid, List.of("1"));
        webSocket.assertFrames("close");
        webSocket.send("5");
        server.session(sid).assertNext("closed TRANSPORT_CLOSE");
    }

    @Test
    void closeDuringAnUpgradeGoesOutByPolling() {
        webSocket.upgrade(sid);
        webSocket.send("2probe");
        webSocket.assertFrames("text 3probe");
        session.send(Bytes.utf8("bye"));
        session.close(CloseReason.FORCED_CLOSE);
        server.session(sid).assertNext("closed FORCED_CLOSE");
        assertThat(getter.poll(sid)).isEqualTo("4bye");
        assertThat(getter.poll(sid)).isEqualTo("6\u001E1");
        webSocket.assertFrames("close");
        webSocket.send("5");
        assertThat(server.sessions.size()).isZero();
    }

    @Test
    void closeDuringAnUpgradeGoesOutByTheWebSocketIfTheClientUpgrades() {
        webSocket.upgrade(sid);
        webSocket.send("2probe");
        webSocket.assertFrames("text 3probe");
        session.send(Bytes.utf8("bye"));
        session.close(CloseReason.FORCED_CLOSE);
        server.session(sid).assertNext("closed FORCED_CLOSE");
        webSocket.send("5");
        webSocket.assertFrames("text 4bye", "close");
        assertThat(server.sessions.size()).isZero();
    }

    @Test
    void timeoutOfThePingDuringAnUpgradeClosesBoth() {
        server.advance(Duration.ofSeconds(44));
        webSocket.upgrade(sid);
        server.advance(Duration.ofSeconds(2));
        webSocket.assertFrames("close");
        server.session(sid).assertNext("closed PING_TIMEOUT");
    }

    @Test
    void webSocketOfASessionThatIsClosingIsClosed() {
        session.close(CloseReason.FORCED_CLOSE);
        server.session(sid).assertNext("closed FORCED_CLOSE");
        webSocket.upgrade(sid);
        webSocket.assertFrames("close");
        assertThat(getter.poll(sid)).isEqualTo("6\u001E1");
    }

    @Test
    void webSocketOfASessionThatHasEndedIsRefused() {
        poster.post(sid, List.of("1"));
        server.session(sid).assertNext("closed TRANSPORT_CLOSE");
        webSocket.requestUpgrade(Peer.WEBSOCKET + "&sid=" + sid);
        assertThat(webSocket.reply()).hasToString("400 text/html Session ID unknown");
        webSocket.assertClosed();
    }

    // Any order of events

    @Test
    void noPacketIsLostDoubledOrReorderedInAnyOrderOfEvents() {
        Randomly.repeat(300, random -> {
            try (ClockedServer own = new ClockedServer()) {
                new Race(own, random).run();
            }
        });
    }

    /** One session with messages, polls, POSTs and an upgrade in a random order that a client may produce. */
    private static final class Race {

        private final ClockedServer server;
        private final SplittableRandom random;
        private final ClockedServer.Connection getter;
        private final ClockedServer.Connection poster;
        private final ClockedServer.Connection webSocket;
        private final String sid;
        private final List<String> received = new ArrayList<>();
        private boolean polling;
        private boolean probed;
        private boolean upgraded;
        private int sent;
        private int posted;

        Race(ClockedServer server, SplittableRandom random) {
            this.server = server;
            this.random = random;
            getter = server.connect();
            poster = server.connect();
            webSocket = server.connect();
            sid = getter.open();
        }

        void run() {
            for (int step = 0; step < 40; step++) {
                step(random.nextInt(7), step > 20);
                server.settle();
                if (polling && !getter.unread().isEmpty()) {
                    endPoll();
                }
            }
            send();
            if (polling) {
                endPoll();
            }
            probe();
            upgrade();
            send();
            while (!webSocket.unread().isEmpty()) {
                received.add(webSocket.frame().toString().substring("text ".length()));
            }
            received.removeIf("6"::equals);
            assertThat(received).isEqualTo(numbered("4m", sent));
            assertThat(server.session(sid).drain()).isEqualTo(numbered("text p", posted));
        }

        private void step(int kind, boolean late) {
            if (kind < 2) {
                send();
            } else if (kind == 2 && !polling && !upgraded) {
                getter.startPoll(sid);
                polling = true;
            } else if (kind == 3) {
                probe();
            } else if (kind == 4 && late && !polling) {
                upgrade();
            } else if (kind == 5) {
                post();
            } else {
                server.advance(Duration.ofMillis(random.nextInt(150)));
            }
        }

        private void send() {
            assertThat(server.session(sid).session.send(Bytes.utf8("m" + sent++)))
                    .isTrue();
        }

        private void endPoll() {
            received.addAll(Arrays.asList(getter.reply().body().split("\u001E", -1)));
            polling = false;
        }

        private void probe() {
            if (!probed) {
                probed = true;
                webSocket.upgrade(sid);
                webSocket.send("2probe");
                webSocket.assertFrames("text 3probe");
            }
        }

        private void upgrade() {
            if (probed && !upgraded) {
                upgraded = true;
                webSocket.send("5");
            }
        }

        private void post() {
            if (upgraded) {
                webSocket.send("4p" + posted++);
            } else {
                poster.post(sid, List.of("4p" + posted++, "4p" + posted++));
            }
        }

        private static List<String> numbered(String start, int count) {
            return IntStream.range(0, count).mapToObj(i -> start + i).toList();
        }
    }
}
