package io.scarfall.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.scarfall.presence.PresenceSettings;
import io.scarfall.presence.internal.NodeAccess;
import io.scarfall.presence.memory.MemoryCluster;
import io.scarfall.testing.Answers;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Devices that read slowly, or not at all, while their node, another node and a service send more and more to their user. */
class SlowReceiverTest {

    private static final int LARGE = 900_000;
    private static final Duration SLOW_TIMEOUT = Duration.ofSeconds(2);
    private static final Pattern NUMBER = Pattern.compile("\"message\":\"(\\d+):");

    private final NodeAccess cluster = NodeAccess.of(MemoryCluster.builder()
            .settings(PresenceSettings.DEFAULTS.withLease(Duration.ofMillis(100), Duration.ofSeconds(10)))
            .build());
    private final RecordingMetrics metrics = new RecordingMetrics();
    private Scarfall here;
    private Scarfall there;

    @BeforeEach
    void start() {
        here = node(metrics, builder -> builder);
        there = node(new RecordingMetrics(), builder -> builder);
    }

    private Scarfall node(RecordingMetrics counted, UnaryOperator<ScarfallBuilder> changes) {
        return changes.apply(OneNode.onFreePorts().cluster(cluster).metrics(counted))
                .start();
    }

    /** Restarts the node of the devices with another {@code slowTimeout}. */
    private void startWith(Duration slowTimeout, int maxUnsentBytes) {
        here.close();
        here = node(
                new RecordingMetrics(),
                builder -> builder.userEngine(
                        engine -> engine.slowTimeout(slowTimeout).maxUnsentBytes(maxUnsentBytes)));
    }

    @AfterEach
    void stop() {
        here.close();
        there.close();
    }

    private Client sender(String from) {
        return from.equals("service")
                ? Client.connect(there.internalPort()).joined()
                : Client.user((from.equals("here") ? here : there).userPort(), "sender");
    }

    private static String numbered(int number, int length) {
        return number + ":" + "x".repeat(length);
    }

    private static int number(String packet) {
        var matcher = NUMBER.matcher(packet);
        assertThat(matcher.find())
                .as(packet.substring(0, Math.min(packet.length(), 100)))
                .isTrue();
        return Integer.parseInt(matcher.group(1));
    }

    private static boolean isSent(JsonNode answer) {
        return answer.at("/recipients/sent").size() == 1;
    }

    @ParameterizedTest
    @CsvSource({
        "websocket, here",
        "websocket, there",
        "websocket, service",
        "polling, here",
        "polling, there",
        "polling, service"
    })
    void noSenderEndsItsConnectionAndItGetsTheSentMessages(String transport, String from) throws IOException {
        try (SlowDevice slow = SlowDevice.join(transport, here.userPort(), "slow");
                Client sender = sender(from)) {
            List<Integer> sent = new ArrayList<>();
            int failed = 0;
            for (int i = 0; i < 12; i++) {
                JsonNode answer = sender.send(numbered(i, LARGE), "slow");
                if (isSent(answer)) {
                    sent.add(i);
                } else {
                    assertThat(answer.at("/code").asText()).isEqualTo("not_delivered");
                    assertThat(answer.at("/recipients/failed")).hasSize(1);
                    assertThat(answer.at("/recipients").has("uncertain")).isFalse();
                    failed++;
                }
            }
            assertThat(sent).isNotEmpty();
            assertThat(failed).isPositive();
            assertThat(metrics.count("scarfall.limits{limit=unsent_bytes}")).isEqualTo(failed);

            CompletableFuture<List<String>> read = Answers.aside(() -> slow.readUntil("the end"));
            await().atMost(Client.PATIENCE).until(() -> isSent(sender.send("the end", "slow")));
            assertThat(read.join().stream().map(SlowReceiverTest::number).toList())
                    .isEqualTo(sent);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"here", "there", "service"})
    void anotherDeviceOfItsUserGetsEverythingAndTheUserIsPartial(String from) throws IOException {
        try (SlowDevice slow = SlowDevice.join("websocket", here.userPort(), "slow");
                Client other = Client.user(here.userPort(), "slow");
                Client quick = Client.user(here.userPort(), "quick");
                Client sender = sender(from)) {
            List<Integer> whole = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                JsonNode answer =
                        sender.send(numbered(i, LARGE), "slow", "quick").at("/recipients");
                assertThat(answer.at("/sent")).hasSize(2);
                if (answer.has("partial")) {
                    assertThat(answer.at("/partial")).isEqualTo(Client.parse("['slow']"));
                } else {
                    whole.add(i);
                }
                assertThat(other.next("message").at("/message").asText()).startsWith(i + ":");
                quick.next("message");
            }
            assertThat(whole).as("sent to all devices").hasSizeBetween(1, 11);
            CompletableFuture<List<String>> read = Answers.aside(() -> slow.readUntil("the end"));
            await().atMost(Client.PATIENCE)
                    .until(() ->
                            !sender.send("the end", "slow").at("/recipients").has("partial"));
            assertThat(read.join().stream().map(SlowReceiverTest::number).toList())
                    .isEqualTo(whole);
        }
    }

    @Test
    void aDeviceOnAnotherNodeGetsTheMessageAndTheUserIsPartial() throws IOException {
        try (SlowDevice slow = SlowDevice.join("websocket", here.userPort(), "slow");
                Client other = Client.user(there.userPort(), "slow");
                Client sender = sender("there")) {
            JsonNode answer = sender.send(numbered(0, LARGE), "slow").at("/recipients");
            for (int i = 1; i < 12 && !answer.has("partial"); i++) {
                answer = sender.send(numbered(i, LARGE), "slow").at("/recipients");
            }
            assertThat(answer).isEqualTo(Client.parse("{'total':1,'sent':['slow'],'failed':[],'partial':['slow']}"));
            assertThat(other.isConnected()).isTrue();
            CompletableFuture<List<String>> read = Answers.aside(() -> slow.readUntil("the end"));
            await().atMost(Client.PATIENCE)
                    .until(() ->
                            !sender.send("the end", "slow").at("/recipients").has("partial"));
            read.join();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"websocket", "polling"})
    void aDeviceThatStopsReadingIsClosedAndOthersAreNotAffected(String transport) throws IOException {
        startWith(SLOW_TIMEOUT, 256 * 1024);
        try (SlowDevice slow = SlowDevice.join(transport, here.userPort(), "slow");
                Client quick = Client.user(here.userPort(), "quick");
                Client sender = sender("there")) {
            assertThat(slow).isNotNull();
            int messages = 0;
            JsonNode last;
            do {
                last = sender.send(numbered(messages++, 50_000), "slow", "quick")
                        .at("/recipients");
            } while (last.at("/failed").isEmpty());
            assertThat(last).isEqualTo(Client.parse("{'total':2,'sent':['quick'],'failed':['slow']}"));
            await().atMost(Client.PATIENCE)
                    .untilAsserted(() -> assertThat(sessionCount("slow")).isZero());
            for (int i = 0; i < messages; i++) {
                assertThat(quick.next("message").at("/message").asText()).startsWith(i + ":");
            }
            assertThat(quick.ask("ping").has("timestamp")).isTrue();
        }
    }

    private long sessionCount(String userId) {
        return cluster.presence()
                .status(List.of(userId))
                .toCompletableFuture()
                .join()
                .get(userId)
                .sessionCount();
    }

    /** Like a slow link: the device keeps reading a little, and much more is sent than fits. */
    @Test
    void aSlowReaderStaysConnectedLongerThanTheTimeout() throws Exception {
        startWith(
                SLOW_TIMEOUT.multipliedBy(2),
                64 * 1024); // shorter than the whole transfer, longer than a stall of a busy machine
        ScheduledExecutorService link = Executors.newSingleThreadScheduledExecutor();
        try (SlowDevice.WebSocket slow = (SlowDevice.WebSocket) SlowDevice.join("websocket", here.userPort(), "slow");
                Client sender = sender("there")) {
            AtomicLong read = new AtomicLong();
            InputStream in = slow.input();
            Future<?> reading = link.scheduleAtFixedRate(
                    () -> {
                        try {
                            int available = Math.min(40_000, in.available());
                            read.addAndGet(in.readNBytes(available).length);
                        } catch (IOException e) {
                            throw new java.io.UncheckedIOException(e);
                        }
                    },
                    0,
                    50,
                    TimeUnit.MILLISECONDS);
            int sent = 0;
            int failed = 0;
            while (read.get() < 600_000) {
                assertThat(sessionCount("slow"))
                        .as("sessions after %s bytes", read)
                        .isEqualTo(1);
                if (isSent(sender.send(numbered(0, 50_000), "slow"))) {
                    sent++;
                } else {
                    failed++;
                }
            }
            assertThat(failed).isPositive();
            assertThat(sent).isGreaterThan(5);
            assertThat(sessionCount("slow")).isEqualTo(1);
            assertThat(reading.isDone()).isFalse();
        } finally {
            link.shutdownNow();
        }
    }

    /** Messages of others do not delay the acks and session events of a device. */
    @Test
    void acksArriveHoweverMuchOthersSend() throws IOException {
        try (Client slow = Client.user(here.userPort(), "slow");
                Client sender = sender("there")) {
            List<CompletableFuture<JsonNode>> pings = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                sender.asking("send_message", Client.message(numbered(i, LARGE), "slow"));
                pings.add(slow.asking("ping"));
            }
            for (CompletableFuture<JsonNode> ping : pings) {
                assertThat(ping.orTimeout(Client.PATIENCE.toSeconds(), TimeUnit.SECONDS)
                                .join()
                                .has("timestamp"))
                        .isTrue();
            }
            assertThat(slow.isConnected()).isTrue();
        }
    }
}
