package io.scarfall.engineio;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Arrays;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Clients that come and go in every way. The watches of every test find leaked buffers. */
class ChurnTest {

    private static final int ROUNDS = 4_000;

    @Test
    void nothingRemainsOfThousandsOfClientsThatCameAndWent() {
        try (ErrorLog errors = new ErrorLog();
                NetworkedServer server = new NetworkedServer(builder -> builder.pingInterval(Duration.ofMillis(300))
                        .pingTimeout(Duration.ofMillis(200))
                        .upgradeTimeout(Duration.ofMillis(200))
                        .closeTimeout(Duration.ofMillis(200)))) {
            server.recorder.onText = (session, message) -> {
                session.send(message);
                session.sendBinary(Bytes.wrap(new byte[20_000]));
            };
            for (int round = 0; round < ROUNDS; round++) {
                NetworkedServer.Client client = server.connect();
                visit(server, client, round % 12);
                if (round % 5 == 0) {
                    client.hangUp();
                } else {
                    client.reset();
                }
            }
            Awaitility.await()
                    .untilAsserted(
                            () -> assertThat(server.server.sessionCount()).isZero());
            assertThat(server.recorder.all()).hasSize(ROUNDS / 12 * 10 + ROUNDS % 12 - 2);
            for (Recorder.Recorded session : server.recorder.all()) {
                assertThat(session.drain())
                        .filteredOn(event -> event.startsWith("closed"))
                        .hasSize(1);
            }
            errors.assertNothing();
        }
    }

    /** What a client does before it goes. */
    private static void visit(NetworkedServer server, NetworkedServer.Client client, int kind) {
        switch (kind) {
            case 0 -> client.write("garb");
            case 1 -> client.write("GET " + Peer.POLLING);
            case 2 -> client.open();
            case 3 -> client.startPoll(client.open());
            case 4 -> {
                String target = Peer.POLLING + "&sid=" + client.open();
                client.write("POST " + target + " HTTP/1.1\r\nHost: x\r\nContent-Length: 9999\r\n\r\n4half");
            }
            case 5 -> client.post(Peer.POLLING + "&sid=" + client.open(), "4x");
            case 6 -> {
                client.openWebSocket();
                client.send("4x");
            }
            case 7 -> {
                client.openWebSocket();
                client.write(Frame.text("4half a frame").masked(7));
                client.write(Arrays.copyOf(Frame.text("4half a frame").masked(), 9));
            }
            case 8 -> {
                client.openWebSocket();
                client.send(Frame.part(Frame.TEXT, (byte) '4'));
            }
            case 9 -> {
                NetworkedServer.Client other = server.connect();
                other.upgrade(client.open());
                other.send("2probe");
                other.reset();
            }
            case 10 -> {
                NetworkedServer.Client other = server.connect();
                String sid = client.open();
                client.startPoll(sid);
                other.requestUpgrade(Peer.WEBSOCKET + "&sid=" + sid);
                other.reset();
            }
            default -> {
                NetworkedServer.Client other = server.connect();
                other.upgrade(client.open());
                other.send("2probe", "5", "4x");
                other.hangUp();
            }
        }
    }
}
