package io.scarfall.engineio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.scarfall.engineio.internal.LogText;
import io.scarfall.testing.Answers;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Sessions whose connections belong to different event loops. */
class EventLoopsTest {

    private static final String GONE = "400 application/json {\"code\":1,\"message\":\"Session ID unknown\"}";

    private final NetworkedServer server =
            new NetworkedServer(builder -> builder.routes(request -> CompletableFuture.completedFuture(new HttpReply(
                    200, "text/plain", Bytes.utf8(Thread.currentThread().getName())))));

    @AfterEach
    void tearDown() {
        server.close();
    }

    /** Opens connections until one belongs to another loop than these. */
    private NetworkedServer.Client connectBeside(String... loops) {
        while (true) {
            NetworkedServer.Client client = server.connect();
            if (!List.of(loops).contains(loop(client))) {
                return client;
            }
            client.hangUp();
        }
    }

    private static String loop(NetworkedServer.Client client) {
        return client.get("/loop").body();
    }

    private static List<String> numbered(String start, int count) {
        return IntStream.range(0, count).mapToObj(i -> start + i).toList();
    }

    @Test
    void connectionsAreSpreadOverTheLoops() {
        Set<String> loops = new HashSet<>();
        for (int i = 0; i < 6; i++) {
            loops.add(loop(server.connect()));
        }
        assertThat(loops).hasSize(3);
    }

    @Test
    void requestsMayComeFromAnyLoop() {
        server.recorder.echo();
        NetworkedServer.Client opener = server.connect();
        NetworkedServer.Client poller = connectBeside(loop(opener));
        NetworkedServer.Client poster = connectBeside(loop(opener), loop(poller));
        for (int session = 0; session < 100; session++) {
            String sid = opener.open();
            List<String> received = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                poller.startPoll(sid);
                poster.post(sid, List.of("4a" + i, "4b" + i));
                received.addAll(Arrays.asList(poller.reply().body().split("\u001E", -1)));
            }
            while (received.size() < 20) {
                received.addAll(Arrays.asList(poller.poll(sid).split("\u001E", -1)));
            }
            assertThat(received)
                    .isEqualTo(IntStream.range(0, 10)
                            .boxed()
                            .flatMap(i -> List.of("4a" + i, "4b" + i).stream())
                            .toList());
            assertThat(server.session(sid).drain()).hasSize(20);
            poster.post(sid, List.of("1"));
            server.session(sid).assertNext("closed TRANSPORT_CLOSE");
        }
        assertThat(server.server.sessionCount()).isZero();
    }

    @Test
    void upgradeMayComeFromAnotherLoop() {
        NetworkedServer.Client opener = server.connect();
        String home = loop(opener);
        for (int round = 0; round < 300; round++) {
            String sid = opener.open();
            EngineSession session = server.session(sid).session;
            NetworkedServer.Client webSocket = connectBeside(home);
            CompletableFuture<Void> sending = Answers.aside(() -> {
                for (int i = 0; i < 100; i++) {
                    assertThat(session.send(Bytes.utf8("m" + i))).isTrue();
                }
            });
            List<String> received = new ArrayList<>();
            if (round % 3 == 0) {
                received.addAll(Arrays.asList(opener.poll(sid).split("\u001E", -1)));
            }
            webSocket.upgrade(sid);
            webSocket.send("2probe");
            webSocket.assertFrames("text 3probe");
            if (round % 3 == 1) {
                received.addAll(Arrays.asList(opener.poll(sid).split("\u001E", -1)));
            }
            webSocket.send("5", "4a", "4b");
            received.removeIf("6"::equals);
            while (received.size() < 100) {
                received.add(webSocket.frame().toString().substring("text ".length()));
            }
            sending.join();
            assertThat(received).isEqualTo(numbered("4m", 100));
            server.session(sid).assertNext("text a", "text b");
            webSocket.send(Frame.close());
            webSocket.assertFrames("close");
            webSocket.assertClosed();
            server.session(sid).assertNext("closed TRANSPORT_CLOSE");
            webSocket.hangUp();
        }
        assertThat(server.server.sessionCount()).isZero();
    }

    @Test
    void upgradeThatIsRefusedOnAnotherLoopIsClosed() {
        NetworkedServer.Client opener = server.connect();
        String sid = opener.open();
        NetworkedServer.Client first = connectBeside(loop(opener));
        NetworkedServer.Client second = connectBeside(loop(opener));
        first.upgrade(sid);
        first.send("2probe");
        first.assertFrames("text 3probe");
        second.upgrade(sid);
        second.assertFrames("close");
        first.send("5", "4x");
        server.session(sid).assertNext("text x");
    }

    @Test
    void clientsThatLeaveDuringAMoveDoNoHarm() {
        NetworkedServer.Client opener = server.connect();
        String home = loop(opener);
        String sid = opener.open();
        for (int round = 0; round < 200; round++) {
            NetworkedServer.Client webSocket = connectBeside(home);
            webSocket.requestUpgrade(Peer.WEBSOCKET + "&sid=" + sid);
            if (round % 2 == 0) {
                webSocket.reset();
            } else {
                webSocket.hangUp();
            }
        }
        String answer = "close";
        for (int attempt = 0; attempt < 1000 && answer.equals("close"); attempt++) {
            NetworkedServer.Client webSocket = connectBeside(home);
            webSocket.upgrade(sid);
            webSocket.send("2probe");
            answer = webSocket.frame().toString();
            if (answer.equals("text 3probe")) {
                webSocket.send("5", "4x");
            } else {
                webSocket.hangUp();
            }
        }
        server.session(sid).assertNext("text x");
    }

    @Test
    void pollOfAnotherLoopThatIsAbortedClosesTheSession() {
        NetworkedServer.Client opener = server.connect();
        NetworkedServer.Client poller = connectBeside(loop(opener));
        String sid = opener.open();
        poller.startPoll(sid);
        poller.hangUp();
        server.session(sid).assertNext("closed TRANSPORT_ERROR");
        assertThat(opener.get(Peer.POLLING + "&sid=" + sid)).hasToString(GONE);
    }

    @Test
    void listenerThatFailsLeavesNoRequestOfAnotherLoopUnanswered() {
        server.recorder.onText = (session, message) -> {
            throw new IllegalStateException("on purpose");
        };
        NetworkedServer.Client opener = server.connect();
        NetworkedServer.Client poster = connectBeside(loop(opener));
        String sid = opener.open();
        try (ErrorLog errors = new ErrorLog()) {
            poster.post(sid, List.of("4x"));
            errors.expect("listener failed sid=" + LogText.sid(sid), IllegalStateException.class);
        }
        server.session(sid).assertNext("text x", "closed TRANSPORT_ERROR");
    }

    @Test
    void anyThreadMaySendAndClose() {
        NetworkedServer.Client client = server.connect();
        String sid = client.openWebSocket();
        EngineSession session = server.session(sid).session;
        assertThat(session.isHome()).isFalse();
        for (int i = 0; i < 1000; i++) {
            assertThat(session.send(Bytes.utf8("m" + i))).isTrue();
        }
        session.sendBinary(Bytes.copyOf((byte) 7));
        session.close(CloseReason.FORCED_CLOSE);
        for (int i = 0; i < 1000; i++) {
            client.assertFrames("text 4m" + i);
        }
        client.assertFrames("binary 07", "close");
        server.session(sid).assertNext("closed FORCED_CLOSE");
        assertThat(session.isOpen()).isFalse();
        assertThat(session.send(Bytes.EMPTY)).isFalse();
    }

    @Test
    void shutDownInformsEveryClientOnEachLoop() {
        List<NetworkedServer.Client> pollers = new ArrayList<>();
        List<NetworkedServer.Client> webSockets = new ArrayList<>();
        List<String> sids = new ArrayList<>();
        NetworkedServer.Client opener = server.connect();
        for (int i = 0; i < 20; i++) {
            String sid = opener.open();
            sids.add(sid);
            NetworkedServer.Client poller = server.connect();
            EngineSession session = server.session(sid).session;
            session.send(Bytes.utf8("x"));
            assertThat(poller.poll(sid)).isEqualTo("4x");
            poller.startPoll(sid);
            pollers.add(poller);
            NetworkedServer.Client webSocket = server.connect();
            sids.add(webSocket.openWebSocket());
            webSockets.add(webSocket);
        }
        Awaitility.await()
                .until(() -> sids.stream()
                        .map(sid -> server.session(sid).session)
                        .allMatch(session -> CompletableFuture.supplyAsync(session::isWritable, session.home())
                                .join()));
        server.server.close();
        for (NetworkedServer.Client poller : pollers) {
            assertThat(poller.reply().body()).isEqualTo("1");
            poller.assertClosed();
        }
        for (NetworkedServer.Client webSocket : webSockets) {
            webSocket.assertFrames("close");
            webSocket.assertClosed();
        }
        for (String sid : sids) {
            server.session(sid).assertNext("closed SERVER_SHUTTING_DOWN");
        }
        assertThat(server.server.sessionCount()).isZero();
        server.server.close();
    }

    @Test
    void errorNamesTheAddressThatIsTaken() {
        InetSocketAddress taken = server.server.address();
        EngineConfig config = EngineConfig.builder().address(taken).build();
        assertThatThrownBy(() -> EngineServer.start(config, new Recorder()).close())
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageStartingWith("cannot listen on " + taken);
    }

    @Test
    void serverMayHaveLoopsOfItsOwn() {
        EngineConfig config = EngineConfig.builder()
                .address(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .build();
        try (EngineServer own = EngineServer.start(config, new Recorder())) {
            assertThat(own.address().getPort()).isPositive();
            assertThat(own.sessionCount()).isZero();
        }
        assertThatThrownBy(() -> EventLoops.start(-1)).isInstanceOf(IllegalArgumentException.class);
    }
}
