package io.scarfall.engineio;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Peers that read slowly, or not at all: how much may wait for them, and when their session ends. */
class SlowPeerTest {

    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    /** How late a session may wake. */
    private static final Duration TICK = Duration.ofMillis(250);

    private static final Bytes LARGE = Bytes.utf8("x".repeat(900_000));

    private final ClockedServer server = new ClockedServer();
    private final ClockedServer.Connection client = server.connect();

    @AfterEach
    void tearDown() {
        server.close();
    }

    private EngineSession open(String transport, String[] sid) {
        sid[0] = transport.equals("polling") ? client.open() : client.openWebSocket();
        return server.session(sid[0]).session;
    }

    @ParameterizedTest
    @ValueSource(strings = {"polling", "websocket"})
    void messagesThatDoNotFitAreRefusedAndTheSessionContinues(String transport) {
        String[] sid = new String[1];
        EngineSession session = open(transport, sid);
        client.stopReading();
        assertThat(session.send(LARGE)).isTrue();
        for (int i = 0; i < 10; i++) {
            assertThat(session.send(LARGE)).isFalse();
            server.advance(Duration.ofSeconds(1));
        }
        assertThat(session.send(Bytes.utf8("fits"))).isTrue();
        assertThat(server.exceeded).hasSize(10).containsOnly(Limit.UNSENT_BYTES);
        client.goOnReading();
        if (transport.equals("polling")) {
            assertThat(client.poll(sid[0])).hasSize(900_001 + 6).endsWith("x\u001E4fits");
        } else {
            assertThat(client.frame().payload().length()).isEqualTo(900_001);
            client.assertFrames("text 4fits");
        }
        assertThat(session.isOpen()).isTrue();
        assertThat(session.send(LARGE)).isTrue();
        if (transport.equals("polling")) {
            assertThat(client.poll(sid[0])).hasSize(900_001);
        } else {
            assertThat(client.frame().payload().length()).isEqualTo(900_001);
        }
    }

    @Test
    void webSocketThatTakesNothingEndsAtTheTimeout() {
        String[] sid = new String[1];
        EngineSession session = open("websocket", sid);
        client.stopReading();
        session.send(LARGE);
        server.advance(TIMEOUT.minus(TICK));
        session.send(Bytes.utf8("more"));
        server.session(sid[0]).assertNothing();
        server.advance(TICK.plus(TICK));
        server.session(sid[0]).assertNext("closed TOO_SLOW");
        client.assertClosed();
        assertThat(server.exceeded).containsExactly(Limit.SLOW_TIMEOUT);
    }

    @Test
    void pollsThatDoNotComeEndTheSessionAtTheTimeout() {
        String[] sid = new String[1];
        EngineSession session = open("polling", sid);
        session.send(LARGE);
        server.advance(TIMEOUT.minus(TICK));
        assertThat(client.poll(sid[0])).hasSize(900_001);
        session.send(Bytes.utf8("more"));
        server.advance(TIMEOUT.minus(TICK));
        server.session(sid[0]).assertNothing();
        server.advance(Duration.ofSeconds(3));
        server.session(sid[0]).assertNext("closed TOO_SLOW");
    }

    @Test
    void webSocketThatReadsSlowlyStaysOpen() {
        String[] sid = new String[1];
        EngineSession session = open("websocket", sid);
        client.stopReading();
        session.send(LARGE);
        for (int i = 0; i < 60; i++) {
            server.advance(Duration.ofSeconds(19)); // with pings after the output that waits
            client.read(Backlog.LEAST_PROGRESS_BYTES);
            assertThat(session.isOpen()).as("after %d looks", i).isTrue();
        }
        client.goOnReading();
        assertThat(client.frame().payload().length()).isEqualTo(900_001);
        client.assertFrames("text 2");
        client.send("3");
        server.session(sid[0]).assertNothing();
    }

    @Test
    void aFewBytesAreNoProgress() {
        String[] sid = new String[1];
        EngineSession session = open("websocket", sid);
        client.stopReading();
        session.send(LARGE);
        for (int i = 0; i < 19; i++) {
            client.read(100);
            server.advance(Duration.ofSeconds(1));
        }
        server.session(sid[0]).assertNothing();
        server.advance(Duration.ofSeconds(2));
        server.session(sid[0]).assertNext("closed TOO_SLOW");
        assertThat(client.unread()).hasSize(1900);
        client.read(0);
        client.discard();
    }

    /** The queue keeps growing, by messages much smaller than their overhead; but the peer reads. */
    @Test
    void progressIsSeenWhileMoreAndMoreWaits() {
        String[] sid = new String[1];
        EngineSession session = open("websocket", sid);
        client.stopReading();
        for (int second = 0; second < 60; second++) {
            for (int i = 0; i < 60; i++) {
                assertThat(session.send(Bytes.utf8("small"))).isTrue();
                server.settle();
            }
            client.read(300);
            server.advance(Duration.ofSeconds(1));
            if (second % 20 == 10) {
                client.send("3");
            }
        }
        assertThat(session.isOpen()).isTrue();
        client.goOnReading();
        client.discard();
    }

    @Test
    void aStalledProcessEndsNoSession() {
        String[] sid = new String[1];
        EngineSession session = open("websocket", sid);
        client.stopReading();
        session.send(LARGE);
        server.advance(Duration.ofSeconds(1));
        server.stall(Duration.ofHours(1));
        server.settle();
        client.goOnReading();
        assertThat(client.frame().payload().length()).isEqualTo(900_001);
        client.assertFrames("text 2");
        assertThat(session.isOpen()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"polling", "websocket"})
    void neededMessagesHaveRoomOfTheirOwn(String transport) {
        String[] sid = new String[1];
        EngineSession session = open(transport, sid);
        client.stopReading();
        session.send(Bytes.utf8("x".repeat(1_040_000)));
        Bytes answer = Bytes.utf8("y".repeat(10_000));
        int taken = 0;
        while (session.sendNeeded(answer, List.of()) && taken < 1000) {
            assertThat(session.send(answer)).isFalse();
            taken++;
        }
        assertThat(taken).as("answers of 10 kB in 1 MiB").isBetween(100, 106);
        server.session(sid[0]).assertNext("closed TOO_SLOW");
        if (transport.equals("websocket")) {
            client.assertClosed();
        }
    }

    @Test
    void answersInProgressCountAsWaiting() {
        String[] sid = new String[1];
        EngineSession session = open("polling", sid);
        client.stopReading();
        client.startPoll(sid[0]);
        assertThat(session.send(LARGE)).isTrue();
        server.settle();
        assertThat(session.send(LARGE))
                .as("what was fetched, but not read, waits")
                .isFalse();
        for (int i = 0; i < 60; i++) {
            server.advance(Duration.ofSeconds(19));
            client.read(Backlog.LEAST_PROGRESS_BYTES);
        }
        client.goOnReading();
        assertThat(client.reply().body()).hasSize(900_001);
        assertThat(session.send(LARGE)).isTrue();
        assertThat(client.poll(sid[0])).hasSize(900_001 + 2).startsWith("2\u001E");
    }

    @Test
    void anAnswerThatIsNotReadEndsTheSession() {
        String[] sid = new String[1];
        EngineSession session = open("polling", sid);
        client.stopReading();
        client.startPoll(sid[0]);
        session.send(LARGE);
        server.advance(TIMEOUT.minus(TICK));
        server.session(sid[0]).assertNothing();
        server.advance(Duration.ofSeconds(3));
        server.session(sid[0]).assertNext("closed TOO_SLOW");
        client.assertClosed();
        assertThat(server.exceeded).containsExactly(Limit.SLOW_TIMEOUT);
    }

    @Test
    void anUpgradeMovesTheBacklog() {
        String[] sid = new String[1];
        EngineSession session = open("polling", sid);
        session.send(LARGE);
        server.advance(Duration.ofSeconds(15));
        ClockedServer.Connection webSocket = server.connect();
        webSocket.upgrade(sid[0]);
        webSocket.send("2probe");
        webSocket.assertFrames("text 3probe");
        webSocket.stopReading();
        webSocket.send("5");
        server.advance(TIMEOUT.minus(TICK));
        server.session(sid[0]).assertNothing();
        webSocket.goOnReading();
        assertThat(webSocket.frame().payload().length()).isEqualTo(900_001);
        webSocket.assertFrames("text 2");
    }
}
