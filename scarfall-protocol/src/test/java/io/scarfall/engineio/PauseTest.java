package io.scarfall.engineio;

import static org.assertj.core.api.Assertions.assertThat;

import io.scarfall.testing.Answers;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A session that takes no packets for a while. */
class PauseTest {

    private static final Duration BEAT = Duration.ofSeconds(25).plusMillis(250);

    private final ClockedServer server = new ClockedServer();
    private final ClockedServer.Connection client = server.connect();

    PauseTest() {
        pauseAtStop(server.recorder);
    }

    @AfterEach
    void tearDown() {
        server.close();
    }

    /** Pauses when a message is "stop". */
    private static void pauseAtStop(Recorder recorder) {
        recorder.onText = (session, message) -> {
            if (message.utf8().equals("stop")) {
                session.pauseReading();
            }
        };
    }

    private static String masked(String... packets) {
        return String.join("\u001E", packets);
    }

    private String openPaused() {
        String sid = client.openWebSocket();
        client.send("4stop");
        server.session(sid).assertNext("text stop");
        return sid;
    }

    @Test
    void framesWaitDuringAPauseAndComeInOrder() {
        String sid = client.openWebSocket();
        byte[] all = new byte[0];
        for (String packet : List.of("4a", "4stop", "4b", "4stop", "4c")) {
            byte[] frame = Frame.text(packet).masked();
            int length = all.length;
            all = Arrays.copyOf(all, length + frame.length);
            System.arraycopy(frame, 0, all, length, frame.length);
        }
        client.write(all);
        server.session(sid).assertNext("text a", "text stop");
        server.session(sid).assertNothing();
        assertThat(client.config().isAutoRead()).isFalse();
        client.send("4d");
        server.session(sid).assertNothing();

        server.session(sid).session.resumeReading();
        server.session(sid).assertNext("text b", "text stop");
        server.session(sid).assertNothing();
        assertThat(client.config().isAutoRead()).isFalse();

        server.session(sid).session.resumeReading();
        server.session(sid).assertNext("text c", "text d");
        assertThat(client.config().isAutoRead()).isTrue();
    }

    @Test
    void aPostIsAnsweredWhenItsPacketsWereTaken() {
        String sid = client.open();
        client.request("POST", Peer.POLLING + "&sid=" + sid, masked("4a", "4stop", "4b", "4stop"));
        server.session(sid).assertNext("text a", "text stop");
        server.session(sid).assertNothing();
        client.assertOpenAndSilent();

        server.session(sid).session.resumeReading();
        server.session(sid).assertNext("text b", "text stop");
        assertThat(client.reply()).hasToString("200 text/html ok");

        client.request("POST", Peer.POLLING + "&sid=" + sid, masked("4c"));
        server.session(sid).assertNothing();
        client.assertOpenAndSilent();
        server.session(sid).session.resumeReading();
        server.session(sid).assertNext("text c");
        assertThat(client.reply()).hasToString("200 text/html ok");
    }

    @Test
    void duringAPauseSilenceIsAllowedAndPingsGoOn() {
        String sid = openPaused();
        for (int i = 0; i < 10; i++) {
            server.advance(BEAT);
            client.assertFrames("text 2");
            client.send("3");
        }
        server.session(sid).session.resumeReading();
        client.assertOpenAndSilent();

        server.advance(BEAT);
        client.assertFrames("text 2");
        server.advance(Duration.ofSeconds(21));
        client.assertFrames("close");
        server.session(sid).assertNext("closed PING_TIMEOUT");
    }

    @Test
    void aClientThatFallsSilentDuringAPauseIsClosedAfterwards() {
        String sid = openPaused();
        server.advance(BEAT.multipliedBy(2));
        client.assertFrames("text 2", "text 2");
        server.session(sid).session.resumeReading();
        server.advance(Duration.ofSeconds(19));
        client.assertOpenAndSilent();
        server.advance(Duration.ofSeconds(2));
        client.assertFrames("close");
        server.session(sid).assertNext("closed PING_TIMEOUT");
    }

    @Test
    void aPausedSessionEndsLikeAnyOther() {
        String first = client.openWebSocket();
        client.send("4stop", "4lost");
        ClockedServer.Connection polling = server.connect();
        String second = polling.open();
        polling.request("POST", Peer.POLLING + "&sid=" + second, masked("4stop", "4lost"));
        for (String sid : List.of(first, second)) {
            server.session(sid).assertNext("text stop");
            server.session(sid).session.close(CloseReason.SERVER_SHUTTING_DOWN);
            server.session(sid).assertNext("closed SERVER_SHUTTING_DOWN");
        }
        client.assertFrames("close");
        client.send(Frame.close());
        client.assertClosed();
        assertThat(polling.reply()).hasToString("200 text/html ok");
    }

    @Test
    void aPauseContinuesAfterAnUpgrade() {
        ClockedServer.Connection polling = server.connect();
        String sid = polling.open();
        polling.post(sid, List.of("4stop"));
        server.session(sid).assertNext("text stop");
        ClockedServer.Connection webSocket = server.connect();
        webSocket.upgrade(sid);
        webSocket.send("2probe");
        webSocket.assertFrames("text 3probe");
        webSocket.send("5", "4a");
        server.session(sid).assertNothing();
        server.session(sid).session.resumeReading();
        server.session(sid).assertNext("text a");
    }

    /** The client's output fills the buffers of the network, not the memory of the server. */
    @Test
    void duringAPauseTheNetworkMakesThePeerWait() {
        try (NetworkedServer server = new NetworkedServer()) {
            pauseAtStop(server.recorder);
            NetworkedServer.Client client = server.connect();
            String sid = client.openWebSocket();
            client.send("4stop");
            server.session(sid).assertNext("text stop");
            byte[] frame = Frame.text("4" + "x".repeat(100_000)).masked();
            int frames = 400;
            CompletableFuture<Void> writing = Answers.aside(() -> {
                for (int i = 0; i < frames; i++) {
                    client.write(frame);
                }
            });
            assertThat(writing).as("40 MB are not taken").failsWithin(1, TimeUnit.SECONDS);
            server.session(sid).assertNothing();

            EngineSession session = server.session(sid).session;
            session.execute(session::resumeReading);
            Awaitility.await().until(writing::isDone);
            for (int i = 0; i < frames; i++) {
                assertThat(server.session(sid).next()).hasSize("text ".length() + 100_000);
            }
        }
    }
}
