package io.scarfall.socketio;

import static io.scarfall.socketio.TestServer.namespace;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.scarfall.engineio.Bytes;
import io.scarfall.socketio.packet.Arguments;
import io.scarfall.socketio.packet.JacksonCodec;
import io.scarfall.socketio.packet.JsonCodec;
import io.scarfall.socketio.packet.TypeRef;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A namespace with a codec of the application's. */
class NamespaceJsonTest extends OneServer {

    private static final JsonCodec SNAKE = JacksonCodec.of(JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .build());

    record Line(String skuCode, int howMany) {}

    record Token(String accessToken) {}

    /** Jackson does not know how to make one. */
    static final class Secretive {
        Secretive(int one, int two) {
            assertThat(one + two).isPositive();
        }
    }

    record Wrapper(List<Secretive> parts) {}

    /** Jackson does not know which property to write. */
    static final class Twice {
        @JsonProperty("a")
        public int first() {
            return 1;
        }

        @JsonProperty("a")
        public int second() {
            return 2;
        }
    }

    record Range(int low, int high) {
        @JsonCreator
        Range {
            if (low > high) {
                throw new IllegalArgumentException("low: " + low + " (expected: at most " + high + ")");
            }
        }
    }

    @Test
    void itReadsArgumentsAndWritesAcksAndEmits() {
        server.start(namespace("/")
                .json(SNAKE)
                .on("typed", Line.class, (socket, line) -> {
                    socket.emit("emitted", line);
                    socket.emit("several", line, line);
                    return line;
                })
                .on("list", new TypeRef<List<Line>>() {}, (socket, lines) -> lines.get(0))
                .on(
                        "raw",
                        (socket, arguments) -> Arguments.of(
                                arguments.codec(), arguments.require(0, Line.class), arguments.get(1, Line.class)))
                .on("stage", Line.class, (socket, line) -> CompletableFuture.completedFuture(line))
                .build());
        TestClient client = server.join();
        String line = "{'sku_code':'a','how_many':2}";
        client.send("21['typed'," + line + "]")
                .expect("2['emitted'," + line + "]", "2['several'," + line + "," + line + "]", "31[" + line + "]");
        client.send("22['list',[" + line + "]]").expect("32[" + line + "]");
        client.send("23['raw'," + line + "," + line + "]").expect("33[" + line + "," + line + "]");
        client.send("24['stage'," + line + "]").expect("34[" + line + "]");
        client.send("25['typed',{'skuCode':'a'}]")
                .expect("35[{'status':'error','error':'invalid arguments: [0].skuCode','code':'invalid'}]");
    }

    @Test
    void itReadsAcksAndTheAuthPayload() {
        Broadcaster sending = Broadcaster.of("/").json(SNAKE);
        server.start(namespace(sending)
                .guard(socket -> {
                    journal.add(String.valueOf(socket.auth().get(0, new TypeRef<Map<String, String>>() {})));
                    journal.add(socket.auth(Token.class).accessToken());
                    return null;
                })
                .on("ask", (socket, arguments) -> {
                    socket.emitWithAck(Duration.ofSeconds(10), "question", new Line("q", 1))
                            .thenAccept(ack ->
                                    journal.add(ack.require(0, Line.class).skuCode()));
                    sending.emitWithAck(Duration.ofSeconds(10), "all", new Line("q", 1))
                            .thenAccept(all -> journal.add(
                                    all.acks().get(0).require(0, Line.class).skuCode()));
                    return EventHandler.NO_ACK;
                })
                .build());
        TestClient client = server.open();
        client.send("0{'access_token':'t'}");
        client.joined("/");
        journal.expect("{access_token=t}", "t");
        client.send("2['ask']")
                .expect("20['question',{'sku_code':'q','how_many':1}]", "21['all',{'sku_code':'q','how_many':1}]");
        client.send("30[{'sku_code':'first','how_many':1}]").send("31[{'sku_code':'second','how_many':1}]");
        journal.expect("first", "second");
    }

    @Test
    void errorsAndRefusalsKeepTheirNames() {
        server.start(namespace("/")
                .json(SNAKE)
                .on("refuse", (socket, arguments) -> {
                    throw new EventRefusedException("sold_out", "no more", new Line("a", 0));
                })
                .on("attach", (socket, arguments) -> {
                    throw new EventRefusedException("see", "this", Map.of("data", new byte[] {1}));
                })
                .build());
        TestClient client = server.join();
        client.send("21['refuse']")
                .expect(
                        "31[{'status':'error','error':'no more','code':'sold_out','data':{'sku_code':'a','how_many':0}}]");
        client.send("22['attach']")
                .expect(
                        "61-2[{'status':'error','error':'this','code':'see','data':{'data':{'_placeholder':true,'num':0}}}]");
        assertThat(client.binary().toByteArray()).containsExactly(1);
    }

    @Test
    void itsCodecDoesNotChangeWhileItRuns() {
        Namespace namespace = namespace("/").build();
        assertThatThrownBy(() -> namespace.change(table -> table.json(SNAKE)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("json: ");
        assertThat(namespace
                        .broadcaster()
                        .to("room")
                        .except("x")
                        .dropIfBusy()
                        .local()
                        .json(SNAKE)
                        .codec())
                .isSameAs(SNAKE);
    }

    // What goes wrong

    @Test
    void whatAClientSendsWrongIsItsFaultAndNotLogged() {
        server.start(namespace("/")
                .on("range", Range.class, (socket, range) -> "fits")
                .on("lines", new TypeRef<List<Line>>() {}, (socket, lines) -> lines.size())
                .build());
        TestClient client = server.join();
        expectInvalid(client, "['range',{'low':2,'high':1}]", "[0]");
        expectInvalid(client, "['range',{'low':'secret','high':1}]", "[0].low");
        expectInvalid(client, "['range']", "[0] is missing");
        expectInvalid(client, "['lines',[{'howMany':1},{'howMany':{}}]]", "[0][1].howMany");
        client.send("21['range',{'low':1,'high':2},'too','many']").expect("31['fits']");
    }

    private static void expectInvalid(TestClient client, String event, String where) {
        client.send("27" + event)
                .expect("37[{'status':'error','error':'invalid arguments: " + where + "','code':'invalid'}]");
    }

    @Test
    void whatTypesOfTheApplicationCannotDoIsOneLineInTheLog() {
        server.start(namespace("/")
                .json(SNAKE)
                .on("read", Wrapper.class, (socket, wrapper) -> wrapper)
                .on("answer", (socket, arguments) -> Map.of("inner", new Twice()))
                .on("emit", (socket, arguments) -> socket.emit("e", new Twice()))
                .onError("shown", (socket, event, error) -> new Twice())
                .on("shown", (socket, arguments) -> {
                    throw new EventRefusedException("code", "words");
                })
                .build());
        TestClient client = server.join();
        expectInternal(client, "['read',{'parts':[{'password':'secret'}]}]");
        log.expectLine(
                "handler failed event=read ns=/",
                "cannot be read from JSON: [0].parts[0] " + Secretive.class.getName() + ": ");
        expectInternal(client, "['answer']");
        log.expectLine(
                "handler failed event=answer ns=/", "cannot be written as JSON: [0].* " + Twice.class.getName() + ": ");
        expectInternal(client, "['emit']");
        log.expectLine(
                "handler failed event=emit ns=/", "cannot be written as JSON: [0] " + Twice.class.getName() + ": ");
        expectInternal(client, "['shown']");
        expectInternal(client, "['read',{'parts':[{}]}]");
    }

    private static void expectInternal(TestClient client, String event) {
        client.send("27" + event).expect("37[{'status':'error','error':'internal error','code':'internal'}]");
    }

    @Test
    void aCodecThatFailsInAnyWayIsAFaultOfTheServer() {
        JsonCodec failing = new JsonCodec() {
            @Override
            public Bytes write(@Nullable Object[] values, List<Bytes> attachments) {
                throw new UnsupportedOperationException();
            }

            @Override
            public @Nullable Object read(Bytes json, List<Bytes> attachments, Type type) {
                return JacksonCodec.DEFAULT.read(json, attachments, type);
            }
        };
        server.start(namespace("/")
                .json(failing)
                .on("value", (socket, arguments) -> 1)
                .on("refused", (socket, arguments) -> {
                    throw new EventRefusedException("code", "message", 1);
                })
                .build());
        TestClient client = server.join();
        client.send("21['value']").expect("31[{'status':'error','error':'internal error','code':'internal'}]");
        client.send("22['refused']").expect("32[{'status':'error','error':'internal error','code':'internal'}]");
        log.expectError("handler failed event=value ns=/", UnsupportedOperationException.class);
    }
}
