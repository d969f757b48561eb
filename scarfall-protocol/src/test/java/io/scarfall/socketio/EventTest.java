package io.scarfall.socketio;

import static io.scarfall.socketio.TestServer.namespace;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.scarfall.engineio.MalformedPacketException;
import io.scarfall.socketio.internal.packet.PacketDecoder;
import io.scarfall.socketio.packet.Arguments;
import io.scarfall.testing.Answers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Events in both directions, and their handlers. */
class EventTest extends OneServer {

    private static final String INVALID = "[{'status':'error','error':'invalid arguments: [0]%s','code':'invalid'}]";
    private static final String INTERNAL = "[{'status':'error','error':'internal error','code':'internal'}]";

    record Point(int x, int y) {}

    // Events that arrive

    @Test
    void anArgumentIsReadAsTheTypeOfItsHandler() {
        server.start(namespace("/")
                .on("point", Point.class, (socket, point) -> point.x() + point.y())
                .on("text", String.class, (socket, text) -> "<" + text + ">")
                .on("number", Long.class, (socket, number) -> number + 1)
                .on("flag", Boolean.class, (socket, flag) -> !flag)
                .on("list", String[].class, (socket, list) -> list.length)
                .build());
        TestClient client = server.join();
        client.send("21['point',{'x':1,'y':2,'z':[]}]").expect("31[3]");
        client.send("22['text','\uD83D\uDE00\u2028é','ignored']").expect("32['<\uD83D\uDE00\u2028é>']");
        client.send("23['number',9007199254740993]").expect("33[9007199254740994]");
        client.send("24['flag',true]").expect("34[false]");
        client.send("25['list',['a','b']]").expect("35[2]");
    }

    @Test
    void aMissingArgumentDoesNotFit() {
        server.start(namespace("/")
                .on("text", String.class, (socket, text) -> text)
                .on("perhaps", arguments -> arguments.get(0, String.class, "nothing"), (socket, text) -> text)
                .build());
        TestClient client = server.join();
        client.send("21['text']").expect("31" + INVALID.formatted(" is missing"));
        client.send("22['text',null]").expect("32" + INVALID.formatted(" is missing"));
        client.send("23['perhaps']").expect("33['nothing']");
        client.send("24['perhaps',null]").expect("34['nothing']");
        client.send("25['perhaps','this']").expect("35['this']");
    }

    @Test
    void aHandlerOfArgumentsGetsAllOfThem() {
        server.start(namespace("/")
                .on("all", (socket, arguments) -> {
                    journal.add(arguments.size() + ": " + arguments.json().utf8());
                    return arguments;
                })
                .build());
        TestClient client = server.join();
        client.send("21['all', 1 ,{'a' : -0.0}, 1e400,'\\u2028']").expect("31[1 ,{'a' : -0.0}, 1e400,'\\u2028']");
        journal.expect("4: 1 ,{\"a\" : -0.0}, 1e400,\"\\u2028\"");
        client.send("22['all']").expect("32[]");
        journal.expect("0: ");
    }

    @Test
    void aReaderMakesOneValueOfSeveralArguments() {
        server.start(namespace("/")
                .on(
                        "move",
                        arguments -> new Point(arguments.get(0, int.class), arguments.get(1, int.class)),
                        (socket, point) -> point)
                .build());
        TestClient client = server.join();
        client.send("21['move',1,2]").expect("31[{'x':1,'y':2}]");
        client.send("22['move','a',2]").expect("32" + INVALID.formatted(""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"'x'", "[]", "{'x':'a'}", "{'x':1.5e99}", "true", "{'_placeholder':true,'num':0}"})
    void anArgumentThatDoesNotFitGivesAnErrorAck(String argument) {
        server.start(namespace("/")
                .on("point", Point.class, (socket, point) -> "fits")
                .build());
        TestClient client = server.join();
        client.send("27['point'," + argument + "]");
        if (argument.contains("_placeholder")) {
            client.expect("37['fits']"); // an object like any other, in a packet without attachments
        } else {
            client.expect("37" + INVALID.formatted(argument.startsWith("{") ? ".x" : ""));
        }
        client.send("2['point'," + argument + "]");
        client.fence();
    }

    @Test
    void anEventWithoutAHandlerIsIgnoredAndNotAcknowledged() {
        server.start(namespace("/").build());
        TestClient client = server.join();
        client.send("21['nobody','listens']");
        client.fence();
    }

    @ParameterizedTest
    @ValueSource(strings = {"connection", "error", "", "message", "ping", "__proto__", "emit \\\"quoted\\\"", "é"})
    void everyNameThatIsNotReservedIsAnEvent(String name) {
        server.start(namespace("/")
                .on(name.replace("\\", ""), String.class, (socket, text) -> {
                    socket.emit(name.replace("\\", ""), text);
                    return null;
                })
                .build());
        TestClient client = server.join();
        client.send("2['" + name + "','x']").expect("2['" + name + "','x']");
    }

    @Test
    void aNumberMayBeAName() {
        server.start(namespace("/")
                .on("1", (socket, arguments) -> "one")
                .on("1.5", (socket, arguments) -> "more")
                .build());
        server.join().send("21[1]").expect("31['one']");
        server.join().send("21[1.5,2]").expect("31['more']");
    }

    @Test
    void eventsOfOneNamespaceAreUnknownToOthers() {
        server.start(
                namespace("/").on("where", (socket, arguments) -> "main").build(),
                namespace("/custom")
                        .on("where", (socket, arguments) -> "custom")
                        .build());
        TestClient client = server.join();
        client.join("/custom");
        client.send("21['where']").expect("31['main']");
        client.send("2/custom,1['where']").expect("3/custom,1['custom']");
    }

    @Test
    void eventsArriveInTheOrderInWhichTheyWereSent() {
        List<Integer> numbers = new ArrayList<>();
        server.start(namespace("/")
                .on("number", Integer.class, (socket, number) -> numbers.add(number) ? null : null)
                .on("numbers", (socket, arguments) -> numbers)
                .build());
        TestClient client = server.join();
        StringBuilder expected = new StringBuilder();
        for (int i = 0; i < 200; i++) {
            client.send("2['number'," + i + "]");
            expected.append(i == 0 ? "" : ",").append(i);
        }
        client.send("20['numbers']").expect("30[[" + expected + "]]");
    }

    // Catch-all

    @Test
    void aListenerToAllSeesEventsBeforeTheirHandlers() {
        server.start(namespace("/")
                .onAny((socket, event, arguments) ->
                        journal.add("any " + event + " " + arguments.json().utf8()))
                .onAny((socket, event, arguments) -> {
                    throw new IllegalStateException();
                })
                .onAny((socket, event, arguments) -> journal.add("third"))
                .on("known", (socket, arguments) -> {
                    journal.add("handler");
                    return 1;
                })
                .build());
        TestClient client = server.join();
        client.send("21['known','a',2]").expect("31[1]");
        journal.expect("any known \"a\",2", "third", "handler");
        log.expectError("handler failed what=known ns=/", IllegalStateException.class);
        client.send("2['unknown']");
        journal.expect("any unknown ", "third");
    }

    // Handlers that fail

    static Stream<EventHandler<Arguments>> failures() {
        return Stream.of(
                (socket, arguments) -> {
                    throw new Exception("password");
                },
                (socket, arguments) -> {
                    throw new IllegalStateException("password");
                },
                (socket, arguments) -> CompletableFuture.failedFuture(new Exception("password")),
                (socket, arguments) -> CompletableFuture.supplyAsync(() -> {
                    throw new IllegalStateException("password");
                }),
                (socket, arguments) -> new ConnectTest.Unwritable(),
                (socket, arguments) -> CompletableFuture.completedFuture(new ConnectTest.Unwritable()));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void aHandlerThatFailsGivesOnlyAnErrorAck(EventHandler<Arguments> failing) {
        server.start(namespace("/")
                .on("fail", failing)
                .onDisconnect((socket, reason) -> journal.add(reason.wire()))
                .build());
        TestClient client = server.join();
        client.send("21['fail']").expect("31" + INTERNAL);
        client.fence();
        log.expectError("handler failed event=fail ns=/", Exception.class);
        client.send("1");
        journal.expect("client namespace disconnect");
    }

    @Test
    void withoutAnAckIdAFailureIsOnlyLogged() {
        server.start(namespace("/")
                .on("fail", (socket, arguments) -> {
                    throw new IllegalStateException();
                })
                .build());
        TestClient client = server.join();
        client.send("2['fail']");
        client.fence();
        log.expectError("handler failed event=fail ns=/", IllegalStateException.class);
    }

    @Test
    void aClientThatTriggersAFailingHandlerOftenDoesNotFillTheLog() {
        server.start(namespace("/")
                .onAny((socket, event, arguments) -> {
                    if (event.startsWith("any ")) {
                        throw new IllegalArgumentException(event);
                    }
                })
                .on("fail", String.class, (socket, text) -> {
                    throw new IllegalStateException(text);
                })
                .build());
        TestClient client = server.join();
        for (int i = 0; i < 10_000; i++) {
            client.send("2['fail','text " + (char) ('a' + i % 26) + i + "']");
            client.send("2['any " + i + "']");
        }
        client.fence();
        log.expectError("handler failed event=fail ns=/", IllegalStateException.class);
        log.expectError("handler failed what=\"any 0\" ns=/", IllegalArgumentException.class);
    }

    @Test
    void anErrorHandlerMakesTheAnswers() {
        server.start(namespace("/")
                .on("point", Point.class, (socket, point) -> {
                    throw new IllegalStateException("no");
                })
                .on(
                        "later",
                        (socket, arguments) -> CompletableFuture.supplyAsync(() -> {
                            throw new IllegalStateException("later");
                        }))
                .on("odd", (socket, arguments) -> new ConnectTest.Unwritable())
                .onError((socket, event, error) -> switch (event) {
                    case "odd" -> null;
                    case "later" -> Arguments.of(1, error.getMessage());
                    default -> error instanceof MalformedPacketException ? "fault" : error.getMessage();
                })
                .build());
        TestClient client = server.join();
        client.send("21['point',{}]").expect("31['no']");
        client.send("22['point',[]]").expect("32['fault']");
        client.send("23['later']").expect("33[1,'later']");
        client.send("24['odd']").expect("34[]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"now", "later", "unwritable"})
    void anErrorHandlerThatFailsIsReplaced(String event) {
        EventHandler<Arguments> later =
                (socket, arguments) -> CompletableFuture.failedFuture(new IllegalStateException("first"));
        server.start(namespace("/")
                .on("now", (socket, arguments) -> {
                    throw new IllegalStateException("first");
                })
                .on("later", later)
                .on("unwritable", later)
                .onError((socket, name, error) -> {
                    if (name.equals("unwritable")) {
                        return new ConnectTest.Unwritable();
                    }
                    throw new IllegalArgumentException("second");
                })
                .build());
        TestClient client = server.join();
        client.send("21['" + event + "']").expect("31" + INTERNAL);
        client.fence();
        log.expectError("handler failed event=" + event, IllegalArgumentException.class);
    }

    @Test
    void aHandlerThatEndsAfterItsSocketSendsNoAck() {
        CompletableFuture<Object> answer = new CompletableFuture<>();
        server.start(namespace("/")
                .on("slow", (socket, arguments) -> answer)
                .onDisconnect((socket, reason) -> journal.add("disconnected"))
                .build());
        TestClient client = server.join();
        client.send("21['slow']").send("1");
        journal.expect("disconnected");
        client.join();
        answer.complete("late");
        client.fence();
        client.send("1");
        journal.expect("disconnected");
    }

    // Events that are sent

    record Measured(double one, Float two) {}

    @Test
    void emittedArgumentsAreWrittenAsJavaScriptWould() {
        server.start(namespace("/")
                .on("go", (socket, arguments) -> {
                    socket.emit("none");
                    socket.emit("null", (Object) null);
                    socket.emit("some", 1, "a\u2028\"\n", List.of(true), Map.of("k", 1.5), new Point(1, 2));
                    socket.emit("passed on", arguments);
                    socket.emit("no numbers", Double.NaN, -1 / 0f, List.of(1 / 0.0), new double[] {0.5, Double.NaN});
                    socket.emit(
                            "no numbers", new Measured(Double.NaN, Float.NEGATIVE_INFINITY), Map.of("k", Float.NaN));
                    return null;
                })
                .build());
        TestClient client = server.join();
        client.send("2['go',{'raw' : 1}]");
        client.expect(
                "2['none']",
                "2['null',null]",
                "2['some',1,'a\u2028\\'\\n',[true],{'k':1.5},{'x':1,'y':2}]",
                "2['passed on',{'raw' : 1}]",
                "2['no numbers',null,null,[null],[0.5,null]]",
                "2['no numbers',{'one':null,'two':null},{'k':null}]");
    }

    @Test
    void emitReturnsWhetherTheSocketWasConnected() {
        server.start(namespace("/").build());
        TestClient client = server.open();
        Socket socket = server.socket(client.join());
        assertThat(socket.emit("away")).isTrue();
        assertThat(TestServer.atHome(socket, () -> socket.emit("home"))).isTrue();
        client.expect("2['away']", "2['home']");
        socket.disconnect();
        client.expect("1");
        assertThat(socket.emit("away")).isFalse();
        assertThat(socket.emitVolatile("away")).isFalse();
        assertThat(TestServer.atHome(socket, () -> socket.emit("home"))).isFalse();
        assertThat(TestServer.atHome(socket, () -> socket.emitVolatile("home"))).isFalse();
        client.join();
        client.fence();
    }

    @Test
    void emitsOfOneThreadKeepTheirOrder() {
        Namespace namespace = namespace("/").build();
        server.start(namespace);
        TestClient client = server.open();
        Socket socket = server.socket(client.join());
        for (int i = 0; i < 100; i++) {
            socket.emit("single", i);
            namespace.broadcaster().emit("all", i);
            socket.emitVolatile("volatile", i);
        }
        for (int i = 0; i < 100; i++) {
            client.expect("2['single'," + i + "]", "2['all'," + i + "]", "2['volatile'," + i + "]");
        }
    }

    /** The size of a burst does not matter: a peer is slow only if it does not read. */
    @Test
    void aBurstDoesNotDisconnectTheClient() {
        server.config().maxUnsentBytes(1000);
        server.start(namespace("/")
                .on("burst", (socket, arguments) -> {
                    for (int i = 0; i < 20; i++) {
                        socket.emit("number", i, "x".repeat(500));
                    }
                    return null;
                })
                .build());
        TestClient client = server.join();
        client.send("2['burst']");
        for (int i = 0; i < 20; i++) {
            client.expect("2['number'," + i + ",'" + "x".repeat(500) + "']");
        }
        client.fence();
    }

    static final List<String> RESERVED = List.copyOf(PacketDecoder.RESERVED_EVENTS);

    @ParameterizedTest
    @FieldSource("RESERVED")
    void reservedNamesAreNeitherEmittedNorHandled(String name) {
        Namespace namespace = namespace("/").build();
        server.start(namespace);
        TestClient client = server.open();
        Socket socket = server.socket(client.join());
        String message = "event: " + name + " (expected: not a reserved name)";
        assertThatThrownBy(() -> socket.emit(name)).hasMessage(message);
        assertThatThrownBy(() -> socket.emitVolatile(name)).hasMessage(message);
        assertThatThrownBy(() -> socket.emitWithAck(TestClient.PATIENCE, name)).hasMessage(message);
        assertThatThrownBy(() -> namespace.broadcaster().emit(name)).hasMessage(message);
        assertThatThrownBy(() -> namespace.broadcaster().emitWithAck(TestClient.PATIENCE, name))
                .hasMessage(message);
        assertThatThrownBy(() -> Namespace.builder("/").on(name, (s, arguments) -> null))
                .hasMessage(message);
        client.fence();
    }

    @ParameterizedTest
    @FieldSource("RESERVED")
    void aClientThatSendsAReservedNameIsClosed(String name) {
        server.start(namespace("/")
                .onDisconnect((socket, reason) -> journal.add(reason.wire()))
                .build());
        server.join().send("2['" + name + "']").expectClosed();
        journal.expect("forced close");
    }

    @Test
    void argumentsThatCannotBeWrittenAreRefusedBeforeAnythingIsSent() {
        Namespace namespace = namespace("/").build();
        server.start(namespace);
        TestClient client = server.open();
        Socket socket = server.socket(client.join());
        Object unwritable = new ConnectTest.Unwritable();
        assertThatThrownBy(() -> socket.emit("x", unwritable)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> namespace.broadcaster().emit("x", unwritable))
                .isInstanceOf(IllegalArgumentException.class);
        client.fence();
    }

    @Test
    void anEventHasOneHandler() {
        Namespace.Builder builder = Namespace.builder("/").on("x", (socket, arguments) -> null);
        assertThatThrownBy(() -> builder.on("x", String.class, (socket, text) -> null))
                .hasMessage("event: x (expected: one handler per event)");
    }

    // Attributes

    @Test
    void aSocketKeepsAttributesOfTheApplication() {
        Attribute<String> name = Attribute.named("name");
        Attribute<Integer> count = Attribute.named("count");
        server.start(namespace("/")
                .on("count", String.class, (socket, text) -> {
                    Integer before = socket.get(count);
                    socket.set(count, before == null ? 1 : before + 1);
                    String previous = socket.get(name);
                    socket.set(name, text);
                    return Arguments.of(socket.get(count), previous, name.toString());
                })
                .build());
        TestClient client = server.join();
        client.send("21['count','a']").expect("31[1,null,'name']");
        client.send("22['count','b']").expect("32[2,'a','name']");
        server.join().send("21['count','c']").expect("31[1,null,'name']");
    }

    @Test
    void attributesAreReadAndChangedOnAnyThread() {
        Attribute<Integer> one = Attribute.named("one");
        Attribute<Integer> two = Attribute.named("two");
        Attribute<Integer> three = Attribute.named("three");
        server.start(namespace("/").build());
        Socket socket = server.socket(server.open().join());
        List<CompletableFuture<Void>> changes = new ArrayList<>();
        for (Attribute<Integer> attribute : List.of(one, two, three)) {
            changes.add(Answers.aside(() -> {
                for (int i = 1; i <= 1_000; i++) {
                    socket.set(attribute, i);
                    assertThat(socket.get(attribute)).isEqualTo(i);
                    if (i % 2 == 1) {
                        socket.remove(attribute);
                        assertThat(socket.get(attribute)).isNull();
                    }
                }
            }));
        }
        changes.forEach(Answers::await);
        assertThat(TestServer.atHome(socket, () -> socket.get(one))).isEqualTo(1_000);
        socket.remove(two);
        socket.remove(two);
        assertThat(socket.get(one)).isEqualTo(1_000);
        assertThat(socket.get(two)).isNull();
        assertThat(socket.get(three)).isEqualTo(1_000);
    }
}
