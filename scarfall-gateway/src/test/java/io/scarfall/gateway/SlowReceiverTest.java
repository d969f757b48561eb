package io.scarfall.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.scarfall.presence.PresenceSettings;
import io.scarfall.presence.memory.MemoryCluster;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A device that stops reading while more and more is sent to its user, from its node, another one, and a service. */
class SlowReceiverTest {

    private static final int MAX_UNSENT_BYTES = 256 * 1024;
    private static final int MESSAGE_BYTES = 50_000;

    /** What the network takes before the server has to keep anything, and much more. */
    private static final int MOST_MESSAGES = 2_000;

    private final MemoryCluster cluster = MemoryCluster.builder()
            .settings(PresenceSettings.DEFAULTS.withLease(Duration.ofMillis(100), Duration.ofSeconds(10)))
            .build();
    private final RecordingMetrics metrics = new RecordingMetrics();
    private Scarfall here;
    private Scarfall there;

    @BeforeEach
    void start() {
        here = node(metrics);
        there = node(new RecordingMetrics());
    }

    private Scarfall node(RecordingMetrics counted) {
        return Scarfall.builder()
                .jwtSecret(Tokens.SECRET)
                .port(0)
                .internalPort(0)
                .cluster(cluster)
                .metrics(counted)
                .userEngine(engine -> engine.maxUnsentBytes(MAX_UNSENT_BYTES))
                .start();
    }

    @AfterEach
    void stop() {
        here.close();
        there.close();
    }

    /** Joins as a user by WebSocket, and reads nothing from then on. */
    private Socket stuck(String userId) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(4_096);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), here.userPort()));
        OutputStream out = socket.getOutputStream();
        out.write(("GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
                        + "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
        byte[] join = ("40{\"token\":\"" + Tokens.of(userId) + "\"}").getBytes(StandardCharsets.US_ASCII);
        out.write(
                new byte[] {(byte) 0x81, (byte) (0x80 | 126), (byte) (join.length >> 8), (byte) join.length, 0, 0, 0, 0
                });
        out.write(join);
        StringBuilder received = new StringBuilder();
        DataInputStream in = new DataInputStream(socket.getInputStream());
        while (received.indexOf("connected") < 0) {
            received.append((char) in.readUnsignedByte());
        }
        return socket;
    }

    @ParameterizedTest
    @ValueSource(strings = {"its node", "another node", "a service"})
    void itIsClosedAloneAndTheStatusIsHonest(String from) throws IOException {
        String text = "x".repeat(MESSAGE_BYTES);
        try (Socket slow = stuck("slow");
                Client quick = Client.user(here.userPort(), "quick");
                Client sender = from.equals("a service")
                        ? Client.connect(there.internalPort()).joined()
                        : Client.user((from.equals("its node") ? here : there).userPort(), "sender")) {
            List<JsonNode> answers = new ArrayList<>();
            JsonNode last;
            do {
                last = sender.send(text, "slow", "quick").at("/recipients");
                answers.add(last);
            } while (last.at("/failed").isEmpty() && answers.size() < MOST_MESSAGES);

            assertThat(last).isEqualTo(Client.parse("{'total':2,'sent':['quick'],'failed':['slow']}"));
            assertThat(answers.subList(0, answers.size() - 1))
                    .allSatisfy(answer -> assertThat(answer.at("/sent")).hasSize(2));
            assertThat(metrics.count("scarfall.closes{port=users,reason=too_slow}"))
                    .isEqualTo(1);
            assertThat(metrics.count("scarfall.limits{limit=unsent_bytes}")).isEqualTo(1);
            for (JsonNode ignored : answers) {
                assertThat(quick.next("message").at("/message").asText()).hasSize(MESSAGE_BYTES);
            }
            assertThat(quick.ask("ping").has("timestamp")).isTrue();
            await().atMost(Client.PATIENCE)
                    .untilAsserted(() -> assertThat(cluster.presence()
                                    .status(List.of("slow"))
                                    .toCompletableFuture()
                                    .join()
                                    .get("slow")
                                    .sessionCount())
                            .isZero());
            assertThat(slow.isConnected()).isTrue();
        }
    }
}
