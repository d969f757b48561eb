package io.scarfall.socketio;

import static io.scarfall.socketio.TestServer.namespace;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How sockets leave, and what the other side gets (Socket.IO protocol 5, "Disconnection from a namespace"). */
class DisconnectTest extends OneServer {

    private Namespace watched(String name) {
        return namespace(name)
                .on("disconnect me", (socket, arguments) -> {
                    socket.disconnect();
                    return "gone";
                })
                .on("disconnect session", (socket, arguments) -> {
                    socket.disconnectSession();
                    return "gone";
                })
                .on("event", (socket, arguments) -> {
                    journal.add("event");
                    return null;
                })
                .onDisconnect((socket, reason) -> journal.add(socket.namespace() + " " + reason.wire()))
                .build();
    }

    // By the client

    @Test
    void aClientLeavesANamespaceAndItsSessionStays() {
        server.start(watched("/"), watched("/custom"));
        TestClient client = server.join();
        client.join("/custom");
        client.send("1");
        journal.expect("/ client namespace disconnect");
        client.fence("/custom");
        client.send("1/custom,");
        journal.expect("/custom client namespace disconnect");
        client.send("0/random").expect("4/random,{'message':'Invalid namespace'}");
    }

    @Test
    void aClientThatReconnectsGetsANewId() {
        server.start(watched("/"));
        TestClient client = server.open();
        String first = client.join();
        client.send("1");
        journal.expect("/ client namespace disconnect");
        String second = client.join();
        assertThat(second).isNotEqualTo(first);
        client.fence();
        client.send("1");
        journal.expect("/ client namespace disconnect");
    }

    @Test
    void afterAClientLeftItsPacketsCloseTheSession() {
        server.start(watched("/"));
        for (String packet : List.of("2['event']", "1", "30[]")) {
            TestClient client = server.join();
            client.send("1");
            client.send(packet).expectClosed();
            journal.expect("/ client namespace disconnect");
        }
    }

    @Test
    void aClosedTransportDisconnectsAllSockets() {
        server.start(watched("/"), watched("/custom"));
        TestClient client = server.join();
        client.join("/custom");
        client.closeTransport();
        assertThat(Set.of(journal.next(), journal.next()))
                .containsExactlyInAnyOrder("/ transport close", "/custom transport close");
    }

    @Test
    void aTornConnectionIsAClosedTransport() {
        server.start(watched("/"));
        server.join().close();
        assertThat(journal.next()).isIn("/ transport close", "/ transport error"); // depends on what the system reports
    }

    @ParameterizedTest
    @CsvSource({
        "1, / transport close", // a close packet
        "2, / transport error", // a ping, which only a server may send
        "9, / parse error" // a malformed Engine.IO packet
    })
    void aFrameThatEndsTheSessionGivesTheReason(String frame, String reason) {
        server.start(watched("/"));
        TestClient client = server.join();
        client.sendFrame(frame);
        client.expectClosed();
        journal.expect(reason);
    }

    @Test
    void aMalformedSocketIoPacketIsAForcedClose() {
        server.start(watched("/"), watched("/custom"));
        TestClient client = server.join();
        client.join("/custom");
        client.send("2{}").expectClosed();
        assertThat(Set.of(journal.next(), journal.next()))
                .containsExactlyInAnyOrder("/ forced close", "/custom forced close");
    }

    @Test
    void aHeartbeatWithoutAnAnswerIsAPingTimeout() {
        server.config().pingInterval(Duration.ofMillis(20)).pingTimeout(Duration.ofMillis(20));
        server.start(watched("/"));
        TestClient client = server.openSilent();
        client.send("0");
        client.joined("/");
        client.expectClosed();
        journal.expect("/ ping timeout");
    }

    @Test
    void disconnectingAPeerThatDoesNotReadDoesNotAffectOthers() {
        server.config().maxUnsentBytes(64 * 1024).slowTimeout(Duration.ofMillis(500));
        Namespace namespace = watched("/");
        server.start(namespace);
        TestClient slow = server.open();
        Socket slowSocket = server.socket(slow.join());
        TestClient fast = server.open();
        fast.join();
        slow.stopReading();
        String chunk = "x".repeat(16 * 1024);
        while (slowSocket.isConnected()) {
            namespace.broadcaster().emit("chunk", chunk);
            assertThat(fast.text()).endsWith(chunk + "\"]");
        }
        journal.expect("/ transport error");
        fast.fence();
    }

    // By the server

    @Test
    void theServerDisconnectsASocketAndItsSessionStays() {
        server.start(watched("/"), watched("/custom"));
        TestClient client = server.join();
        client.join("/custom");
        client.send("2/custom,1['disconnect me']").expect("1/custom,");
        journal.expect("/custom server namespace disconnect");
        client.fence();
        client.send("2['disconnect me']").expect("1");
        journal.expect("/ server namespace disconnect");
        client.join();
        client.fence();
        client.send("1");
        journal.expect("/ client namespace disconnect");
    }

    @Test
    void theServerDisconnectsASessionWithAllItsSockets() {
        server.start(watched("/"), watched("/custom"));
        TestClient client = server.join();
        client.join("/custom");
        client.send("21['disconnect session']");
        assertThat(Set.of(client.text(), client.text())).containsExactlyInAnyOrder("1", "1/custom,");
        client.expectClosed();
        assertThat(Set.of(journal.next(), journal.next()))
                .containsExactlyInAnyOrder("/ server namespace disconnect", "/custom server namespace disconnect");
    }

    @Test
    void socketsAreDisconnectedFromAnyThread() {
        server.start(watched("/"), watched("/custom"));
        TestClient client = server.open();
        Socket main = server.socket(client.join());
        Socket custom = server.socket(client.join("/custom"));
        custom.disconnect();
        client.expect("1/custom,");
        main.disconnectSession();
        client.expect("1");
        client.expectClosed();
        journal.expect("/custom server namespace disconnect", "/ server namespace disconnect");
    }

    @Test
    void theServerStops() {
        server.start(watched("/"), watched("/custom"));
        TestClient client = server.join();
        client.join("/custom");
        server.stop();
        client.expectClosed();
        assertThat(Set.of(journal.next(), journal.next()))
                .containsExactlyInAnyOrder("/ server shutting down", "/custom server shutting down");
    }

    // Once, and in order

    @Test
    void disconnectHandlersRunOnce() {
        server.start(namespace("/")
                .on("leave", (socket, arguments) -> {
                    socket.disconnect();
                    socket.disconnect();
                    socket.disconnectSession();
                    socket.disconnectSession();
                    return null;
                })
                .onDisconnect((socket, reason) -> {
                    journal.add(reason.wire());
                    socket.disconnect();
                    socket.disconnectSession();
                })
                .build());
        TestClient client = server.join();
        client.send("21['leave']").expect("1");
        client.expectClosed();
        journal.expect("server namespace disconnect");
    }

    @Test
    void noEventFollowsTheDisconnect() {
        server.start(watched("/"));
        server.post("42['event']", "1", "42['event']");
        journal.expect("event", "/ transport close");
    }

    @Test
    void eventsBeforeADisconnectAreHandledFirst() {
        server.start(watched("/"));
        TestClient client = server.join();
        client.send("2['event']").send("2['event']").send("1");
        journal.expect("event", "event", "/ client namespace disconnect");
    }

    @Test
    void aListenerThatDisconnectsHidesTheEvent() {
        server.start(namespace("/")
                .onAny((socket, event, arguments) -> socket.disconnect())
                .onAny((socket, event, arguments) -> journal.add("seen"))
                .on("event", (socket, arguments) -> {
                    journal.add("handled");
                    return null;
                })
                .onDisconnect((socket, reason) -> journal.add(reason.wire()))
                .build());
        TestClient client = server.join();
        client.send("21['event']").expect("1");
        journal.expect("server namespace disconnect");
    }

    @Test
    void inADisconnectHandlerTheSocketHasLeftItsRoomsAndStillNamesThem() {
        Broadcaster all = Broadcaster.of("/");
        CompletableFuture<Socket> left = new CompletableFuture<>();
        server.start(namespace(all)
                .onConnect(socket -> socket.join("room"))
                .onDisconnect((socket, reason) -> {
                    journal.add("connected " + socket.isConnected());
                    journal.add("rooms " + socket.rooms());
                    journal.add("members " + all.rooms().members("room"));
                    journal.add("emitted " + socket.emit("late"));
                    socket.join("other");
                    journal.add("rooms " + socket.rooms());
                    socket.execute(() -> left.complete(socket));
                })
                .build());
        TestClient client = server.join();
        client.closeTransport();
        journal.expect("connected false", "rooms [room]", "members []", "emitted false", "rooms [room]");
        Socket socket = left.join();
        CompletableFuture<Object> after = new CompletableFuture<>();
        socket.execute(() -> after.complete(socket.rooms()));
        assertThat(after.join()).isEqualTo(Set.of());
    }

    @Test
    void inADisconnectingHandlerTheSocketIsStillInItsRooms() {
        Broadcaster all = Broadcaster.of("/");
        server.start(namespace(all)
                .onConnect(socket -> socket.join("room"))
                .onDisconnecting((socket, reason) -> {
                    journal.add(reason.wire() + " connected " + socket.isConnected() + " " + socket.hasLeft());
                    journal.add("rooms " + socket.rooms());
                    journal.add("members " + all.rooms().members("room").size());
                    socket.rooms().forEach(room -> socket.to(room).emit("leaves"));
                    all.to("room").emit("to all");
                    journal.add("emitted " + socket.emit("late"));
                    socket.disconnect();
                    throw new IllegalStateException();
                })
                .onDisconnecting((socket, reason) -> journal.add("second"))
                .onDisconnect((socket, reason) ->
                        journal.add("left " + all.rooms().members("room").size()))
                .build());
        TestClient client = server.join();
        TestClient other = server.open();
        Socket otherSocket = server.socket(other.join());
        client.send("1");
        journal.expect("client namespace disconnect connected false true", "rooms [room]", "members 2");
        journal.expect("emitted false", "second", "left 1");
        other.expect("2['leaves']", "2['to all']");
        log.expectError("handler failed what=disconnecting ns=/", IllegalStateException.class);
        client.join();
        client.fence();
        client.send("1");
        journal.expect("client namespace disconnect connected false true", "rooms [room]", "members 2");
        journal.expect("emitted false", "second", "left 1");
        other.expect("2['leaves']", "2['to all']");
        otherSocket.disconnect();
        journal.expect("server namespace disconnect connected false true", "rooms [room]", "members 1");
        journal.expect("emitted false", "second", "left 0");
        other.expect("1");
    }

    @Test
    void aRefusedSocketDoesNotRunDisconnectHandlers() {
        server.start(namespace("/")
                .guard(socket -> {
                    throw new ConnectRefusedException("no", null);
                })
                .onDisconnecting((socket, reason) -> journal.add("disconnecting"))
                .onDisconnect((socket, reason) -> journal.add("disconnected"))
                .build());
        server.open().send("0").expect("4{'message':'no'}");
    }

    @Test
    void aDisconnectHandlerThatFailsDoesNotAffectOthers() {
        server.start(
                namespace("/")
                        .onDisconnect((socket, reason) -> {
                            throw new IllegalStateException();
                        })
                        .onDisconnect((socket, reason) -> journal.add(reason.wire()))
                        .build(),
                watched("/custom"));
        TestClient client = server.join();
        client.join("/custom");
        client.closeTransport();
        assertThat(Set.of(journal.next(), journal.next()))
                .containsExactlyInAnyOrder("transport close", "/custom transport close");
        log.expectError("handler failed what=disconnect ns=/", IllegalStateException.class);
    }

    @Test
    void whileASessionEndsItsOtherSocketsCannotEmit() {
        Broadcaster all = Broadcaster.of("/");
        server.start(
                namespace(all).build(),
                namespace("/custom")
                        .onDisconnect((socket, reason) -> all.emit("one left"))
                        .build());
        TestClient leaving = server.join();
        leaving.join("/custom");
        TestClient staying = server.join();
        leaving.closeTransport();
        leaving.expectClosed();
        staying.expect("2['one left']");
        staying.fence();
    }

    @Test
    void everyReasonHasTheWordsOfTheReferenceImplementation() {
        assertThat(Arrays.stream(DisconnectReason.values()).map(DisconnectReason::wire))
                .containsExactly(
                        "client namespace disconnect",
                        "server namespace disconnect",
                        "transport close",
                        "transport error",
                        "parse error",
                        "ping timeout",
                        "forced close",
                        "server shutting down");
    }
}
