package io.scarfall.socketio;

import static io.scarfall.socketio.TestServer.namespace;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.scarfall.socketio.packet.RawJson;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How a client joins a namespace, and how it is refused (Socket.IO protocol 5, "Connection to a namespace"). */
class ConnectTest extends OneServer {

    private static final Attribute<String> USER = Attribute.named("user");
    private static final Duration SHORT = Duration.ofMillis(40);

    private final CompletableFuture<Object> verdict = new CompletableFuture<>();

    record Credentials(int token) {}

    // Admission

    @Test
    void everyNamespaceGivesItsOwnIdDifferentFromTheSessions() {
        server.start(namespace("/").build(), namespace("/custom").build());
        TestClient client = server.open();
        String main = client.join();
        String custom = client.join("/custom");
        assertThat(Set.of(main, custom, client.sessionId())).hasSize(3);
        client.fence();
        client.fence("/custom");
    }

    @Test
    void whatTheConnectHandlerEmitsFollowsTheReply() {
        server.start(namespace("/")
                .onConnect(socket -> socket.emit("first", 1))
                .onConnect(socket -> socket.broadcast().to(socket.id()).emit("not to itself"))
                .onConnect(socket -> socket.emit("second", socket.isConnected()))
                .build());
        TestClient client = server.open();
        client.join();
        client.expect("2['first',1]", "2['second',true]");
        client.fence();
    }

    @Test
    void theMainNamespaceHasTwoNames() {
        server.start(namespace("/").build());
        for (String packet : List.of("0", "0/", "0/,", "0{}", "0/,{'a':1}", "05{}")) {
            TestClient client = server.open().send(packet);
            client.joined("/");
            client.send("2/,['" + TestServer.FENCE + "']");
            client.fence();
        }
    }

    @Test
    void authIsReadAsAnyTypeAndIsEmptyIfNoneWasSent() {
        server.start(namespace("/")
                .onConnect(socket -> socket.emit("auth", socket.auth(RawJson.class)))
                .build());
        TestClient client = server.open().send("0{'token': [1, 'é']}");
        client.joined("/");
        client.expect("2['auth',{'token': [1, 'é']}]");
        TestClient other = server.join();
        other.expect("2['auth',{}]");
    }

    @Test
    void allSocketsShareTheRequestOfTheirSession() {
        Consumer<Socket> tell = socket ->
                journal.add(socket.namespace() + " " + socket.handshake().query("who") + " "
                        + socket.handshake().header("upgrade") + " " + socket.transport());
        server.start(
                namespace("/").onConnect(tell).build(),
                namespace("/custom").onConnect(tell).build());
        TestClient client = server.open();
        client.join();
        client.join("/custom");
        journal.expect("/ me websocket websocket", "/custom me websocket websocket");
    }

    @Test
    void attributesOfAGuardStayOnTheSocket() {
        server.start(namespace("/")
                .guard(socket -> {
                    socket.set(USER, "ada");
                    return null;
                })
                .onConnect(socket -> socket.emit("user", socket.get(USER)))
                .build());
        server.join().expect("2['user','ada']");
    }

    // Unknown namespaces

    @Test
    void anUnknownNamespaceIsRefusedAndOthersMayBeTried() {
        server.start(namespace("/custom").build());
        TestClient client = server.open();
        client.send("0/random").expect("4/random,{'message':'Invalid namespace'}");
        client.send("0").expect("4{'message':'Invalid namespace'}");
        client.join("/custom");
        client.fence("/custom");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/custom?a=b", "/Custom", "/custom/", "//custom", "/cus", "/custom{}"})
    void namespacesAreMatchedVerbatim(String name) {
        server.start(namespace("/custom").build());
        server.open().send("0" + name + ",").expect("4" + name + ",{'message':'Invalid namespace'}");
    }

    // Guards

    private ConnectGuard noting(String entry, @Nullable CompletionStage<?> answer) {
        return socket -> {
            journal.add(entry);
            return answer;
        };
    }

    @Test
    void guardsRunInOrderEachAfterTheOneBefore() {
        CompletableFuture<Object> second = new CompletableFuture<>();
        server.start(namespace("/")
                .guard(noting("first", verdict))
                .guard(noting("second", second))
                .guard(noting("third", null))
                .onConnect(socket -> journal.add("connected"))
                .build());
        TestClient client = server.open().send("0");
        journal.expect("first");
        verdict.complete("anything");
        journal.expect("second");
        second.complete(null);
        client.joined("/");
        journal.expect("third", "connected");
    }

    @Test
    void aRefusalEndsTheSequenceOfGuards() {
        server.start(namespace("/")
                .guard(refusing("no", null))
                .guard(noting("asked", null))
                .onConnect(socket -> journal.add("connected"))
                .onDisconnect((socket, reason) -> journal.add("disconnected"))
                .build());
        server.open().send("0").expect("4{'message':'no'}");
    }

    private static ConnectGuard refusing(String message, Object data) {
        return socket -> {
            throw new ConnectRefusedException(message, data);
        };
    }

    @Test
    void aGuardRefusesWithMessageAndData() {
        server.start(namespace("/no")
                .guard(refusing("Not \"you\"", Map.of("code", 7)))
                .build());
        server.open().send("0/no,{'token':1}").expect("4/no,{'message':'Not \\'you\\'','data':{'code':7}}");
    }

    @Test
    void aGuardRefusesLater() {
        server.start(namespace("/").guard(socket -> verdict).build());
        TestClient client = server.open().send("0");
        verdict.completeExceptionally(new ConnectRefusedException("late", List.of()));
        client.expect("4{'message':'late','data':[]}");
    }

    @Test
    void aGuardMaySetAttributesLater() {
        server.start(namespace("/")
                .guard(socket -> verdict.thenAcceptAsync(user -> socket.set(USER, (String) user), socket::execute))
                .onConnect(socket -> socket.emit("user", socket.get(USER)))
                .build());
        TestClient client = server.open().send("0");
        verdict.complete("ada");
        client.joined("/");
        client.expect("2['user','ada']");
    }

    @Test
    void aRefusalIsFoundInsideACompletionException() {
        server.start(namespace("/")
                .guard(socket -> verdict.thenApply(admitted -> admitted))
                .build());
        TestClient client = server.open().send("0");
        verdict.completeExceptionally(new ConnectRefusedException("late", null));
        client.expect("4{'message':'late'}");
    }

    @Test
    void aGuardThatFailsRefusesWithANeutralMessage() {
        server.start(namespace("/")
                .guard(socket -> {
                    throw new IllegalStateException("the database is at 10.0.0.1");
                })
                .build());
        server.open().send("0").expect("4{'message':'internal error'}");
        log.expectError("connect guard failed ns=/", IllegalStateException.class);
    }

    @Test
    void aGuardThatFailsLaterRefusesWithANeutralMessage() {
        server.start(namespace("/").guard(socket -> verdict).build());
        TestClient client = server.open().send("0");
        verdict.completeExceptionally(new IllegalStateException("the database is at 10.0.0.1"));
        client.expect("4{'message':'internal error'}");
        log.expectError("connect guard failed ns=/", IllegalStateException.class);
    }

    @Test
    void authThatDoesNotFitIsRefusedAndNotLoggedAsAnError() {
        server.start(namespace("/")
                .guard(socket -> {
                    socket.auth(Credentials.class);
                    return null;
                })
                .build());
        TestClient client = server.open();
        client.send("0{'token':'x'}").expect("4{'message':'invalid auth'}");
        client.send("0{'token':5}").joined("/");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void dataThatCannotBeWrittenIsAnErrorOfTheApplication(boolean later) {
        Object unwritable = new Unwritable();
        server.start(namespace("/")
                .guard(
                        later
                                ? socket -> CompletableFuture.supplyAsync(
                                        () -> new ConnectRefusedException("no", unwritable))
                                : refusing("no", unwritable))
                .build());
        TestClient client = server.open();
        client.send("0").expect("4{'message':'internal error'}");
        log.expectError("connect guard failed ns=/", IllegalArgumentException.class);
        client.send("0").expect("4{'message':'internal error'}");
    }

    @Test
    void dataWithAttachmentsCannotBeWritten() {
        server.start(namespace("/").guard(refusing("no", new byte[] {1})).build());
        server.open().send("0").expect("4{'message':'internal error'}");
        log.expectError("connect guard failed ns=/", IllegalArgumentException.class);
    }

    static final class Unwritable {
        public String getName() {
            throw new IllegalStateException();
        }
    }

    @Test
    void aRefusedClientMayRetry() {
        server.start(namespace("/")
                .guard(socket -> {
                    if (socket.auth(Credentials.class).token() != 5) {
                        throw new ConnectRefusedException("wrong", null);
                    }
                    return null;
                })
                .build());
        TestClient client = server.open();
        client.send("0{'token':4}").expect("4{'message':'wrong'}");
        client.send("0{'token':5}").joined("/");
        client.fence();
    }

    @Test
    void aRefusedClientIsNotInTheNamespace() {
        server.start(namespace("/").guard(refusing("no", null)).build());
        TestClient client = server.open();
        client.send("0").expect("4{'message':'no'}");
        client.send("2['x']").expectClosed();
    }

    @Test
    void aRefusalDoesNotAffectOtherNamespaces() {
        server.start(
                namespace("/").build(),
                namespace("/no").guard(refusing("no", null)).build());
        TestClient client = server.join();
        client.send("0/no,").expect("4/no,{'message':'no'}");
        client.fence();
    }

    @Test
    void beforeAdmissionASocketCanDoNothing() {
        Broadcaster broadcaster = Broadcaster.of("/");
        server.start(namespace(broadcaster)
                .guard(socket -> {
                    journal.add("connected " + socket.isConnected());
                    journal.add("emitted " + socket.emit("early"));
                    socket.join("room");
                    socket.leave("room");
                    socket.disconnect();
                    journal.add("rooms " + socket.rooms());
                    broadcaster.emit("early");
                    assertThatThrownBy(() -> socket.emitWithAck(SHORT, "early")
                                    .toCompletableFuture()
                                    .getNow(null))
                            .hasCauseInstanceOf(DisconnectedException.class);
                    return null;
                })
                .build());
        TestClient client = server.join();
        client.fence();
        journal.expect("connected false", "emitted false", "rooms []");
    }

    // A guard that has not decided yet

    @ParameterizedTest
    @ValueSource(strings = {"0", "0{}", "4{'message':'x'}"})
    void packetsThatNoStateAllowsCloseTheSessionAfterTheGuardDecided(String packet) {
        server.start(undecided());
        TestClient client = server.open().send("0");
        journal.expect("asked");
        client.send(packet);
        verdict.complete(null);
        journal.expect("asked again", "connected", "disconnected");
        client.joined("/");
        client.expectClosed();
    }

    @Test
    void packetsAfterConnectWaitForTheGuardInOrder() {
        server.start(
                namespace("/")
                        .guard(socket -> verdict)
                        .on("say", Integer.class, (socket, number) -> {
                            journal.add("said " + number);
                            return number;
                        })
                        .build(),
                namespace("/custom").build());
        TestClient client = server.open().send("0");
        for (int i = 0; i < 100; i++) {
            client.send("2" + i + "['say'," + i + "]");
        }
        client.send("0/custom,");
        server.open(); // on the same server, and after what was sent before
        verdict.complete(null);
        client.joined("/");
        for (int i = 0; i < 100; i++) {
            journal.expect("said " + i);
            client.expect("3" + i + "[" + i + "]");
        }
        client.joined("/custom");
    }

    @Test
    void packetsAfterConnectHaveNoEffectIfTheGuardRefuses() {
        server.start(
                namespace("/")
                        .guard(socket -> verdict)
                        .onAny((socket, event, arguments) -> journal.add(event))
                        .build(),
                namespace("/custom").build());
        TestClient client = server.open().send("0").send("2['say',1]");
        verdict.completeExceptionally(new ConnectRefusedException("no", null));
        client.expect("4{'message':'no'}");
        client.expectClosed();
    }

    private Namespace undecided() {
        return namespace("/")
                .guard(noting("asked", verdict))
                .guard(noting("asked again", null))
                .onConnect(socket -> journal.add("connected"))
                .onDisconnect((socket, reason) -> journal.add("disconnected"))
                .build();
    }

    @Test
    void whileAGuardDecidesOtherNamespacesWait() {
        server.start(undecided(), namespace("/custom").build());
        TestClient client = server.open().send("0");
        journal.expect("asked");
        client.send("0/custom,");
        verdict.complete(null);
        client.joined("/");
        client.joined("/custom");
        client.fence("/custom");
        journal.expect("asked again", "connected");
        client.send("1");
        journal.expect("disconnected");
    }

    @Test
    void aGuardThatNeverDecidesRefusesAfterTheTimeoutIfTheClientHasJoinedAnotherNamespace() {
        server.start(
                new SocketConfig(SHORT.multipliedBy(10), 10),
                namespace("/").build(),
                namespace("/custom").guard(socket -> verdict).build());
        TestClient client = server.open();
        client.join();
        client.send("0/custom,");
        client.send("2['" + TestServer.FENCE + "']");
        client.expect("4/custom,{'message':'internal error'}");
        client.fence();
        log.expectError("connect guard failed", TimeoutException.class);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void noHandlerRunsForASocketWhoseSessionEndsWhileAGuardDecides(boolean admits) {
        server.start(undecided());
        TestClient client = server.open().send("0");
        journal.expect("asked");
        client.closeTransport();
        client.expectClosed();
        if (admits) {
            verdict.complete(null);
        } else {
            verdict.completeExceptionally(new IllegalStateException("too late to matter"));
        }
        TestClient other = server.open().send("0");
        journal.expect("asked");
        if (admits) {
            other.joined("/");
            journal.expect("asked again", "connected");
            other.send("1");
            journal.expect("disconnected");
        } else {
            other.expect("4{'message':'internal error'}");
            log.expectError("connect guard failed", IllegalStateException.class);
        }
    }

    @Test
    void aGuardMayCloseTheSession() {
        server.start(namespace("/")
                .guard(socket -> {
                    socket.disconnectSession();
                    return null;
                })
                .guard(noting("asked", null))
                .onConnect(socket -> journal.add("connected"))
                .onDisconnect((socket, reason) -> journal.add("disconnected"))
                .build());
        server.open().send("0").expectClosed();
    }

    // Connect handlers

    @Test
    void aConnectHandlerThatFailsDoesNotAffectOthers() {
        server.start(namespace("/")
                .onConnect(socket -> {
                    throw new IllegalStateException();
                })
                .onConnect(socket -> socket.emit("still", "here"))
                .build());
        TestClient client = server.join();
        client.expect("2['still','here']");
        client.fence();
        log.expectError("handler failed what=connect ns=/", IllegalStateException.class);
    }

    @Test
    void afterAConnectHandlerDisconnectedTheOthersDoNotRun() {
        server.start(namespace("/")
                .onConnect(Socket::disconnect)
                .onConnect(socket -> journal.add("connected"))
                .onDisconnect((socket, reason) -> journal.add(reason.wire()))
                .build());
        TestClient client = server.join();
        client.expect("1");
        journal.expect("server namespace disconnect");
    }

    // Sessions in no namespace

    @Test
    void aSessionThatJoinsNothingIsClosed() {
        server.start(new SocketConfig(SHORT, 10), namespace("/").build());
        server.open().expectClosed();
    }

    @Test
    void aRefusalDoesNotCountAsJoining() {
        server.start(
                new SocketConfig(SHORT.multipliedBy(10), 10),
                namespace("/no").guard(refusing("no", null)).build());
        TestClient client = server.open();
        client.send("0").expect("4{'message':'Invalid namespace'}");
        client.send("0/no,").expect("4/no,{'message':'no'}");
        client.expectClosed();
    }

    @Test
    void aGuardThatNeverDecidesDoesNotKeepTheSession() {
        server.start(new SocketConfig(SHORT, 10), undecided());
        server.open().send("0").expectClosed();
        journal.expect("asked");
        verdict.complete(null);
    }

    @Test
    void aSessionThatJoinedOnceMayStay() {
        Duration timeout = SHORT.multipliedBy(10);
        server.start(
                new SocketConfig(timeout, 10),
                namespace("/").build(),
                namespace("/custom").build());
        TestClient client = server.open();
        Socket socket = server.socket(client.join());
        client.send("1");
        TestServer.passTime(socket, timeout);
        client.join("/custom");
        client.fence("/custom");
    }

    @ParameterizedTest
    @ValueSource(strings = {"2['x']", "21['x']", "2/custom,['x']", "30[]", "1", "1/custom,", "4{'message':'x'}"})
    void beforeConnectEveryOtherPacketClosesTheSession(String packet) {
        server.start(namespace("/").build(), namespace("/custom").build());
        server.open().send(packet).expectClosed();
    }

    @Test
    void beforeConnectABinaryEventClosesTheSession() {
        server.start(namespace("/").build());
        server.open()
                .send("51-['x',{'_placeholder':true,'num':0}]", new byte[1])
                .expectClosed();
    }

    @Test
    void joiningTwiceClosesTheSession() {
        server.start(namespace("/")
                .onDisconnect((socket, reason) -> journal.add(reason.wire()))
                .build());
        server.join().send("0").expectClosed();
        journal.expect("forced close");
    }

    // Configuration

    @Test
    void twoNamespacesOfOneNameAreRefused() {
        Namespace one = namespace("/x").build();
        Namespace other = namespace("/x").build();
        assertThatThrownBy(() -> new SocketServer(one, other)).isInstanceOf(IllegalStateException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "/a,b"})
    void aNamespaceNeedsANameThatTheWireCanCarry(String name) {
        assertThatThrownBy(() -> Namespace.builder(name))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("namespace: " + name + " (expected: '/' in front, and no ',')");
    }

    @Test
    void limitsOutOfRangeAreRefused() {
        assertThatThrownBy(() -> new SocketConfig(Duration.ZERO, 10))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("connectTimeout: PT0S (expected: > 0)");
        assertThatThrownBy(() -> new SocketConfig(Duration.ofSeconds(-1), 10))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new SocketConfig(Duration.ofSeconds(1), -1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("maxAttachments: -1 (expected: >= 0)");
        assertThat(SocketConfig.DEFAULT).isEqualTo(new SocketConfig(Duration.ofSeconds(45), 10));
    }
}
