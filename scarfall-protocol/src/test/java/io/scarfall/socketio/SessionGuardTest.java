package io.scarfall.socketio;

import static org.assertj.core.api.Assertions.assertThat;

import io.scarfall.engineio.CloseReason;
import io.scarfall.engineio.EngineSession;
import io.scarfall.socketio.SessionGuard.Refusal;
import io.scarfall.socketio.internal.packet.Packet;
import io.scarfall.socketio.packet.Arguments;
import io.scarfall.testing.Answers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a guard sees of a session, and what its refusals do. */
class SessionGuardTest {
    private final TestServer server = new TestServer();
    private final Journal journal = new Journal();
    private final List<Recorder> guards = new CopyOnWriteArrayList<>();

    @AfterEach
    void stop() {
        server.close();
    }

    /** Records the calls, and decides by a function. */
    private final class Recorder implements SessionGuard {
        private final List<String> seen = new CopyOnWriteArrayList<>();
        private final Function<Packet, @Nullable Refusal> verdict;
        private volatile @Nullable CloseReason closed;

        Recorder(Function<Packet, @Nullable Refusal> verdict) {
            this.verdict = verdict;
        }

        @Override
        public @Nullable Refusal connect(String namespace) {
            return check(new Packet.Connect(namespace, null), null);
        }

        @Override
        public @Nullable Refusal event(Socket socket, String event) {
            return check(new Packet.Event(socket.namespace(), Packet.NO_ID, event, Arguments.NONE), socket);
        }

        @Override
        public void unexpectedAck(Socket socket) {
            check(new Packet.Ack(socket.namespace(), Packet.NO_ID, Arguments.NONE), socket);
        }

        private @Nullable Refusal check(Packet packet, @Nullable Socket socket) {
            String name = packet instanceof Packet.Event event ? event.name() : "";
            if (!name.equals(TestServer.FENCE)) {
                seen.add(packet.getClass().getSimpleName() + " " + packet.namespace() + " " + name
                        + (socket == null ? "" : " by " + socket.namespace()));
            }
            return verdict.apply(packet);
        }

        @Override
        public void closed(CloseReason reason) {
            assertThat(closed).isNull();
            closed = reason;
            journal.add("closed");
        }
    }

    private void start(Function<Packet, @Nullable Refusal> verdict, Namespace... namespaces) {
        server.start(
                session -> {
                    Recorder guard = new Recorder(verdict);
                    guards.add(guard);
                    return guard;
                },
                namespaces);
    }

    private static @Nullable Refusal pass(Packet packet) {
        return null;
    }

    @Test
    void seesAllNamespacesOfASessionAndNothingOfOthers() {
        start(
                SessionGuardTest::pass,
                TestServer.namespace("/").build(),
                TestServer.namespace("/a").build());
        TestClient client = server.join();
        TestClient other = server.join();

        client.send("0/none,").expect("4/none,{'message':'Invalid namespace'}");
        client.join("/a");
        client.send("2['unknown']").send("2/a,['x']").send("1/a,").fence();
        other.fence();

        assertThat(guards).hasSize(2);
        assertThat(guards.get(0).seen)
                .containsExactly(
                        "Connect / ", "Connect /none ", "Connect /a ", "Event / unknown by /", "Event /a x by /a");
        assertThat(guards.get(1).seen).containsExactly("Connect / ");
    }

    @Test
    void aRefusedEventHasNoEffectAndItsAckSaysWhy() {
        Refusal refusal = new Refusal("no", Map.of("code", 7));
        start(
                packet -> packet instanceof Packet.Event event && event.name().equals("bad") ? refusal : null,
                TestServer.namespace("/")
                        .onAny((socket, event, arguments) -> journal.add(event))
                        .on("bad", (socket, arguments) -> "handled")
                        .on("good", (socket, arguments) -> "handled")
                        .build());
        TestClient client = server.join();

        client.send("21['bad']").expect("31[{'code':7}]");
        client.send("2['bad']").send("22['good']").expect("32['handled']");

        assertThat(journal.rest()).containsExactly("good");
    }

    @Test
    void aRefusalWithoutAnAnswerIsAnAckWithoutArgumentsAndASilentOneNothing() {
        start(
                packet -> !(packet instanceof Packet.Event event)
                        ? null
                        : event.name().equals("mute")
                                ? Refusal.SILENT
                                : event.name().equals("bad") ? new Refusal("no", null) : null,
                TestServer.namespace("/").build());
        TestClient client = server.join();

        client.send("21['mute']").send("22['bad']").expect("32[]");
        client.fence();
    }

    @Test
    void aRefusedConnectIsAConnectErrorAndDoesNotJoin() {
        start(
                packet -> packet.namespace().equals("/a") ? new Refusal("not now", Map.of("code", 7)) : null,
                TestServer.namespace("/").build(),
                TestServer.namespace("/a")
                        .guard(socket -> {
                            journal.add("asked");
                            return null;
                        })
                        .build());
        TestClient client = server.join();

        client.send("0/a,").expect("4/a,{'message':'not now','data':{'code':7}}");
        client.fence();

        assertThat(journal.rest()).isEmpty();
    }

    @Test
    void anAckIsSeenOnlyIfItIsUnexpected() {
        start(SessionGuardTest::pass, TestServer.namespace("/").build());
        TestClient client = server.open();
        Socket socket = server.socket(client.join());
        CompletionStage<Arguments> answer = socket.emitWithAck(Duration.ofSeconds(20), "question");
        String packet = client.text();
        String id = packet.substring(1, packet.indexOf('['));

        client.send("3" + id + "['answer']");
        assertThat(Answers.await(answer).get(0, String.class)).isEqualTo("answer");
        client.send("3" + id + "['again']").send("34711[]").fence();

        assertThat(guards.get(0).seen).containsExactly("Connect / ", "Ack /  by /", "Ack /  by /");
    }

    @Test
    void anAckThatTheApplicationHasGivenUpIsExpected() {
        start(SessionGuardTest::pass, TestServer.namespace("/").build());
        TestClient client = server.open();
        Socket socket = server.socket(client.join());
        CompletionStage<Arguments> answer = socket.emitWithAck(Duration.ofSeconds(20), "question");
        String packet = client.text();
        answer.toCompletableFuture().cancel(true);

        client.send("3" + packet.substring(1, packet.indexOf('[')) + "['answer']")
                .fence();

        assertThat(guards.get(0).seen).containsExactly("Connect / ");
    }

    @Test
    void isClosedOnceAfterTheSocketsHaveLeft() {
        start(
                SessionGuardTest::pass,
                TestServer.namespace("/")
                        .onDisconnect((socket, reason) -> journal.add("left"))
                        .build());
        TestClient client = server.join();

        client.closeTransport();

        TestServer.eventually(() -> assertThat(journal.rest()).containsExactly("left", "closed"));
        assertThat(guards.get(0).closed).isEqualTo(CloseReason.TRANSPORT_CLOSE);
    }

    @Test
    void packetsAfterTheGuardClosedTheSessionAreNotSeen() {
        server.start(
                session -> {
                    Recorder guard = new Recorder(packet -> refuseAndClose(session, packet));
                    guards.add(guard);
                    return guard;
                },
                TestServer.namespace("/")
                        .on("last", (socket, arguments) -> "handled")
                        .build());
        TestClient client = server.join();
        TestClient neighbour = server.join();

        client.send("21['last']").send("22['last']").send("23['last']").expectClosed();
        neighbour.fence();

        // the other client may have another home loop
        TestServer.eventually(() -> assertThat(journal.rest()).containsExactly("closed"));
        assertThat(guards.get(0).seen).containsExactly("Connect / ", "Event / last by /");
        assertThat(guards.get(0).closed).isEqualTo(CloseReason.FORCED_CLOSE);
    }

    private static @Nullable Refusal refuseAndClose(EngineSession session, Packet packet) {
        if (packet instanceof Packet.Event event && event.name().equals("last")) {
            session.close(CloseReason.FORCED_CLOSE);
            return new Refusal("no", "never sent");
        }
        return null;
    }

    @Test
    void aSocketGivesAccessToTheGuardOfItsSession() {
        start(
                SessionGuardTest::pass,
                TestServer.namespace("/").build(),
                TestServer.namespace("/a").build());
        TestClient client = server.open();
        Socket main = server.socket(client.join());
        Socket other = server.socket(client.join("/a"));

        assertThat(main.guard()).isSameAs(guards.get(0));
        assertThat(other.guard()).isSameAs(guards.get(0));
    }
}
