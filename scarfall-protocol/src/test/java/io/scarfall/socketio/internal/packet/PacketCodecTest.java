package io.scarfall.socketio.internal.packet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.scarfall.engineio.Bytes;
import io.scarfall.engineio.MalformedPacketException;
import io.scarfall.engineio.Randomly;
import io.scarfall.socketio.internal.json.RandomJson;
import io.scarfall.socketio.internal.packet.Packet.Ack;
import io.scarfall.socketio.internal.packet.Packet.Connect;
import io.scarfall.socketio.internal.packet.Packet.ConnectError;
import io.scarfall.socketio.internal.packet.Packet.Disconnect;
import io.scarfall.socketio.internal.packet.Packet.Event;
import io.scarfall.socketio.packet.Arguments;
import io.scarfall.socketio.packet.EncodedPacket;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PacketCodecTest {

    private static final int MAX_ATTACHMENTS = 10;
    private static final String FIRST = "{\"_placeholder\":true,\"num\":0}";
    private static final String SECOND = "{\"_placeholder\":true,\"num\":1}";

    /** The examples of the specification come first. An apostrophe means a quotation mark. */
    static Stream<org.junit.jupiter.params.provider.Arguments> packets() {
        return Stream.of(
                arguments("0", new Connect("/", null)),
                arguments("0/admin,{'token':'123'}", new Connect("/admin", json("{'token':'123'}"))),
                arguments("0{'sid':'wZX3oN0bSVIhsaknAAAI'}", new Connect("/", json("{'sid':'wZX3oN0bSVIhsaknAAAI'}"))),
                arguments(
                        "0/admin,{'sid':'oSO0OpakMV_3jnilAAAA'}",
                        new Connect("/admin", json("{'sid':'oSO0OpakMV_3jnilAAAA'}"))),
                arguments("4{'message':'Not authorized'}", new ConnectError("/", json("{'message':'Not authorized'}"))),
                arguments(
                        "4/no,{'message':'nope','data':{'code':7}}",
                        new ConnectError("/no", json("{'message':'nope','data':{'code':7}}"))),
                arguments("2['foo']", event("/", Packet.NO_ID, "foo", "")),
                arguments("2/admin,['bar']", event("/admin", Packet.NO_ID, "bar", "")),
                arguments("212['foo']", event("/", 12, "foo", "")),
                arguments("2/admin,13['bar']", event("/admin", 13, "bar", "")),
                arguments("312[]", ack("/", 12, "")),
                arguments("3/admin,13['bar']", ack("/admin", 13, "'bar'")),
                arguments("1", new Disconnect("/")),
                arguments("1/admin,", new Disconnect("/admin")),
                arguments("51-['baz'," + FIRST + "]", event("/", Packet.NO_ID, "baz", FIRST, bytes(1, 2))),
                arguments(
                        "52-/admin,7['x'," + FIRST + "," + SECOND + "]",
                        event("/admin", 7, "x", FIRST + "," + SECOND, bytes(1), Bytes.EMPTY)),
                arguments("61-15['bar'," + FIRST + "]", ack("/", 15, "'bar'," + FIRST, bytes(3))),
                arguments("61-/admin,0[" + FIRST + "]", ack("/admin", 0, FIRST, bytes(3))),
                // What some implementations get wrong.
                arguments("0{}", new Connect("/", json("{}"))),
                arguments("2/my-nsp,['a-b,/c','/x,1-']", event("/my-nsp", Packet.NO_ID, "a-b,/c", "'/x,1-'")),
                arguments("2/admin,7['x']", event("/admin", 7, "x", "")),
                arguments("2/admin?token=a,['x']", event("/admin?token=a", Packet.NO_ID, "x", "")),
                arguments("2/é,['x']", event("/é", Packet.NO_ID, "x", "")),
                arguments("20['x']", event("/", 0, "x", "")),
                arguments("29007199254740991['x']", event("/", 9007199254740991L, "x", "")),
                arguments("2['connection']", event("/", Packet.NO_ID, "connection", "")),
                arguments("2['error','e']", event("/", Packet.NO_ID, "error", "'e'")),
                arguments("2['']", event("/", Packet.NO_ID, "", "")),
                arguments("2['_placeholder']", event("/", Packet.NO_ID, "_placeholder", "")),
                arguments(
                        "2['é\uD83D\uDE00\\\\\\u0000\\n','€\u2028']",
                        event("/", Packet.NO_ID, "é\uD83D\uDE00\\\0\n", "'€\u2028'")),
                arguments(
                        "2['x',null,true,-0,1.50,1e400,9223372036854775807,[[]],{'a':{},'a':[]}]",
                        event(
                                "/",
                                Packet.NO_ID,
                                "x",
                                "null,true,-0,1.50,1e400,9223372036854775807,[[]],{'a':{},'a':[]}")),
                arguments("2['x'," + FIRST + "]", event("/", Packet.NO_ID, "x", FIRST)),
                arguments("3['x']", ack("/", Packet.NO_ID, "'x'")),
                arguments("30[]", ack("/", 0, "")),
                // Placeholders: in any order, at any depth, repeated or missing, and objects that only resemble one.
                arguments(
                        "52-['x'," + SECOND + "," + FIRST + "," + SECOND + "]",
                        event("/", Packet.NO_ID, "x", SECOND + "," + FIRST + "," + SECOND, bytes(1), bytes(2))),
                arguments("51-['x']", event("/", Packet.NO_ID, "x", "", bytes(1))),
                arguments(
                        "51-['x',{'num':0,'_placeholder':true,'more':[1]}]",
                        event("/", Packet.NO_ID, "x", "{'num':0,'_placeholder':true,'more':[1]}", bytes(1))),
                arguments(
                        "51-['x',[[{'a':{'b':[" + FIRST + "]}}]]]",
                        event("/", Packet.NO_ID, "x", "[[{'a':{'b':[" + FIRST + "]}}]]", bytes(1))),
                arguments(
                        "51-['x',{'_placeholder':false,'num':9},{'_placeholder':1,'num':9},{'num':9},{'_placeholder':'true'}]",
                        event(
                                "/",
                                Packet.NO_ID,
                                "x",
                                "{'_placeholder':false,'num':9},{'_placeholder':1,'num':9},{'num':9},"
                                        + "{'_placeholder':'true'}",
                                bytes(1))));
    }

    @ParameterizedTest
    @MethodSource("packets")
    void aPacketIsWrittenAsItIsRead(String text, Packet packet) {
        List<Bytes> attachments = attachments(packet);
        assertThat(decode(json(text), attachments)).isEqualTo(packet);
        EncodedPacket encoded = PacketEncoder.encode(packet);
        assertThat(encoded.text().utf8()).isEqualTo(json(text).utf8());
        assertThat(encoded.attachments()).isEqualTo(attachments);
        assertThat(encoded.length())
                .isEqualTo(json(text).length()
                        + attachments.stream().mapToInt(Bytes::length).sum());
    }

    @Test
    void everyKindOfPacketHasACodec() {
        assertThat(packets().map(row -> row.get()[1].getClass()).collect(Collectors.toSet()))
                .isEqualTo(Set.of(Packet.class.getPermittedSubclasses()));
    }

    @Test
    void anUnpairedSurrogateInANameBecomesAQuestionMark() {
        assertThat(PacketEncoder.encode(event("/", Packet.NO_ID, "a\uD800b", ""))
                        .text()
                        .utf8())
                .isEqualTo("2[\"a?b\"]");
    }

    @Test
    void randomPacketsSurviveTheRoundTrip() {
        Randomly.repeat(5_000, random -> {
            Packet packet = packet(random);
            EncodedPacket encoded = PacketEncoder.encode(packet);
            assertThat(encoded.text().isUtf8()).isTrue();
            assertThat(decode(encoded.text(), encoded.attachments())).isEqualTo(packet);
        });
    }

    @Test
    void mutatedTextsThatAreReadSurviveTheRoundTrip() {
        List<String> texts =
                packets().map(row -> ((String) row.get()[0]).replace('\'', '"')).toList();
        Randomly.repeat(100_000, random -> {
            String text = Randomly.mutated(
                    random,
                    texts.get(random.nextInt(texts.size())),
                    RandomJson.ALPHABET + "01234567890123456789---///,,,");
            List<Bytes> attachments = new ArrayList<>();
            for (int i = 0; i < MAX_ATTACHMENTS; i++) {
                attachments.add(bytes(i));
            }
            Packet packet;
            try {
                packet = decode(Bytes.utf8(text), attachments);
            } catch (MalformedPacketException e) {
                assertThat(e).hasNoCause();
                return;
            }
            EncodedPacket encoded = PacketEncoder.encode(packet);
            if (!encoded.text().utf8().contains("?")) { // replaces an unpaired surrogate
                assertThat(decode(encoded.text(), encoded.attachments()))
                        .as(text)
                        .isEqualTo(packet);
            }
        });
    }

    @Test
    void anyBytesGiveAPacketOrARefusal() {
        Randomly.repeat(50_000, random -> {
            byte[] bytes = PacketEncoder.encode(packet(random)).text().toByteArray();
            for (int edits = random.nextInt(3); edits >= 0; edits--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            PacketDecoder decoder = new PacketDecoder(MAX_ATTACHMENTS);
            try {
                decoder.text(Bytes.wrap(bytes));
            } catch (MalformedPacketException e) {
                assertThat(e).hasNoCause();
            }
        });
    }

    private static Packet packet(SplittableRandom random) {
        String namespace = Randomly.oneOf(random, "/", "/admin", "/é?a=b", "/1-2/[\"x\"]");
        long id = Randomly.oneOf(random, Packet.NO_ID, 0L, random.nextLong(1L << 53), (1L << 53) - 1);
        return switch (random.nextInt(6)) {
            case 0 ->
                new Connect(namespace, random.nextBoolean() ? null : json("{\"a\":" + RandomJson.value(random) + "}"));
            case 1 -> new Disconnect(namespace);
            case 2 -> new ConnectError(namespace, json("{\"message\":" + RandomJson.string(random) + "}"));
            case 3 -> new Ack(namespace, id, randomArguments(random));
            default -> new Event(namespace, id, "e" + Randomly.text(random, 5), randomArguments(random));
        };
    }

    private static Arguments randomArguments(SplittableRandom random) {
        List<String> texts = new ArrayList<>();
        List<Bytes> attachments = new ArrayList<>();
        for (int count = random.nextInt(4); count > 0; count--) {
            if (random.nextInt(4) == 0) {
                texts.add("{\"a\":[{\"_placeholder\":true,\"num\":" + attachments.size() + "}]}");
                attachments.add(Bytes.wrap(Randomly.bytes(random, 10)));
            } else {
                texts.add("[" + RandomJson.string(random) + ",1.5e3]");
            }
        }
        return new Arguments(Bytes.utf8(String.join(",", texts)), attachments);
    }

    /** Gives a new decoder a text, and as many attachments as it wants. */
    static Packet decode(Bytes text, List<Bytes> attachments) {
        PacketDecoder decoder = new PacketDecoder(MAX_ATTACHMENTS);
        Packet packet = decoder.text(text);
        for (int i = 0; packet == null; i++) {
            packet = decoder.binary(attachments.get(i));
        }
        return packet;
    }

    private static List<Bytes> attachments(Packet packet) {
        if (packet instanceof Event event) {
            return event.arguments().attachments();
        }
        return packet instanceof Ack ack ? ack.arguments().attachments() : List.of();
    }

    private static Event event(String namespace, long id, String name, String arguments, Bytes... attachments) {
        return new Event(namespace, id, name, new Arguments(json(arguments), List.of(attachments)));
    }

    private static Ack ack(String namespace, long id, String arguments, Bytes... attachments) {
        return new Ack(namespace, id, new Arguments(json(arguments), List.of(attachments)));
    }

    private static Bytes json(String text) {
        return Bytes.utf8(text.replace('\'', '"'));
    }

    private static Bytes bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return Bytes.wrap(bytes);
    }
}
