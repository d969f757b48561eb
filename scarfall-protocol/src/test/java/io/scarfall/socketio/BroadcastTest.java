package io.scarfall.socketio;

import static io.scarfall.socketio.TestServer.namespace;
import static org.assertj.core.api.Assertions.assertThat;

import io.scarfall.testing.Answers;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Rooms, and which sockets get a broadcast. Three clients have their homes on three event loops. */
class BroadcastTest {

    private final Broadcaster all = Broadcaster.of("/");

    @AutoClose
    final CapturedLog log = new CapturedLog();

    @AutoClose
    final TestServer server = new TestServer();

    private TestClient ada;
    private TestClient ben;
    private TestClient cem;
    private Socket adaSocket;
    private Socket benSocket;
    private Socket cemSocket;

    record To(String[] rooms, String[] except) {}

    @BeforeEach
    void threeClients() {
        server.start(
                namespace(all)
                        .on("join", String.class, TestServer::join)
                        .on("leave", String.class, TestServer::leave)
                        .on("to others", To.class, (socket, to) -> {
                            socket.to(to.rooms()).except(to.except()).emit("from", "other");
                            return null;
                        })
                        .build(),
                namespace("/custom").build());
        ada = server.open();
        adaSocket = server.socket(ada.join());
        ben = server.open();
        benSocket = server.socket(ben.join());
        cem = server.open();
        cemSocket = server.socket(cem.join());
    }

    /** Emits to some clients, and checks that these get it once and the others do not get it. */
    private void assertReaches(Broadcaster broadcaster, TestClient... receivers) {
        broadcaster.emit("news", 1);
        assertReached("2['news',1]", receivers);
    }

    /** Joins before it returns: an event to the room that is emitted next, on any thread, reaches the socket. */
    private static void join(Socket socket, String room) {
        TestServer.atHome(socket, () -> {
            socket.join(room);
            return true;
        });
    }

    private static void leave(Socket socket, String room) {
        TestServer.atHome(socket, () -> {
            socket.leave(room);
            return true;
        });
    }

    private void assertReached(String packet, TestClient... receivers) {
        for (TestClient receiver : receivers) {
            receiver.expect(packet);
        }
        for (TestClient client : List.of(ada, ben, cem)) {
            client.fence();
        }
    }

    @Test
    void theClientsAreAtHomeOnDifferentLoops() {
        Set<Thread> homes = new HashSet<>();
        for (Socket socket : List.of(adaSocket, benSocket, cemSocket)) {
            homes.add(TestServer.atHome(socket, Thread::currentThread));
        }
        assertThat(homes).hasSize(3);
    }

    @Test
    void aBroadcastReachesTheWholeNamespaceAndNoOther() {
        ben.join("/custom");
        assertReaches(all, ada, ben, cem);
        ben.fence("/custom");
    }

    @Test
    void aSocketThatLeftTheNamespaceIsNotReached() {
        ben.send("1");
        ben.send("0/custom,");
        ben.joined("/custom");
        all.emit("news", 1);
        ada.expect("2['news',1]");
        cem.expect("2['news',1]");
        ben.fence("/custom");
    }

    @Test
    void aSocketGetsEventsOfARoomFromJoinToLeave() {
        assertReaches(all.to("room"));
        ada.send("21['join','room']").expect("31[['room']]");
        join(benSocket, "room");
        assertReaches(all.to("room"), ada, ben);
        Set<Socket> members = all.rooms().members("room");
        assertThat(members).containsExactlyInAnyOrder(adaSocket, benSocket);
        ada.send("21['leave','room']").expect("31[[]]");
        assertReaches(all.to("room"), ben);
        leave(benSocket, "room");
        assertReaches(all.to("room"));
        assertThat(all.rooms().members("room")).isEmpty();
        assertThat(members).as("a copy").hasSize(2);
        assertThat(all.rooms().members(cemSocket.id())).containsExactly(cemSocket);
    }

    @Test
    void joiningTwiceIsJoiningOnce() {
        join(adaSocket, "room");
        join(adaSocket, "room");
        assertReaches(all.to("room"), ada);
        leave(adaSocket, "room");
        leave(adaSocket, "room");
        leave(benSocket, "never joined");
        assertReaches(all.to("room"));
    }

    @Test
    void severalRoomsReachEverySocketOnce() {
        join(adaSocket, "one");
        join(adaSocket, "other");
        join(benSocket, "other");
        assertReaches(all.to("one", "other"), ada, ben);
        assertReaches(all.to("one").to("other").to("empty"), ada, ben);
    }

    @Test
    void exceptExcludesMembers() {
        join(adaSocket, "one");
        join(adaSocket, "other");
        join(benSocket, "one");
        join(cemSocket, "third");
        assertReaches(all.except("other"), ben, cem);
        assertReaches(all.except("other").except("third"), ben);
        assertReaches(all.to("one").except("other"), ben);
        assertReaches(all.to("one").except("one"));
        assertReaches(all.to("one").except("empty"), ada, ben);
        assertReaches(all.except("one", "third"));
    }

    @Test
    void narrowingDoesNotChangeTheBroadcaster() {
        join(adaSocket, "room");
        Broadcaster room = all.to("room");
        Broadcaster nobody = room.except(adaSocket.id());
        assertReaches(room, ada);
        assertReaches(nobody);
        assertReaches(all, ada, ben, cem);
    }

    @Test
    void theIdOfASocketIsItsOwnRoom() {
        assertReaches(all.to(benSocket.id()), ben);
        assertReaches(all.except(benSocket.id()), ada, cem);
        join(adaSocket, "room");
        assertReaches(all.to("room", benSocket.id()), ada, ben);
        assertReaches(all.to(adaSocket.id(), "room"), ada);
        assertThat(TestServer.atHome(benSocket, benSocket::rooms)).isEmpty();
        assertThat(all.rooms().names()).containsExactly("room");
    }

    @Test
    void othersMayJoinTheRoomOfASocket() {
        join(adaSocket, benSocket.id());
        assertReaches(all.to(benSocket.id()), ada, ben);
        ben.join("/custom");
        ben.send("1");
        ben.fence("/custom");
        all.to(benSocket.id()).emit("news", 2);
        ada.expect("2['news',2]");
        ben.fence("/custom");
    }

    @Test
    void aSocketBroadcastsToTheOthersAndNotToItself() {
        join(adaSocket, "room");
        join(benSocket, "room");
        assertReaches(adaSocket.broadcast(), ben, cem);
        assertReaches(adaSocket.to("room"), ben);
        assertReaches(adaSocket.to("room").except(benSocket.id()));
        assertReaches(cemSocket.to("room"), ada, ben);
        ada.send("2['to others',{'rooms':['room'],'except':[]}]");
        assertReached("2['from','other']", ben);
        ada.send("2['to others',{'rooms':[],'except':['room']}]");
        assertReached("2['from','other']", cem);
    }

    @Test
    void manySocketsJoinAndLeaveARoomAtOnce() {
        join(adaSocket, "old");
        join(benSocket, "old");
        all.to("old").join("new");
        TestServer.eventually(() -> assertThat(all.rooms().members(Set.of("new"), Set.of()))
                .containsExactlyInAnyOrder(adaSocket, benSocket));
        assertReaches(all.to("new"), ada, ben);
        all.except(benSocket.id()).leave("new");
        TestServer.eventually(
                () -> assertThat(all.rooms().members(Set.of("new"), Set.of())).containsExactly(benSocket));
        all.join("everybody");
        TestServer.eventually(() ->
                assertThat(all.rooms().members(Set.of("everybody"), Set.of())).hasSize(3));
        all.leave("everybody");
        TestServer.eventually(() -> assertThat(all.rooms().names()).containsExactlyInAnyOrder("old", "new"));
    }

    @Test
    void manySocketsAreDisconnectedAtOnce() {
        join(adaSocket, "room");
        join(benSocket, "room");
        ben.join("/custom");
        all.to("room").except(adaSocket.id()).disconnect();
        ben.expect("1");
        ben.fence("/custom");
        ada.fence();
        cem.fence();
        all.to("room").disconnectSessions();
        ada.expect("1");
        ada.expectClosed();
        ben.fence("/custom");
        cem.fence();
    }

    @Test
    void roomsAreGoneWithTheirLastSocket() {
        join(adaSocket, "one");
        join(adaSocket, "both");
        join(benSocket, "both");
        TestServer.eventually(() -> assertThat(all.rooms().names()).containsExactlyInAnyOrder("one", "both"));
        assertThat(all.rooms().socketCount()).isEqualTo(3);
        assertThat(all.rooms().socket(adaSocket.id())).isSameAs(adaSocket);
        ada.closeTransport();
        TestServer.eventually(() -> assertThat(all.rooms().names()).containsExactly("both"));
        ben.send("1");
        TestServer.eventually(() -> assertThat(all.rooms().names()).isEmpty());
        TestServer.eventually(() -> assertThat(all.rooms().socketCount()).isEqualTo(1));
        assertThat(all.rooms().socket(adaSocket.id())).isNull();
    }

    @Test
    void roomsStayRightWhileThreadsJoinLeaveAndDisconnect() {
        List<CompletableFuture<Void>> threads = List.of(
                Answers.aside(() -> churn(adaSocket, benSocket)),
                Answers.aside(() -> churn(benSocket, cemSocket)),
                Answers.aside(() -> churn(cemSocket, adaSocket)));
        threads.forEach(CompletableFuture::join);
        ada.fence();
        ben.fence();
        cem.fence();
        assertThat(all.rooms().names()).isEmpty();
    }

    private void churn(Socket one, Socket other) {
        for (int i = 0; i < 300; i++) {
            String room = "room " + i % 3;
            one.join(room);
            other.join(room);
            all.to(room)
                    .dropIfBusy()
                    .except(adaSocket.id(), benSocket.id(), cemSocket.id())
                    .emit("nobody");
            one.leave(room);
            other.leave(room);
        }
        // Threads end in any order: the sockets once more leave what another thread joined last.
        for (int i = 0; i < 3; i++) {
            one.leave("room " + i);
            other.leave("room " + i);
        }
    }

    @Test
    void forEachAtHomeRunsOnEachHomeLoop() {
        for (int i = 0; i < 6; i++) {
            server.join();
        }
        AtomicInteger visits = new AtomicInteger();
        Set<Socket> wrong = ConcurrentHashMap.newKeySet();
        Socket.forEachAtHome(all.rooms().members(Set.of(), Set.of()), socket -> {
                    visits.incrementAndGet();
                    if (!socket.isHome()) {
                        wrong.add(socket);
                    }
                })
                .toCompletableFuture()
                .join();
        assertThat(visits).hasValue(9);
        assertThat(wrong).isEmpty();
    }

    /** The completion must not tell of an event that is still in the process: the process may end or freeze now. */
    @Test
    void forEachAtHomeCompletesWhenWhatItSentHasLeft() {
        AtomicBoolean watched = new AtomicBoolean();
        AtomicBoolean received = new AtomicBoolean();
        CompletionStage<Void> done = Socket.forEachAtHome(List.of(adaSocket), socket -> {
                    spinUntil(watched);
                    socket.emit("news", 1);
                })
                .thenRun(() -> spinUntil(received)); // on the loop, which cannot flush meanwhile
        watched.set(true);
        try {
            ada.expect("2['news',1]");
        } finally {
            received.set(true);
        }
        Answers.await(done);
    }

    private static void spinUntil(AtomicBoolean condition) {
        while (!condition.get()) {
            // an event loop must not call anything that waits
        }
    }

    // Volatile

    @Test
    void theSelectedSocketsOfThisNodeAreListed() {
        join(adaSocket, "room");
        join(benSocket, "room");
        assertThat(all.sockets()).containsExactlyInAnyOrder(adaSocket, benSocket, cemSocket);
        assertThat(all.to("room").sockets()).containsExactlyInAnyOrder(adaSocket, benSocket);
        assertThat(all.to("room", cem(), "none").except(adaSocket.id()).sockets())
                .containsExactlyInAnyOrder(benSocket, cemSocket);
        assertThat(all.to("none").sockets()).isEmpty();
        assertThat(adaSocket.rooms()).containsExactly("room"); // on any thread
        assertThat(cemSocket.rooms()).isEmpty();
        List<Socket> before = all.to("room").sockets();
        leave(adaSocket, "room");
        assertThat(before).hasSize(2);
    }

    private String cem() {
        return cemSocket.id();
    }

    @Test
    void aLocalBroadcastDoesNotUseTheAdapterOfTheCluster() {
        List<String> calls = new CopyOnWriteArrayList<>();
        Broadcaster shared = Broadcaster.of("/shared", local -> new RecordingAdapter(local, calls));
        server.sockets().add(namespace(shared).build());
        ada.join("/shared");
        shared.local().to(shared.sockets().get(0).id()).emit("local");
        ada.expect("2/shared,['local']");
        assertThat(calls).isEmpty();
        shared.emit("all");
        ada.expect("2/shared,['all']");
        assertThat(calls).hasSize(1);
    }

    @Test
    void volatileEventsReachSocketsThatCanTakeThem() {
        all.dropIfBusy().emit("news", 1);
        assertReached("2['news',1]", ada, ben, cem);
        adaSocket.emitVolatile("news", 2);
        assertReached("2['news',2]", ada);
    }

    @Test
    void volatileEventsAreDroppedForBusySockets() {
        int sent = TestServer.atHome(adaSocket, () -> {
            int chunks = makeBusy(adaSocket);
            all.dropIfBusy().emit("news", 1);
            return chunks;
        });
        for (int i = 0; i < sent; i++) {
            assertThat(ada.text()).startsWith("2[\"chunk\"");
        }
        assertReached("2['news',1]", ben, cem);
        assertThat(adaSocket.isConnected()).isTrue();
    }

    /** Sends until the transport takes no more; the loop flushes it only afterwards. */
    private static int makeBusy(Socket socket) {
        int chunks = 0;
        while (socket.emitVolatile("chunk", "x".repeat(16 * 1024))) {
            chunks++;
        }
        assertThat(chunks).isPositive();
        return chunks;
    }

    @Test
    void aVolatileEventDoesNotAwaitAcksOfBusySockets() {
        CompletionStage<Adapter.BroadcastAnswers> answers = TestServer.atHome(adaSocket, () -> {
            makeBusy(adaSocket);
            return all.to(adaSocket.id()).dropIfBusy().emitWithAck(Duration.ofDays(1), "ask");
        });
        assertThat(answers.toCompletableFuture())
                .succeedsWithin(TestClient.PATIENCE)
                .isEqualTo(new Adapter.BroadcastAnswers(List.of(), 1));
    }

    // Clusters

    @Test
    void anAdapterOfAClusterSeesAllCalls() {
        List<String> calls = new CopyOnWriteArrayList<>();
        Broadcaster clustered = Broadcaster.of("/clustered", local -> new RecordingAdapter(local, calls));
        clustered.to("a").except("b").dropIfBusy().emit("e", 1);
        clustered.emitWithAck(Duration.ofSeconds(1), "q");
        clustered.to("a").join("c");
        clustered.except("b").leave("c");
        clustered.disconnect();
        clustered.disconnectSessions();
        assertThat(clustered.namespace()).isEqualTo("/clustered");
        assertThat(calls)
                .containsExactly(
                        "broadcast e [a] [b] true",
                        "ask q [] [] PT1S",
                        "join [a] [] c",
                        "leave [] [b] c",
                        "disconnect [] [] false",
                        "disconnect [] [] true");
    }

    private record RecordingAdapter(Adapter local, List<String> calls) implements Adapter {

        @Override
        public void broadcast(Broadcast b) {
            calls.add("broadcast " + b.event() + " " + b.rooms() + " " + b.except() + " " + b.isVolatile());
            local.broadcast(b);
        }

        @Override
        public CompletionStage<BroadcastAnswers> broadcastWithAck(Broadcast b, Duration timeout) {
            calls.add("ask " + b.event() + " " + b.rooms() + " " + b.except() + " " + timeout);
            return local.broadcastWithAck(b, timeout);
        }

        @Override
        public void join(Set<String> rooms, Set<String> except, String room) {
            calls.add("join " + rooms + " " + except + " " + room);
            local.join(rooms, except, room);
        }

        @Override
        public void leave(Set<String> rooms, Set<String> except, String room) {
            calls.add("leave " + rooms + " " + except + " " + room);
            local.leave(rooms, except, room);
        }

        @Override
        public void disconnect(Set<String> rooms, Set<String> except, boolean closeSessions) {
            calls.add("disconnect " + rooms + " " + except + " " + closeSessions);
            local.disconnect(rooms, except, closeSessions);
        }
    }
}
