package io.scarfall.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.scarfall.engineio.EngineConfig;
import io.scarfall.engineio.EngineServer;
import io.scarfall.socketio.Broadcaster;
import io.scarfall.socketio.ConnectRefusedException;
import io.scarfall.socketio.Namespace;
import io.scarfall.socketio.SocketServer;
import io.scarfall.socketio.packet.Arguments;
import io.scarfall.socketio.packet.JacksonCodec;
import io.scarfall.socketio.packet.JsonCodec;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The client speaks the real protocol to a real server, in memory and over a port. */
class TestClientTest {

    private static final Duration SHORT = Duration.ofMillis(50);

    private final Broadcaster broadcaster = Broadcaster.of("/");
    private final BlockingQueue<String> left = new LinkedBlockingQueue<>();
    private final Namespace namespace = Namespace.builder(broadcaster)
            .on("echo", (socket, arguments) -> arguments)
            .on("twice", Word.class, (socket, word) -> {
                socket.emit("word", word);
                socket.emit("word", new Word(word.text() + word.text()));
                return null;
            })
            .on("silent", (socket, arguments) -> io.scarfall.socketio.EventHandler.NO_ACK)
            .on("fail", (socket, arguments) -> {
                throw new IllegalStateException("the test's own");
            })
            .on("leave", (socket, arguments) -> {
                socket.disconnect();
                return null;
            })
            .on("leave session", (socket, arguments) -> {
                socket.disconnectSession();
                return null;
            })
            .on("ask back", (socket, arguments) -> socket.emitWithAck(Duration.ofSeconds(5), "question"))
            .onDisconnect((socket, reason) -> left.add(reason.wire()))
            .build();
    private final Namespace members = Namespace.builder("/members")
            .guard(socket -> {
                if (!"open".equals(socket.auth(Word.class).text())) {
                    throw new ConnectRefusedException("Not authorized", Map.of("code", "no_member"));
                }
                return null;
            })
            .on("hello", (socket, arguments) -> "hello, member")
            .build();

    record Word(String text) {}

    @RegisterExtension
    final TestCluster cluster = TestCluster.of(2)
            .inMemory()
            .configure(builder ->
                    builder.on("who", (user, arguments) -> user.identity().userId()));

    private TestServer serve() {
        return TestServer.of(namespace, members);
    }

    private String whyLeft() throws InterruptedException {
        return left.poll(10, TimeUnit.SECONDS);
    }

    @Test
    void aClientWritesAndReadsByTheCodecOfTheTest() {
        JsonCodec upper = JacksonCodec.of(JsonMapper.builder()
                .propertyNamingStrategy(PropertyNamingStrategies.UPPER_CAMEL_CASE)
                .build());
        try (TestServer server = serve();
                TestClient client = server.client().json(upper).connect()) {
            Arguments answer = client.ask("echo", new Word("hi"));
            assertThat(answer.json().utf8()).isEqualTo("{\"Text\":\"hi\"}");
            assertThat(answer.get(0, Word.class)).isEqualTo(new Word("hi"));

            broadcaster.emit("word", Map.of("Text", "news"));
            assertThat(client.next("word").get(0, Word.class)).isEqualTo(new Word("news"));

            client.answer("question", none -> new Word("fine"));
            assertThat(client.ask("ask back").get(0, Word.class)).isEqualTo(new Word("fine"));

            // The guard reads text, not Text.
            assertThat(client.namespace("/members")
                            .auth(new Word("open"))
                            .refused()
                            .json()
                            .utf8())
                    .contains("no_member");
        }
    }

    @Test
    void acksEventsAndAttachmentsTravelInMemory() {
        try (TestServer server = serve();
                TestClient alice = server.connect()) {
            byte[] large = new byte[200_000];
            large[199_999] = 7;
            Arguments answer = alice.ask("echo", new Word("hi"), large, null, 4.5);

            assertThat(answer.get(0, Word.class)).isEqualTo(new Word("hi"));
            assertThat(answer.get(1, byte[].class)).isEqualTo(large);
            assertThat(answer.json().utf8()).endsWith(",null,4.5");
            assertThat(alice.id()).hasSize(20);
            alice.emit("twice", new Word("ab"));
            assertThat(alice.next("word").get(0, Word.class)).isEqualTo(new Word("ab"));
            assertThat(alice.received()).containsExactly("word [{\"text\":\"abab\"}]");
            alice.clear();
            alice.nothingReceived();
        }
    }

    @Test
    void theSameClientWorksOverAPort() {
        EngineConfig config = EngineConfig.builder()
                .address(new InetSocketAddress("localhost", 0))
                .path("/socket.io")
                .build();
        try (EngineServer server = EngineServer.start(config, new SocketServer(namespace));
                TestClient alice = TestClient.to(
                                "http://localhost:" + server.address().getPort())
                        .connect()) {
            assertThat(alice.ask("echo", "hi", new byte[] {1}).get(1, byte[].class))
                    .containsExactly(1);
        }
        assertThatThrownBy(() -> TestClient.to("http://localhost:1").connect())
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("did not open a session");
        assertThatThrownBy(() -> TestClient.to("https://localhost")).hasMessageContaining("expected: http://host:port");
    }

    @Test
    void anEventThatDoesNotComeIsReportedWithWhatCameInstead() {
        try (TestServer server = serve();
                TestClient alice = server.client().patience(SHORT).connect()) {
            alice.emit("twice", new Word("ab"));
            assertThatThrownBy(() -> alice.next("other"))
                    .isInstanceOf(AssertionError.class)
                    .hasMessage("no event 'other' within 50 ms: received instead [word [{\"text\":\"ab\"}],"
                            + " word [{\"text\":\"abab\"}]]; the client is connected");
            assertThatThrownBy(alice::nothingReceived)
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("abab")
                    .hasMessageContaining("expected: nothing");
            assertThatThrownBy(() -> alice.ask("silent"))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("no ack of 'silent' within 50 ms; received instead [word");
            assertThatThrownBy(alice::disconnected).hasMessageContaining("did not disconnect the client within 50 ms");
        }
    }

    @Test
    void theServerEndsTheSocketOrTheSession() throws Exception {
        try (TestServer server = serve();
                TestClient alice = server.connect();
                TestClient bob = server.connect()) {
            alice.emit("leave");
            assertThat(alice.disconnected()).isEqualTo("io server disconnect");
            assertThat(whyLeft()).isEqualTo("server namespace disconnect");
            bob.emit("leave session");
            assertThat(bob.disconnected()).isEqualTo("io server disconnect");
            assertThat(whyLeft()).isEqualTo("server namespace disconnect");

            CompletableFuture<Arguments> late = bob.asking("echo");
            assertThatThrownBy(late::join).isInstanceOf(CompletionException.class);
            assertThatThrownBy(() -> bob.next("anything")).hasMessageContaining("reason: io server disconnect");
        }
    }

    @Test
    void theClientLeavesOrIsLost() throws Exception {
        try (TestServer server = serve()) {
            TestClient alice = server.connect();
            alice.disconnect();
            assertThat(whyLeft()).isEqualTo("client namespace disconnect");
            assertThat(alice.isConnected()).isFalse();
            TestClient bob = server.connect();
            CompletableFuture<Arguments> answer = bob.asking("silent");
            bob.drop();
            assertThat(whyLeft()).isEqualTo("transport close");
            assertThat(bob.isConnected()).isFalse();
            assertThatThrownBy(() -> answer.get(20, TimeUnit.SECONDS)).isInstanceOf(ExecutionException.class);
            bob.close();
        }
    }

    @Test
    void aGuardRefusesAndAdmits() {
        try (TestServer server = serve();
                TestClient main = server.connect()) {
            Arguments refusal = main.namespace("members").auth(new Word("shut")).refused();
            assertThat(refusal.json().utf8())
                    .isEqualTo("{\"message\":\"Not authorized\",\"data\":{\"code\":\"no_member\"}}");
            assertThatThrownBy(() ->
                            main.namespace("/members").auth(new Word("shut")).connect())
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("Not authorized");
            TestClient member = main.namespace("members").auth(new Word("open")).connect();
            assertThat(member.ask("hello").get(0, String.class)).isEqualTo("hello, member");
            assertThatThrownBy(() -> server.client()
                            .namespace("/members")
                            .auth(new Word("open"))
                            .refused())
                    .hasMessageContaining("admitted the client");

            member.disconnect();
            assertThat(main.ask("echo", 1).get(0, Integer.class)).isEqualTo(1);
        }
    }

    @Test
    void theClientAnswersTheServer() {
        try (TestServer server = serve();
                TestClient alice = server.connect();
                TestClient bob = server.connect()) {
            alice.answer("question", arguments -> "an answer");
            assertThat(alice.ask("ask back").get(0, String.class)).isEqualTo("an answer");
            alice.nothingReceived();
            bob.answer("question", arguments -> {
                throw new AssertionError("wrong question");
            });
            bob.emit("ask back");
            assertThatThrownBy(() -> bob.next("anything")).hasStackTraceContaining("wrong question");
        }
    }

    @Test
    void theLimitsAreThoseOfTheServer() {
        EngineConfig config =
                EngineConfig.builder().path("/io").maxPayloadBytes(1000).build();
        try (TestServer server = TestServer.of(config, new SocketServer(namespace));
                TestClient alice = server.connect()) {
            assertThat(alice.ask("fail").json().utf8()).contains("\"status\":\"error\"");
            alice.emit("echo", "x".repeat(1000));
            assertThat(alice.disconnected()).isEqualTo("transport close");
        }
    }

    @Test
    void aClusterInMemoryDeliversBetweenItsNodes() {
        TestClient alice = cluster.node(0).connect("alice");
        TestClient bob = cluster.node(1).connect("bob");
        TestClient phone = cluster.node(0).connect("bob");

        Arguments answer = alice.ask("send_message", Map.of("recipientIds", new String[] {"bob"}, "message", "hi"));
        assertThat(answer.json().utf8()).contains("\"sent\":[\"bob\"]");
        assertThat(bob.next("message").json().utf8()).contains("\"message\":\"hi\"");
        assertThat(phone.received()).singleElement().asString().startsWith("message [{");
        alice.nothingReceived();
        assertThat(alice.ask("who").get(0, String.class)).isEqualTo("alice");
        assertThatThrownBy(() -> cluster.node(0).userUrl()).hasMessageContaining("not in memory");
    }

    @Test
    void aNodeInMemoryRestarts() {
        TestClient alice = cluster.node(0).connect("alice");
        cluster.node(0).stop();
        assertThat(alice.disconnected()).isEqualTo("transport close");
        cluster.node(0).start();
        assertThat(cluster.node(0).connect("alice").ask("ping").json().utf8()).contains("timestamp");
    }

    @Test
    void aWrongTokenIsRefused() {
        assertThat(cluster.node(0).client().token("no token").refused().json().utf8())
                .contains("\"code\":\"");
    }

    @Test
    void aSecondStartChangesNothing() {
        TestClient alice = cluster.node(0).connect("alice");
        cluster.start();
        assertThat(alice.ask("ping").json().utf8()).contains("timestamp");
    }
}
