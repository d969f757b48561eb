package io.scarfall.socketio;

import static io.scarfall.socketio.TestServer.namespace;
import static io.scarfall.testing.Answers.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.scarfall.engineio.Bytes;
import io.scarfall.socketio.packet.Arguments;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Events with acks, in both directions and for many sockets (Socket.IO protocol 5, "Acknowledgement"). */
class AckTest extends OneServer {

    private static final Duration LONG = TestClient.PATIENCE;
    private static final Duration SHORT = Duration.ofMillis(20);

    private static void awaitFailure(CompletionStage<?> stage, Class<? extends Exception> cause, String message) {
        assertThatThrownBy(() -> await(stage)).cause().isInstanceOf(cause).hasMessage(message);
    }

    // The client asks

    @ParameterizedTest
    @CsvSource({
        "0, 0", //
        "1, 1",
        "00, 0",
        "007, 7",
        "2147483648, 2147483648",
        "9007199254740991, 9007199254740991"
    })
    void theAckHasTheIdOfTheEvent(String id, String answered) {
        server.start(
                namespace("/custom").on("ask", (socket, arguments) -> arguments).build());
        TestClient client = server.open();
        client.join("/custom");
        client.send("2/custom," + id + "['ask',1]").expect("3/custom," + answered + "[1]");
    }

    @Test
    void anAckHasAnyNumberOfArguments() {
        server.start(namespace("/")
                .on("none", (socket, arguments) -> null)
                .on("no arguments", (socket, arguments) -> Arguments.NONE)
                .on("null", (socket, arguments) -> Arguments.of((Object) null))
                .on("one", (socket, arguments) -> "a")
                .on("list", (socket, arguments) -> new String[] {"a", "b"})
                .on("two", (socket, arguments) -> Arguments.of("a", 2))
                .on("later", (socket, arguments) -> CompletableFuture.completedFuture(Arguments.of("a", 2)))
                .on("none later", (socket, arguments) -> CompletableFuture.completedFuture(null))
                .build());
        TestClient client = server.join();
        client.send("20['none']").expect("30[]");
        client.send("20['no arguments']").expect("30[]");
        client.send("20['null']").expect("30[null]");
        client.send("20['one']").expect("30['a']");
        client.send("20['list']").expect("30[['a','b']]");
        client.send("20['two']").expect("30['a',2]");
        client.send("20['later']").expect("30['a',2]");
        client.send("20['none later']").expect("30[]");
    }

    @Test
    void withoutAnIdThereIsNoAck() {
        server.start(namespace("/")
                .on("one", (socket, arguments) -> "a")
                .on("later", (socket, arguments) -> CompletableFuture.completedFuture("a"))
                .build());
        TestClient client = server.join();
        client.send("2['one']").send("2['later']");
        client.fence();
    }

    @Test
    void aHandlerMaySendNoAckEvenIfAsked() {
        server.start(namespace("/")
                .on("never", (socket, arguments) -> EventHandler.NO_ACK)
                .on("never later", (socket, arguments) -> CompletableFuture.completedFuture(EventHandler.NO_ACK))
                .on("nothing", (socket, arguments) -> null)
                .build());
        TestClient client = server.join();
        client.send("21['never']").send("22['never later']").send("23['nothing']");
        client.expect("33[]");
        client.fence();
    }

    @Test
    void aHandlerAnswersByACallback() {
        List<EventHandler.Ack> acks = new CopyOnWriteArrayList<>();
        server.start(namespace("/")
                .on("now", String.class, EventHandler.later((socket, text, ack) -> {
                    journal.add("wanted " + ack.isWanted());
                    ack.send(text);
                    ack.send("a second ack");
                }))
                .on("later", EventHandler.later((socket, arguments, ack) -> acks.add(ack)))
                .on("throws", EventHandler.later((socket, arguments, ack) -> {
                    throw new EventRefusedException("no", "no");
                }))
                .build());
        TestClient client = server.join();
        client.send("21['now','x']").expect("31['x']");
        journal.expect("wanted true");
        client.send("2['now','x']");
        journal.expect("wanted false");
        client.send("22['later']").send("23['later']").send("24['later']");
        client.fence();
        acks.get(2).send(Arguments.of(1, 2));
        client.expect("34[1,2]");
        acks.get(0).fail(new EventRefusedException("sold_out", "none left"));
        client.expect("32[{'status':'error','error':'none left','code':'sold_out'}]");
        acks.get(1).send(null);
        client.expect("33[]");
        client.send("25['throws']").expect("35[{'status':'error','error':'no','code':'no'}]");
    }

    @Test
    void answersComeInTheOrderInWhichTheyAreReady() {
        CompletableFuture<Object> first = new CompletableFuture<>();
        CompletableFuture<Object> second = new CompletableFuture<>();
        server.start(namespace("/")
                .on("first", (socket, arguments) -> first)
                .on("second", (socket, arguments) -> second)
                .on("third", (socket, arguments) -> 3)
                .build());
        TestClient client = server.join();
        client.send("21['first']").send("22['second']").send("23['third']").expect("33[3]");
        second.complete(2);
        client.expect("32[2]");
        first.complete(1);
        client.expect("31[1]");
        client.fence();
    }

    @Test
    void anAnswerFollowsWhatItsHandlerEmitted() {
        server.start(namespace("/")
                .on("ask", (socket, arguments) -> {
                    socket.emit("before");
                    return "answer";
                })
                .build());
        server.join().send("21['ask']").expect("2['before']", "31['answer']");
    }

    // The server asks

    @Test
    void theServerAsksAndTheClientAnswers() {
        server.start(namespace("/").build());
        TestClient client = server.open();
        Socket socket = server.socket(client.join());
        CompletionStage<Arguments> first = socket.emitWithAck(LONG, "ask", "a", 1);
        CompletionStage<Arguments> second = socket.emitWithAck(LONG, "ask");
        client.expect("20['ask','a',1]", "21['ask']");
        client.send("31['second', 2]").send("30[]");
        assertThat(await(first)).isEqualTo(Arguments.NONE);
        assertThat(await(second).json()).isEqualTo(Bytes.utf8("\"second\", 2"));
        assertThat(await(second).get(0, String.class)).isEqualTo("second");
        assertThat(await(second).get(1, int.class)).isEqualTo(2);
    }

    @Test
    void anAnswerCompletesOnTheHomeLoop() {
        server.start(namespace("/")
                .onConnect(socket ->
                        socket.emitWithAck(LONG, "ask").thenAccept(answer -> journal.add("home " + socket.isHome())))
                .build());
        server.join().send("30[]");
        journal.expect("home true");
    }

    @Test
    void socketsAndBroadcastsOfANamespaceShareTheirIds() {
        Namespace main = namespace("/").build();
        Namespace custom = namespace("/custom").build();
        server.start(main, custom);
        TestClient one = server.open();
        Socket oneSocket = server.socket(one.join());
        TestClient other = server.open();
        Socket otherSocket = server.socket(other.join());
        Socket customSocket = server.socket(other.join("/custom"));
        oneSocket.emitWithAck(LONG, "a");
        otherSocket.emitWithAck(LONG, "b");
        main.broadcaster().emitWithAck(LONG, "c");
        customSocket.emitWithAck(LONG, "d");
        one.expect("20['a']", "22['c']");
        other.expect("21['b']", "22['c']", "2/custom,0['d']");
    }

    @Test
    void onlyTheFirstAnswerCounts() {
        server.start(namespace("/")
                .onConnect(socket -> socket.emitWithAck(LONG, "ask")
                        .thenAccept(
                                answer -> journal.add("answer " + answer.json().utf8())))
                .build());
        TestClient client = server.join();
        client.expect("20['ask']");
        client.send("30['first']").send("30['second']").send("30[]");
        client.fence();
        journal.expect("answer \"first\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"3", "3[]", "3999[1]", "39007199254740991[]", "30['unasked']"})
    void anUnexpectedAckIsIgnored(String packet) {
        server.start(namespace("/").build());
        TestClient client = server.join();
        client.send(packet);
        client.fence();
    }

    @Test
    void anAnswerInAnotherNamespaceIsNoAnswer() {
        server.start(namespace("/").build(), namespace("/custom").build());
        TestClient client = server.open();
        Socket socket = server.socket(client.join());
        client.join("/custom");
        CompletionStage<Arguments> answer = socket.emitWithAck(LONG, "ask");
        client.expect("20['ask']");
        client.send("3/custom,0['wrong']");
        client.fence();
        client.send("30['right']");
        assertThat(await(answer).get(0, String.class)).isEqualTo("right");
    }

    @Test
    void anAnswerOfAnotherSocketIsNoAnswer() {
        server.start(namespace("/").build());
        TestClient client = server.open();
        Socket socket = server.socket(client.join());
        TestClient other = server.join();
        CompletionStage<Arguments> answer = socket.emitWithAck(LONG, "ask");
        client.expect("20['ask']");
        other.send("30['wrong']");
        other.fence();
        client.send("30['right']");
        assertThat(await(answer).get(0, String.class)).isEqualTo("right");
    }

    @Test
    void anAnswerThatIsLateIsIgnored() {
        server.start(namespace("/").build());
        TestClient client = server.open();
        Socket socket = server.socket(client.join());
        awaitFailure(socket.emitWithAck(SHORT, "ask"), TimeoutException.class, "operation has timed out");
        client.expect("20['ask']");
        client.send("30['late']");
        client.fence();
    }

    @Test
    void anAnswerInTimeIsNotFollowedByATimeout() {
        server.start(namespace("/").build());
        TestClient client = server.open();
        Socket socket = server.socket(client.join());
        Duration timeout = Duration.ofMillis(500);
        CompletionStage<Arguments> answer = socket.emitWithAck(timeout, "ask");
        client.expect("20['ask']");
        client.send("30[1]");
        assertThat(await(answer).size()).isEqualTo(1);
        client.fence();
    }

    @Test
    void afterASocketLeftItsAcksFail() {
        server.start(namespace("/").build());
        TestClient client = server.open();
        Socket socket = server.socket(client.join());
        CompletionStage<Arguments> pending = socket.emitWithAck(LONG, "ask");
        client.expect("20['ask']");
        client.send("1");
        awaitFailure(pending, DisconnectedException.class, "the socket is disconnected");
        awaitFailure(socket.emitWithAck(LONG, "ask"), DisconnectedException.class, "the socket is disconnected");
        client.join();
        client.send("30['late']");
        client.fence();
    }

    @Test
    void afterASessionIsLostItsAcksFail() {
        server.start(namespace("/")
                .onDisconnect((socket, reason) -> journal.add("disconnected"))
                .build());
        TestClient client = server.open();
        Socket socket = server.socket(client.join());
        CompletionStage<Arguments> pending = socket.emitWithAck(LONG, "ask");
        client.expect("20['ask']");
        client.close();
        awaitFailure(pending, DisconnectedException.class, "the socket is disconnected");
        journal.expect("disconnected");
    }

    // The server asks many

    private final Broadcaster all = Broadcaster.of("/");

    @Test
    void aBroadcastGathersTheAnswersOfAll() {
        server.start(namespace(all).build());
        TestClient[] clients = {server.join(), server.join(), server.join()};
        CompletionStage<Adapter.BroadcastAnswers> answers = all.emitWithAck(LONG, "ask", "a");
        for (TestClient client : clients) {
            client.expect("20['ask','a']");
        }
        clients[2].send("30['c']");
        clients[0].send("30['a']");
        clients[0].send("30['again']");
        clients[1].send("30[]");
        assertThat(await(answers).missing()).isZero();
        assertThat(await(answers).acks())
                .containsExactlyInAnyOrder(Arguments.of("a"), Arguments.NONE, Arguments.of("c"));
    }

    @Test
    void aBroadcastCountsLateAcksAsMissing() {
        server.start(namespace(all).build());
        TestClient answering = server.join();
        TestClient silent = server.join();
        CompletionStage<Adapter.BroadcastAnswers> answers = all.emitWithAck(Duration.ofMillis(300), "ask");
        answering.expect("20['ask']");
        answering.send("30['a']");
        silent.expect("20['ask']");
        assertThat(await(answers)).isEqualTo(new Adapter.BroadcastAnswers(List.of(Arguments.of("a")), 1));
        silent.send("30['late']");
        silent.fence();
    }

    @Test
    void aBroadcastDoesNotWaitForSocketsThatLeft() {
        server.start(namespace(all).build());
        TestClient answering = server.join();
        TestClient leaving = server.join();
        CompletionStage<Adapter.BroadcastAnswers> answers = all.emitWithAck(LONG, "ask");
        answering.expect("20['ask']");
        answering.send("30['a']");
        leaving.expect("20['ask']");
        leaving.send("1");
        assertThat(await(answers)).isEqualTo(new Adapter.BroadcastAnswers(List.of(Arguments.of("a")), 1));
    }

    @Test
    void aBroadcastWithoutReceiversCompletesAtOnce() {
        server.start(namespace(all).build());
        CompletionStage<Adapter.BroadcastAnswers> answers = all.to("empty").emitWithAck(LONG, "ask");
        assertThat(answers.toCompletableFuture()).isCompletedWithValue(new Adapter.BroadcastAnswers(List.of(), 0));
    }

    @Test
    void onlyTheRoomIsAsked() {
        server.start(namespace(all).build());
        TestClient in = server.open();
        server.socket(in.join()).join("room");
        TestClient out = server.join();
        CompletionStage<Adapter.BroadcastAnswers> answers = all.to("room").emitWithAck(LONG, "ask");
        in.expect("20['ask']");
        in.send("30[1]");
        assertThat(await(answers)).isEqualTo(new Adapter.BroadcastAnswers(List.of(Arguments.of(1)), 0));
        out.fence();
    }
}
