package io.scarfall.engineio;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Connections whose clients do nothing, or do not read. */
class ConnectionTest {

    private static final Duration IDLE = Duration.ofSeconds(60);

    private final ClockedServer server = new ClockedServer();
    private final ClockedServer.Connection client = server.connect();

    @AfterEach
    void tearDown() {
        server.close();
    }

    @Test
    void connectionThatIsNotUsedIsClosed() {
        assertThat(client.get("/nowhere").status()).isEqualTo(404);
        server.advance(IDLE.minusNanos(1));
        client.assertOpenAndSilent();
        server.advance(Duration.ofNanos(1));
        client.assertClosed();
        assertThat(server.exceeded).isEmpty();
    }

    @Test
    void connectionThatIsUsedStaysOpen() {
        for (int i = 0; i < 20; i++) {
            server.advance(Duration.ofSeconds(55));
            assertThat(client.get("/nowhere").status()).isEqualTo(404);
        }
        client.assertOpenAndSilent();
    }

    @Test
    void connectionThatWaitsForTheServerStaysOpen() {
        ClockedServer patient = new ClockedServer(builder -> builder.pingInterval(Duration.ofMinutes(10)));
        ClockedServer.Connection poller = patient.connect();
        String sid = poller.open();
        poller.startPoll(sid);
        patient.advance(Duration.ofMinutes(9));
        patient.session(sid).session.send(Bytes.utf8("x"));
        assertThat(poller.reply().body()).isEqualTo("4x");
        patient.close();
    }

    @Test
    void webSocketMayBeSilentBetweenItsHeartbeats() {
        ClockedServer patient = new ClockedServer(builder -> builder.pingInterval(Duration.ofMinutes(10)));
        ClockedServer.Connection webSocket = patient.connect();
        webSocket.openWebSocket();
        patient.advance(Duration.ofMinutes(9));
        webSocket.assertOpenAndSilent();
        patient.close();
    }

    @Test
    void postThatStopsArrivingClosesItsSession() {
        ClockedServer patient = new ClockedServer(builder -> builder.pingInterval(Duration.ofMinutes(10)));
        String sid = patient.connect().open();
        ClockedServer.Connection poster = patient.connect();
        poster.write("POST " + Peer.POLLING + "&sid=" + sid + " HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n4x");
        patient.advance(HttpLimits.DEFAULT.bodyTimeout().minusNanos(1));
        poster.assertOpenAndSilent();
        patient.advance(Duration.ofNanos(1));
        assertThat(poster.reply().status()).isEqualTo(408);
        poster.assertClosed();
        assertThat(patient.exceeded).containsExactly(Limit.BODY_TIMEOUT);
        patient.session(sid).assertNext("closed TRANSPORT_ERROR");
        patient.close();
    }

    @Test
    void clientThatDoesNotReadItsAnswersIsNotReadItself() {
        client.stopReading();
        int written = 0;
        while (client.config().isAutoRead() && written < 10_000) {
            client.write("GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n");
            written++;
        }
        assertThat(written).isBetween(50, 2_000);
        client.goOnReading();
        assertThat(client.config().isAutoRead()).isTrue();
        for (int i = 0; i < written; i++) {
            assertThat(client.reply().status()).isEqualTo(404);
        }
        assertThat(client.get("/nowhere").status()).isEqualTo(404);
    }

    @Test
    void thousandRequestsAfterAPollCloseTheConnectionWithoutAnError() {
        String sid = server.connect().open();
        try (ErrorLog errors = new ErrorLog()) {
            client.write("GET " + Peer.POLLING + "&sid=" + sid + " HTTP/1.1\r\nHost: x\r\n\r\n"
                    + "GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n".repeat(1000));
            errors.assertNothing();
        }
        client.assertClosed();
        server.session(sid).assertNext("closed TRANSPORT_ERROR");
        assertThat(server.exceeded).containsExactly(Limit.PIPELINED_REQUESTS);
    }

    @Test
    void upgradeAfterUnreadAnswersResumesReading() {
        client.stopReading();
        int written = 0;
        while (client.config().isAutoRead() && written < 10_000) {
            client.write("GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n");
            written++;
        }
        client.requestUpgrade(Peer.WEBSOCKET); // it was on its way
        client.goOnReading();
        for (int i = 0; i < written; i++) {
            assertThat(client.reply().status()).isEqualTo(404);
        }
        client.assertUpgraded();
        assertThat(client.frame().toString()).startsWith("text 0{");
        assertThat(client.config().isAutoRead()).isTrue();
    }
}
