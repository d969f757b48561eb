package io.scarfall.engineio;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeartbeatTest {

    private static final Duration INTERVAL = Duration.ofSeconds(25);
    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    /** How late a session may wake. */
    private static final Duration TICK = Duration.ofMillis(250);

    private static final Duration INSTANT = Duration.ofNanos(1);

    private ClockedServer server = new ClockedServer();

    @AfterEach
    void tearDown() {
        server.close();
    }

    private void assertTimedOut(ClockedServer.Connection client, String sid) {
        client.assertFrames("close");
        server.session(sid).assertNext("closed PING_TIMEOUT");
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 1_000_000, 249_999_999, 250_000_000, 250_000_001, 123_456_789_012L})
    void pingComesAtTheIntervalOrWithinOneTick(long startNanos) {
        server.stall(Duration.ofNanos(startNanos));
        ClockedServer.Connection client = server.connect();
        client.openWebSocket();
        server.advance(INTERVAL.minus(INSTANT));
        client.assertOpenAndSilent();
        server.advance(TICK);
        client.assertFrames("text 2");
        client.assertOpenAndSilent();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 249_999_999, 250_000_000})
    void silenceAfterAPingEndsTheSessionAfterTheTimeoutOrWithinOneTick(long startNanos) {
        server.stall(Duration.ofNanos(startNanos));
        ClockedServer.Connection client = server.connect();
        String sid = client.openWebSocket();
        server.advance(INTERVAL.plus(TIMEOUT).minus(INSTANT));
        client.assertFrames("text 2");
        client.assertOpenAndSilent();
        server.session(sid).assertNothing();
        server.advance(TICK);
        assertTimedOut(client, sid);
        assertThat(server.sessions.size()).isZero();
    }

    @Test
    void answerStartsTheNextInterval() {
        ClockedServer.Connection client = server.connect();
        client.openWebSocket();
        for (int beat = 0; beat < 100; beat++) {
            server.advance(INTERVAL.plus(TICK));
            client.assertFrames("text 2");
            server.advance(Duration.ofSeconds(beat % 19));
            client.send("3");
            server.advance(INTERVAL.minus(INSTANT));
            client.assertOpenAndSilent();
            server.advance(TICK);
            client.assertFrames("text 2");
            client.send("3");
        }
    }

    @Test
    void pingIsSentOnceWhileItsAnswerIsAwaited() {
        ClockedServer.Connection client = server.connect();
        String sid = client.openWebSocket();
        server.advance(INTERVAL.plus(TICK));
        client.assertFrames("text 2");
        for (int i = 0; i < 10; i++) {
            server.advance(TIMEOUT.minus(TICK).minus(TICK));
            client.send("4x");
            server.session(sid).assertNext("text x");
            client.assertOpenAndSilent();
        }
    }

    @Test
    void otherPacketsAfterAPingRestartTheTimeout() {
        ClockedServer.Connection client = server.connect();
        String sid = client.openWebSocket();
        server.advance(INTERVAL.plus(TIMEOUT).minus(INSTANT));
        client.assertFrames("text 2");
        client.send("6");
        server.advance(TIMEOUT.minus(INSTANT));
        client.send(Frame.binary());
        server.session(sid).assertNext("binary ");
        server.advance(TIMEOUT.minus(INSTANT));
        client.assertOpenAndSilent();
        server.advance(TICK);
        assertTimedOut(client, sid);
    }

    @Test
    void packetsBeforeAPingDoNotDelayIt() {
        ClockedServer.Connection client = server.connect();
        String sid = client.openWebSocket();
        server.advance(INTERVAL.minus(INSTANT));
        client.send("4x");
        server.session(sid).assertNext("text x");
        server.advance(TICK);
        client.assertFrames("text 2");
        server.advance(TIMEOUT);
        assertTimedOut(client, sid);
    }

    @Test
    void unexpectedPongRestartsTheInterval() {
        ClockedServer.Connection client = server.connect();
        client.openWebSocket();
        server.advance(INTERVAL.minus(INSTANT));
        client.send("3");
        server.advance(INTERVAL.minus(INSTANT));
        client.assertOpenAndSilent();
        server.advance(TICK);
        client.assertFrames("text 2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"2", "2probe"})
    void pingOfAClientEndsTheSession(String ping) {
        ClockedServer.Connection client = server.connect();
        String sid = client.openWebSocket();
        client.send(ping);
        client.assertFrames("close");
        server.session(sid).assertNext("closed TRANSPORT_ERROR");
    }

    @Test
    void webSocketControlFramesDoNotCountAsHeartbeats() {
        ClockedServer.Connection client = server.connect();
        String sid = client.openWebSocket();
        server.advance(INTERVAL.plus(TICK));
        client.assertFrames("text 2");
        client.send(Frame.ping("x"));
        client.send(new Frame(Frame.FIN | Frame.PONG, new byte[0]));
        client.assertFrames("pong x");
        server.advance(TIMEOUT);
        assertTimedOut(client, sid);
    }

    @Test
    void pollThatIsPendingFetchesThePing() {
        ClockedServer.Connection client = server.connect();
        String sid = client.open();
        client.startPoll(sid);
        server.advance(INTERVAL.minus(INSTANT));
        client.assertOpenAndSilent();
        server.advance(TICK);
        assertThat(client.reply()).hasToString("200 text/plain; charset=UTF-8 2");
        client.post(sid, List.of("3"));
        server.advance(INTERVAL.plus(TICK));
        assertThat(client.poll(sid)).isEqualTo("2");
        server.advance(TIMEOUT);
        server.session(sid).assertNext("closed PING_TIMEOUT");
    }

    @Test
    void pollFindsTheSessionGoneAtTheVeryEndOfTheTimeout() {
        server.close();
        server = new ClockedServer(
                builder -> builder.pingInterval(Duration.ofMillis(300)).pingTimeout(Duration.ofMillis(200)));
        server.stall(Duration.ofNanos(1));
        ClockedServer.Connection client = server.connect();
        String sid = client.open();
        server.advance(Duration.ofMillis(400));
        server.stall(Duration.ofMillis(100)); // the wheel has not turned yet
        assertThat(client.get(Peer.POLLING + "&sid=" + sid))
                .hasToString("400 application/json {\"code\":1,\"message\":\"Session ID unknown\"}");
        server.session(sid).assertNext("closed PING_TIMEOUT");
    }

    @Test
    void longIntervalTakesMoreThanOneTurnOfTheWheel() {
        server.close();
        Duration interval = Duration.ofMinutes(1); // 96,000 ticks of a 32nd of the timeout, on 65,536 buckets
        server = new ClockedServer(builder -> builder.pingInterval(interval).pingTimeout(Duration.ofMillis(20)));
        ClockedServer.Connection client = server.connect();
        String sid = client.openWebSocket();
        server.advance(interval.minus(INSTANT));
        client.assertOpenAndSilent();
        server.advance(Duration.ofMillis(1));
        client.assertFrames("text 2");
        server.advance(Duration.ofMillis(20));
        assertTimedOut(client, sid);
    }

    @Test
    void sessionThatNeverPollsEnds() {
        String sid = server.connect().open();
        server.advance(INTERVAL.plus(TIMEOUT).plus(TICK));
        server.session(sid).assertNext("closed PING_TIMEOUT");
        assertThat(server.sessions.size()).isZero();
    }

    @Test
    void heartbeatSurvivesAnUpgrade() {
        String sid = server.connect().open();
        server.advance(Duration.ofSeconds(10));
        ClockedServer.Connection client = server.connect();
        client.upgrade(sid);
        client.send("2probe", "5");
        client.assertFrames("text 3probe");
        server.advance(Duration.ofSeconds(15).minus(INSTANT));
        client.assertOpenAndSilent();
        server.advance(TICK);
        client.assertFrames("text 2");
        client.send("3");
        server.advance(INTERVAL.plus(TIMEOUT).plus(TICK));
        client.assertFrames("text 2", "close");
        server.session(sid).assertNext("closed PING_TIMEOUT");
    }

    @Test
    void pingThatWasPolledIsAnsweredByWebSocket() {
        ClockedServer.Connection polling = server.connect();
        String sid = polling.open();
        polling.startPoll(sid);
        server.advance(INTERVAL.plus(TICK));
        assertThat(polling.reply().body()).isEqualTo("2");
        ClockedServer.Connection client = server.connect();
        client.upgrade(sid);
        client.send("5", "3");
        server.advance(TIMEOUT.plus(TICK));
        client.assertOpenAndSilent();
    }

    @Test
    void pingThatWasNotPolledMovesToTheWebSocket() {
        String sid = server.connect().open();
        server.advance(INTERVAL.plus(TICK));
        ClockedServer.Connection client = server.connect();
        client.upgrade(sid);
        client.send("2probe", "5");
        client.assertFrames("text 3probe", "text 2");
    }

    @Test
    void probesAreNoSignOfLife() {
        String sid = server.connect().open();
        server.advance(INTERVAL.plus(TICK));
        ClockedServer.Connection client = server.connect();
        client.upgrade(sid);
        client.send("2probe");
        client.assertFrames("text 3probe");
        server.advance(Duration.ofSeconds(9));
        client.send("2probe");
        client.assertFrames("text 3probe");
        server.advance(TIMEOUT);
        assertTimedOut(client, sid);
    }

    @Test
    void aStalledLoopThatSentNoPingEndsNoSession() {
        ClockedServer.Connection client = server.connect();
        String sid = client.openWebSocket();
        String polling = server.connect().open();
        server.stall(Duration.ofHours(1));
        server.settle();
        client.assertFrames("text 2");
        assertThat(server.connect().poll(polling)).isEqualTo("2");
        server.advance(TIMEOUT.minus(INSTANT));
        client.assertOpenAndSilent();
        client.send("3");
        server.connect().post(polling, List.of("3"));
        server.advance(INTERVAL.plus(TIMEOUT).plus(TICK));
        client.assertFrames("text 2", "close");
        server.session(sid).assertNext("closed PING_TIMEOUT");
        server.session(polling).assertNext("closed PING_TIMEOUT");
    }

    @Test
    void pollAfterAStallKeepsTheSession() {
        ClockedServer.Connection client = server.connect();
        String sid = client.open();
        server.stall(Duration.ofHours(1));
        client.startPoll(sid);
        assertThat(client.reply().body()).isEqualTo("2");
    }

    @Test
    void wheelOfALoopWithoutSessionsStands() {
        ClockedServer.Connection client = server.connect();
        String sid = client.open();
        client.post(sid, List.of("1"));
        server.session(sid).assertNext("closed TRANSPORT_CLOSE");
        server.advance(TICK.multipliedBy(2));
        assertThat(client.runScheduledPendingTasks())
                .as("next on this loop, which looks after its connection only")
                .isGreaterThan(TICK.multipliedBy(10).toNanos());
        server.advance(TICK);
        client.open();
        server.advance(INTERVAL);
    }

    @Test
    void listenerThatFailsStopsNoHeartbeat() {
        ClockedServer.Connection client = server.connect();
        String first = client.open();
        String second = client.open();
        server.recorder.onClose = (session, reason) -> {
            throw new IllegalStateException("on purpose");
        };
        try (ErrorLog errors = new ErrorLog()) {
            server.advance(INTERVAL.plus(TIMEOUT).plus(TICK));
            errors.expect("listener failed sid=", IllegalStateException.class);
            errors.expect("listener failed sid=", IllegalStateException.class);
        }
        server.recorder.onClose = (session, reason) -> {};
        server.session(first).assertNext("closed PING_TIMEOUT");
        server.session(second).assertNext("closed PING_TIMEOUT");
        String third = client.open();
        server.advance(INTERVAL.plus(TIMEOUT).plus(TICK));
        server.session(third).assertNext("closed PING_TIMEOUT");
    }

    /** Hundreds of sessions of one loop, each compared with a model. */
    @ParameterizedTest
    @ValueSource(strings = {"PT25S PT20S", "PT0.3S PT0.2S", "PT0.01S PT2S", "PT0.000000001S PT0.000000003S"})
    void everySessionEndsInTimeWhateverOtherSessionsDo(String timings) {
        Duration interval = Duration.parse(timings.substring(0, timings.indexOf(' ')));
        Duration timeout = Duration.parse(timings.substring(timings.indexOf(' ') + 1));
        long life = interval.plus(timeout).toNanos();
        long tick = Math.max(1, Math.min(TICK.toNanos(), Math.min(interval.toNanos(), timeout.toNanos()) / 32));
        Randomly.repeat(3, random -> {
            try (ClockedServer many =
                    new ClockedServer(builder -> builder.pingInterval(interval).pingTimeout(timeout))) {
                Map<String, Long> ended = new HashMap<>();
                many.recorder.onClose = (session, reason) -> ended.put(session.id(), many.nanoTime());
                Map<String, Long> lastSign = new HashMap<>();
                ClockedServer.Connection client = many.connect();
                for (int step = 0; step < 300; step++) {
                    many.advance(Duration.ofNanos(random.nextLong(life / 20 + 2)));
                    client = client.isOpen() ? client : many.connect(); // the server closes an idle connection
                    if (step < 200) {
                        lastSign.put(client.open(), many.nanoTime());
                    }
                    List<String> living = lastSign.keySet().stream()
                            .filter(sid -> many.nanoTime() - lastSign.get(sid) < life)
                            .toList();
                    if (random.nextInt(3) > 0 && !living.isEmpty()) {
                        String sid = living.get(random.nextInt(living.size()));
                        client.post(sid, List.of("3"));
                        lastSign.put(sid, many.nanoTime());
                    }
                }
                many.advance(interval.plus(timeout).plus(timeout));
                lastSign.forEach((sid, time) -> {
                    assertThat(ended.get(sid) - time).as("life").isBetween(life, life + tick);
                    many.session(sid).assertNext("closed PING_TIMEOUT");
                });
            }
        });
    }
}
