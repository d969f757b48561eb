package io.scarfall.socketio;

import static org.assertj.core.api.Assertions.assertThat;

import io.scarfall.engineio.Bytes;
import io.scarfall.engineio.EngineServer;
import io.scarfall.engineio.EventLoops;
import io.scarfall.socketio.JavaClient.Mode;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.stream.IntStream;
import org.json.JSONArray;
import org.json.JSONException;
import org.json.JSONObject;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The official Java client works, on every transport. */
class JavaClientTest {

    private static EventLoops loops;
    private static EngineServer server;

    private final List<JavaClient> clients = new ArrayList<>();
    private @Nullable Wire wire;

    @BeforeAll
    static void startServer() {
        loops = EventLoops.start(2);
        server = InteropServer.start(0, loops);
    }

    @AfterAll
    static void stopServer() {
        server.close();
        loops.close();
    }

    @AfterEach
    void closeClients() {
        clients.forEach(JavaClient::close);
        TestServer.eventually(() -> assertThat(server.sessionCount()).isZero());
        if (wire != null) {
            wire.close();
        }
    }

    private JavaClient open(String namespace, Mode mode, Map<String, String> auth) {
        URI uri = URI.create("http://localhost:" + server.address().getPort() + namespace);
        return closedLater(JavaClient.connect(uri, mode, auth));
    }

    private JavaClient open(String namespace, Mode mode) {
        JavaClient client = open(namespace, mode, Map.of());
        client.expect("connect");
        return client;
    }

    private JavaClient closedLater(JavaClient client) {
        clients.add(client);
        return client;
    }

    private JavaClient observer() {
        return open("/observer", Mode.WEBSOCKET);
    }

    @ParameterizedTest
    @EnumSource
    void connectsWithAuthAndIsWelcomed(Mode mode) {
        JavaClient client = open("/", mode, Map.of("token", "é\uD83D\uDE00"));
        client.expect("connect");
        client.expect("welcome", client.id());
        assertThat(client.askOne("auth")).isEqualTo("{\"token\":\"é\uD83D\uDE00\"}");
    }

    @ParameterizedTest
    @EnumSource
    void endsUpOnItsBestTransport(Mode mode) {
        JavaClient client = open("/", mode);
        TestServer.eventually(() -> assertThat(client.askOne("transport")).isEqualTo(mode.last()));
        assertThat(client.askOne("echo", "still")).isEqualTo("still");
    }

    @ParameterizedTest
    @EnumSource
    void getsAcksOfAnyKind(Mode mode) {
        JavaClient client = open("/", mode);
        assertThat(client.ask("echo")).isEmpty();
        assertThat(client.ask("echo", 1, "two", true, JSONObject.NULL)).containsExactly(1, "two", true, null);
        assertThat(client.ask("echo later", "a", "b")).containsExactly("a", "b");
        assertThat(client.askOne("echo", new byte[] {1, 2})).isEqualTo(Bytes.copyOf((byte) 1, (byte) 2));
        assertThat(client.askOne("echo", new byte[0])).isEqualTo(Bytes.EMPTY);
        assertThat(client.askOne("fail")).isEqualTo("{\"error\":\"ConnectRefusedException\"}");
    }

    @ParameterizedTest
    @EnumSource
    void exchangesNestedBinaryData(Mode mode) throws JSONException {
        JavaClient client = open("/", mode);
        JSONObject person = new JSONObject()
                .put("name", "Ada")
                .put("age", 36)
                .put("photo", new byte[] {1, 2, 3})
                .put("unknown", new JSONArray().put(new byte[] {4}));
        JSONObject answer = (JSONObject) client.ask("person", person)[0];
        assertThat(answer.getString("name")).isEqualTo("Ada");
        assertThat(answer.getInt("age")).isEqualTo(36);
        assertThat((byte[]) answer.get("photo")).containsExactly(1, 2, 3);
    }

    @ParameterizedTest
    @EnumSource
    void exchangesLargeMessages(Mode mode) {
        JavaClient client = open("/", mode);
        String text = "x".repeat(900_000);
        assertThat(client.askOne("echo", text)).isEqualTo(text);
        byte[] bytes = new byte[700_000]; // in base64 below the million bytes of a request
        bytes[0] = 1;
        bytes[bytes.length - 1] = -1;
        assertThat(client.askOne("echo", bytes)).isEqualTo(Bytes.wrap(bytes));
        assertThat(client.askOne("bytes", 3_000_000)).isEqualTo(Bytes.wrap(new byte[3_000_000]));
    }

    @ParameterizedTest
    @EnumSource
    void exchangesEventsInOrder(Mode mode) {
        JavaClient client = open("/", mode);
        List<Object> numbers = new ArrayList<>();
        for (int i = 1; i <= 200; i++) {
            client.emit("number", i);
            client.emit("echo event", i);
            numbers.add(i);
        }
        for (int i = 1; i <= 200; i++) {
            client.expect("echoed", i);
        }
        assertThat(client.askOne("numbers")).isEqualTo(new JSONArray(numbers).toString());
    }

    @ParameterizedTest
    @EnumSource
    void missesNoEventWhileItChangesItsTransport(Mode mode) {
        JavaClient client = open("/", mode);
        Queue<Object> numbers = client.collect("number");
        client.emit("count");
        TestServer.eventually(() -> assertThat(client.askOne("transport")).isEqualTo(mode.last()));
        client.emit("enough");
        int counted = (int) client.next("counted").get(0);
        assertThat(counted).isGreaterThanOrEqualTo(200);
        assertThat(numbers)
                .containsExactlyElementsOf(
                        IntStream.rangeClosed(1, counted).boxed().toList());
    }

    @ParameterizedTest
    @EnumSource
    void answersTheServer(Mode mode) {
        JavaClient client = open("/", mode);
        client.answer("question");
        assertThat(client.ask("ask me", "a", 2)).containsExactly("a", 2);
        assertThat(client.ask("ask me")).isEmpty();
        assertThat((byte[]) client.ask("ask me", new byte[] {5})[0]).containsExactly(5);
        client.ask("join", "room");
        assertThat(client.askOne("ask room", "room")).isEqualTo("{\"answers\":[\"room\"],\"missing\":0}");
    }

    @ParameterizedTest
    @EnumSource
    void mayNotAnswerTheServer(Mode mode) {
        JavaClient client = open("/", mode);
        assertThat(client.askOne("ask me briefly")).isEqualTo("operation has timed out");
    }

    @Test
    void clientsOnDifferentTransportsMeetInARoom() throws JSONException {
        JavaClient polling = open("/", Mode.POLLING);
        JavaClient upgrading = open("/", Mode.UPGRADE);
        JavaClient webSocket = open("/", Mode.WEBSOCKET);
        List<JavaClient> members = List.of(polling, upgrading, webSocket);
        for (JavaClient member : members) {
            assertThat(member.askOne("join", "room")).isEqualTo("[\"room\"]");
        }
        for (JavaClient speaker : members) {
            JSONObject words = new JSONObject()
                    .put("rooms", new JSONArray().put("room").put("other"))
                    .put("except", new JSONArray())
                    .put("text", speaker.id());
            speaker.emit("say", words);
            for (JavaClient member : members) {
                if (member != speaker) {
                    member.expect("said", speaker.id());
                }
            }
        }
        assertThat(polling.askOne("leave", "room")).isEqualTo("[]");
        polling.emit("say to all", "bye", new byte[] {1});
        for (JavaClient member : members) {
            member.expect("said", "bye", Bytes.copyOf((byte) 1));
        }
    }

    @ParameterizedTest
    @EnumSource
    void sharesItsSessionAmongNamespaces(Mode mode) {
        JavaClient main = open("/", mode);
        JavaClient custom = closedLater(main.connect("/custom", Map.of()));
        custom.expect("connect");
        assertThat(custom.id()).isNotEqualTo(main.id());
        assertThat(custom.askOne("echo", "custom")).isEqualTo("custom");
        assertThat(main.askOne("echo", "main")).isEqualTo("main");
        assertThat(server.sessionCount()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void isRefusedWithMessageAndData(Mode mode) {
        JavaClient main = open("/", mode);
        JavaClient nowhere = closedLater(main.connect("/nowhere", Map.of()));
        nowhere.expect("connect_error", "{\"message\":\"Invalid namespace\"}");
        JavaClient wrong = closedLater(main.connect("/guarded", Map.of("token", "wrong")));
        wrong.expect("connect_error", "{\"data\":{\"code\":401},\"message\":\"Not authorized\"}");
        assertThat(main.askOne("echo", "main")).isEqualTo("main");
    }

    @ParameterizedTest
    @EnumSource
    void isAdmittedOrRefusedLater(Mode mode) {
        JavaClient admitted = open("/guarded", mode, Map.of("token", "secret, later"));
        admitted.expect("connect");
        JavaClient refused = open("/guarded", mode, Map.of("token", "wrong, later"));
        refused.expect("connect_error", "{\"data\":[\"a\",1],\"message\":\"Not authorized, later\"}");
    }

    @ParameterizedTest
    @EnumSource
    void disconnects(Mode mode) {
        JavaClient observer = observer();
        JavaClient client = open("/", mode);
        String id = client.id();
        client.disconnect();
        client.expect("disconnect", "io client disconnect");
        observer.expect("disconnected", "/", id, "client namespace disconnect");
    }

    @ParameterizedTest
    @EnumSource
    void joinsANamespaceByPatternAndReadsWhyAnEventWasRefused(Mode mode) {
        JavaClient member = open("/room-1", mode, Map.of("token", "member"));
        member.expect("connect");
        JavaClient guest = open("/room-1", mode);
        assertThat(member.askOne("guarded")).isEqualTo("welcome");
        assertThat(guest.askOne("guarded"))
                .isEqualTo(
                        "{\"code\":\"forbidden\",\"data\":{\"room\":\"/room-1\"},\"error\":\"not for you\",\"status\":\"error\"}");
        String id = guest.id();
        guest.disconnect();
        member.expect("leaves", id, "client namespace disconnect");
    }

    // Two namespaces, because this client loses a session that it opens while it closes another session.

    @ParameterizedTest
    @EnumSource
    void leavesANamespaceAndReconnects(Mode mode) {
        JavaClient observer = observer();
        JavaClient client = open("/", mode);
        JavaClient custom = closedLater(client.connect("/custom", Map.of()));
        custom.expect("connect");
        String first = client.id();
        client.disconnect();
        client.expect("disconnect", "io client disconnect");
        observer.expect("disconnected", "/", first, "client namespace disconnect");
        client.connect();
        client.expect("connect");
        assertThat(client.id()).isNotEqualTo(first);
        observer.expect("connected", "/", client.id());
    }

    @ParameterizedTest
    @EnumSource
    void isDisconnectedByTheServer(Mode mode) {
        JavaClient observer = observer();
        JavaClient client = open("/", mode);
        JavaClient custom = closedLater(client.connect("/custom", Map.of()));
        custom.expect("connect");
        String id = client.id();
        client.emit("disconnect me");
        client.expect("disconnect", "io server disconnect");
        observer.expect("disconnected", "/", id, "server namespace disconnect");
        assertThat(custom.askOne("echo", "custom")).isEqualTo("custom");
        client.connect();
        client.expect("connect");
        assertThat(client.id()).isNotEqualTo(id);
    }

    @ParameterizedTest
    @EnumSource
    void isDisconnectedWithItsSession(Mode mode) {
        JavaClient observer = observer();
        JavaClient client = open("/", mode);
        JavaClient custom = closedLater(client.connect("/custom", Map.of()));
        custom.expect("connect");
        String id = client.id();
        client.emit("disconnect session");
        client.expect("disconnect", "io server disconnect");
        custom.expect("disconnect", "io server disconnect");
        observer.expect("disconnected", "/", id, "server namespace disconnect");
    }

    @Test
    void reconnectsWhenTheServerClosesItsSession() {
        // By WebSocket this client does not notice the close of the peer until it misses the heartbeat.
        JavaClient client = open("/", Mode.POLLING);
        assertComesBack(client, () -> client.emit("close session"), "transport close", "forced close");
    }

    /**
     * By WebSocket, because a polling client notices a connection that is lost between two polls only at the next
     * heartbeat.
     */
    @ParameterizedTest
    @EnumSource(names = {"WEBSOCKET", "UPGRADE"})
    void reconnectsWhenItsConnectionIsLost(Mode mode) throws IOException {
        wire = new Wire(server.address().getPort());
        JavaClient client = closedLater(JavaClient.connect(wire.uri(), mode, Map.of()));
        client.expect("connect");
        TestServer.eventually(() -> assertThat(client.askOne("transport")).isEqualTo("websocket"));
        assertComesBack(client, wire::cut, "transport error", "transport close", "transport error");
    }

    private void assertComesBack(JavaClient client, Runnable loss, String reason, String... reasonsOfServer) {
        JavaClient observer = observer();
        String id = client.id();
        loss.run();
        client.expect("disconnect", reason);
        List<Object> disconnected = observer.next("disconnected");
        assertThat(disconnected.subList(0, 2)).containsExactly("/", id);
        assertThat(disconnected.get(2)).isIn((Object[]) reasonsOfServer);
        client.expect("connect");
        assertThat(client.id()).isNotEqualTo(id);
        assertThat(client.askOne("echo", "again")).isEqualTo("again");
    }
}
