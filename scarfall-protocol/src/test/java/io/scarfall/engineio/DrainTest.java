package io.scarfall.engineio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How a server drains. */
class DrainTest {

    private static final Duration HOURS = Duration.ofHours(5);

    @Test
    void fewSessionsEndAtOnceWhateverTheSpread() {
        try (NetworkedServer server = new NetworkedServer()) {
            NetworkedServer.Client webSocket = server.connect();
            String first = webSocket.openWebSocket();
            NetworkedServer.Client polling = server.connect();
            String second = polling.open();
            polling.startPoll(second);
            EngineSession polled = server.session(second).session;
            Awaitility.await()
                    .until(() -> CompletableFuture.supplyAsync(polled::isWritable, polled::execute)
                            .join());
            CompletableFuture<Integer> drained = server.server.drain(HOURS).toCompletableFuture();
            assertThat(drained).succeedsWithin(Duration.ofSeconds(20)).isEqualTo(2);
            webSocket.assertFrames("close");
            assertThat(polling.reply().body()).isEqualTo("1");
            server.session(first).assertNext("closed SERVER_SHUTTING_DOWN");
            server.session(second).assertNext("closed SERVER_SHUTTING_DOWN");
        }
    }

    @Test
    void aClientThatPollsFirstFetchesWhatWasSent() {
        try (ClockedServer server = new ClockedServer()) {
            ClockedServer.Connection client = server.connect();
            String sid = client.open();
            server.session(sid).session.send(Bytes.utf8("owed"));
            CompletableFuture<Integer> drained =
                    server.sessions.drain(Duration.ZERO, client.eventLoop()).toCompletableFuture();
            server.session(sid).assertNext("closed SERVER_SHUTTING_DOWN");
            assertThat(drained).isNotDone();
            assertThat(client.poll(sid)).isEqualTo("4owed");
            assertThat(client.poll(sid)).isEqualTo("6\u001e1");
            assertThat(drained).isCompletedWithValue(1);
        }
    }

    @Test
    void aClientThatDoesNotPollIsWaitedForBriefly() {
        try (ClockedServer server = new ClockedServer(builder -> builder.closeTimeout(Duration.ofSeconds(30)))) {
            ClockedServer.Connection client = server.connect();
            String sid = client.open();
            server.session(sid).session.send(Bytes.utf8("owed"));
            CompletableFuture<Integer> drained =
                    server.sessions.drain(Duration.ZERO, client.eventLoop()).toCompletableFuture();
            server.advance(Duration.ofMillis(499));
            assertThat(drained).isNotDone();
            server.advance(Duration.ofMillis(1));
            assertThat(drained).isCompletedWithValue(1);
            server.session(sid).assertNext("closed SERVER_SHUTTING_DOWN");
        }
    }

    @Test
    void whileItDrainsConnectionsGetNoNewSessionAndEnd() {
        try (NetworkedServer server = new NetworkedServer()) {
            NetworkedServer.Client polling = server.connect();
            NetworkedServer.Client webSocket = server.connect();
            NetworkedServer.Client other = server.connect();
            for (NetworkedServer.Client client : List.of(polling, webSocket, other)) {
                assertThat(client.get("/nowhere").status()).isEqualTo(404);
            }
            server.server.drain(HOURS);
            Awaitility.await()
                    .untilAsserted(() -> assertThatThrownBy(server::connect).isInstanceOf(UncheckedIOException.class));
            assertThat(polling.get(Peer.POLLING).status()).isEqualTo(503);
            polling.assertClosed();
            webSocket.requestUpgrade(Peer.WEBSOCKET);
            assertThat(webSocket.reply().status()).isEqualTo(503);
            webSocket.assertClosed();
            assertThat(other.get("/nowhere").status()).as("still answered").isEqualTo(404);
            other.assertClosed();
            assertThat(server.recorder.all()).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({"600, PT0.1S, 300", "600, PT0S, 600", "600, PT10S, 250", "510, PT0.5S, 250"})
    void manySessionsEndInBatches(int sessions, Duration spread, int batch) {
        try (ClockedServer server =
                new ClockedServer(builder -> builder.connections(ConnectionLimits.DEFAULT.withoutAddresses()))) {
            ClockedServer.Connection client = server.connect();
            List<String> sids = new ArrayList<>();
            for (int i = 0; i < sessions; i++) {
                sids.add(client.open());
            }
            CompletableFuture<Integer> drained =
                    server.sessions.drain(spread, client.eventLoop()).toCompletableFuture();
            int left = sessions - batch;
            while (left > 0) {
                assertThat(server.sessions.size()).isEqualTo(left);
                assertThat(drained).isNotDone();
                server.advance(Duration.ofMillis(49));
                assertThat(server.sessions.size()).as("before it is time").isEqualTo(left);
                server.advance(Duration.ofMillis(1));
                left -= batch;
            }
            assertThat(server.sessions.size()).isZero();
            assertThat(drained).isCompletedWithValue(sessions);
            sids.forEach(sid -> server.session(sid).assertNext("closed SERVER_SHUTTING_DOWN"));
        }
    }
}
