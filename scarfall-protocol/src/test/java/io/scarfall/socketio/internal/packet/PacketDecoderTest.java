package io.scarfall.socketio.internal.packet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.scarfall.engineio.Bytes;
import io.scarfall.engineio.Limit;
import io.scarfall.engineio.MalformedPacketException;
import io.scarfall.socketio.internal.packet.Packet.Ack;
import io.scarfall.socketio.internal.packet.Packet.Connect;
import io.scarfall.socketio.internal.packet.Packet.Disconnect;
import io.scarfall.socketio.internal.packet.Packet.Event;
import io.scarfall.socketio.packet.Arguments;
import io.scarfall.socketio.packet.JsonLimits;
import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the table of packets does not cover: other spellings, malformed packets, and limits. */
class PacketDecoderTest {

    private static final int MAX_ATTACHMENTS = 10;
    private static final String PLACEHOLDER = "{'_placeholder':true,'num':0}";

    private final PacketDecoder decoder = new PacketDecoder(MAX_ATTACHMENTS);

    static Stream<org.junit.jupiter.params.provider.Arguments> otherWays() {
        return Stream.of(
                arguments("2[1]", event("/", Packet.NO_ID, "1", "")),
                arguments("2[1.5,'x']", event("/", Packet.NO_ID, "1.5", "'x'")),
                arguments("2[-1]", event("/", Packet.NO_ID, "-1", "")),
                arguments("2['\\u0061\\/']", event("/", Packet.NO_ID, "a/", "")),
                arguments("200['x']", event("/", 0, "x", "")),
                arguments("2007['x']", event("/", 7, "x", "")),
                arguments("2/,['x']", event("/", Packet.NO_ID, "x", "")),
                arguments("2/,7['x']", event("/", 7, "x", "")),
                arguments("2 [ 'x' , 1 , [ ] ] ", event("/", Packet.NO_ID, "x", "1 , [ ]")),
                arguments("0/", new Connect("/", null)),
                arguments("0/,", new Connect("/", null)),
                arguments("0/admin", new Connect("/admin", null)),
                arguments("05{}", new Connect("/", json("{}"))),
                arguments("0 {} ", new Connect("/", json("{}"))),
                arguments("1/", new Disconnect("/")),
                arguments("1/admin", new Disconnect("/admin")),
                arguments("3", new Ack("/", Packet.NO_ID, Arguments.NONE)),
                arguments("37", new Ack("/", 7, Arguments.NONE)));
    }

    @ParameterizedTest
    @MethodSource("otherWays")
    void otherSpellingsOfAPacketAreRead(String text, Packet packet) {
        assertThat(decoder.text(json(text))).isEqualTo(packet);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // no type, or no such type
                "",
                "abc",
                "7",
                "9",
                " 2['x']",
                "-1",
                "é",
                "\u0000",
                "b",
                "[]",
                // no JSON, or text after it
                "2",
                "2[",
                "2['x'",
                "2['x']trail",
                "2['x'],",
                "2['x']['y']",
                "2['x',]",
                "2['x' 'y']",
                "2['x',1",
                "3[",
                "3[1,]",
                "0{",
                "0{}x",
                "0{}{}",
                "4",
                "4[]",
                "4'x'",
                "44/no,{}",
                "4{}x",
                // no event
                "2{}",
                "2[]",
                "2'x'",
                "2null",
                "21",
                "2[null]",
                "2[true]",
                "2[false]",
                "2[{}]",
                "2[['x']]",
                "2[,'x']",
                "2['connect']",
                "2['connect_error']",
                "2['disconnect','x']",
                "2['disconnecting']",
                "2['newListener']",
                "2['removeListener']",
                "2['disc\\u006fnnect']",
                "51-['disconnect']",
                // no id, or no namespace
                "2abc['x']",
                "2-1['x']",
                "21.5['x']",
                "21e3['x']",
                "2,['x']",
                "2admin,['x']",
                "2/custom['x']",
                "2/custom,",
                "29007199254740992['x']",
                "2999999999999999999999999999999['x']",
                "39007199254740992[]",
                // no ack, no CONNECT, no DISCONNECT
                "31{}",
                "31'x'",
                "31null",
                "0[]",
                "0'x'",
                "0null",
                "01,{}",
                "0/admin,[]",
                "1{}",
                "1[]",
                "1/admin,{}",
                "1 ",
                "1x",
                // no attachments
                "5['x']",
                "5-",
                "5a-",
                "51.5-['x']",
                "5-1-['x']",
                "50-['x']",
                "500-['x']",
                "51",
                "51-",
                "51['x']",
                "5 1-['x']",
                "5+1-['x']",
                "6[]",
                "60-[]",
                "61-{}",
                "511-['x']",
                "611-1[]",
                "5100-['x']",
                "510000000-['x']",
                "51832742252-['x']",
                "599999999999999999999-['x']",
                "5" + "0000000000000001-['x']x"
            })
    void malformedPacketsAreRefused(String text) {
        assertThatThrownBy(() -> decoder.text(json(text)))
                .isInstanceOf(MalformedPacketException.class)
                .hasNoCause();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'_placeholder':true}",
                "{'_placeholder':true,'num':1}",
                "{'_placeholder':true,'num':-1}",
                "{'_placeholder':true,'num':0.5}",
                "{'_placeholder':true,'num':1e9}",
                "{'_placeholder':true,'num':'splice'}",
                "{'_placeholder':true,'num':'0'}",
                "{'_placeholder':true,'num':null}",
                "{'_placeholder':true,'num':[0]}",
                "{'_placeholder':true,'num':99999999999999999999}",
                "{'num':1,'_placeholder':true}",
                "{'_placeholder':true,'num':0,'num':1}",
                "{'_placeholder':false,'num':7,'_placeholder':true}",
                "[[[{'a':{'b':{'_placeholder':true,'num':1}}}]]]",
                "{'_placeholder':true,'num':0,'x':{'_placeholder':true,'num':1}}",
                "{'num':{'_placeholder':true,'num':1}}",
                "{'_placeholder':[{'_placeholder':true,'num':1}]}",
                "{'_placeholder':{'_placeholder':{'_placeholder':true,'num':1}}}",
                "{'_pl\\u0061ceholder':true,'num':1}",
                "{'_placeholder':true,'num':0,'n\\u0075m':1}"
            })
    void aPlaceholderOfNoAttachmentIsRefused(String placeholder) {
        assertThatThrownBy(() -> decoder.text(json("51-['x'," + placeholder + "]")))
                .isInstanceOf(MalformedPacketException.class)
                .hasMessageContaining("illegal attachments");
        assertThatThrownBy(() -> decoder.text(json("61-1[" + placeholder + "]")))
                .isInstanceOf(MalformedPacketException.class);
        assertThat(decoder.text(json("2['x'," + placeholder + "]")))
                .as("is an object like any other where no attachments are")
                .isEqualTo(event("/", Packet.NO_ID, "x", placeholder));
    }

    @Test
    void aPlaceholderIsNoNameOfAnEvent() {
        assertThatThrownBy(() -> decoder.text(json("51-[" + PLACEHOLDER + "]")))
                .isInstanceOf(MalformedPacketException.class);
    }

    @Test
    void aPacketIsCompleteWithItsLastAttachment() {
        assertThat(decoder.text(json("53-['x'," + PLACEHOLDER + "]"))).isNull();
        assertThat(decoder.binary(Bytes.utf8("a"))).isNull();
        assertThat(decoder.binary(Bytes.EMPTY)).isNull();
        Packet packet = decoder.binary(Bytes.utf8("c"));
        assertThat(((Event) packet).arguments().attachments())
                .containsExactly(Bytes.utf8("a"), Bytes.EMPTY, Bytes.utf8("c"));
        assertThat(decoder.text(json("2['y']"))).as("the next").isEqualTo(event("/", Packet.NO_ID, "y", ""));
        assertThat(decoder.text(json("61-7[]"))).isNull();
        assertThat(((Ack) decoder.binary(Bytes.utf8("d"))).arguments().attachments())
                .containsExactly(Bytes.utf8("d"));
    }

    @Test
    void aTextBetweenAttachmentsIsRefused() {
        assertThat(decoder.text(json("52-['x']"))).isNull();
        assertThat(decoder.binary(Bytes.EMPTY)).isNull();
        assertThatThrownBy(() -> decoder.text(json("2['y']"))).isInstanceOf(MalformedPacketException.class);
    }

    @Test
    void anUnannouncedAttachmentIsRefused() {
        assertThatThrownBy(() -> decoder.binary(Bytes.EMPTY)).isInstanceOf(MalformedPacketException.class);
        assertThat(decoder.text(json("51-['x']"))).isNull();
        assertThat(decoder.binary(Bytes.EMPTY)).isNotNull();
        assertThatThrownBy(() -> decoder.binary(Bytes.EMPTY)).isInstanceOf(MalformedPacketException.class);
    }

    @Test
    void theLimitOfAttachmentsIsInclusive() {
        assertThat(decoder.text(json("510-['x']"))).isNull();
        PacketDecoder none = new PacketDecoder(0);
        assertThatThrownBy(() -> none.text(json("51-['x']"))).isInstanceOf(MalformedPacketException.class);
        assertThat(none.text(json("2['x']"))).isNotNull();
        assertThatThrownBy(() -> new PacketDecoder(-1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("maxAttachments: -1 (expected: >= 0)");
    }

    @Test
    void anIdOfAMillionDigitsIsRefused() {
        assertThatThrownBy(() -> decoder.text(json("2" + "9".repeat(1_000_000) + "['x']")))
                .isInstanceOf(MalformedPacketException.class);
        assertThatThrownBy(() -> decoder.text(json("5" + "9".repeat(1_000_000) + "-['x']")))
                .isInstanceOf(MalformedPacketException.class);
        assertThatThrownBy(() -> decoder.text(json("2[" + "9".repeat(1_000_000) + "]")))
                .isInstanceOf(MalformedPacketException.class);
        assertThatThrownBy(() -> decoder.text(json("2['x'," + "9".repeat(1_000_000) + "]")))
                .isInstanceOf(MalformedPacketException.class);
    }

    @Test
    void threeHundredThousandArgumentsAreRead() {
        PacketDecoder decoder = new PacketDecoder(
                1, JsonLimits.DEFAULT.withMaxArguments(300_000).withMaxKeys(60_000));
        Event event = (Event) decoder.text(json("2['x'" + ",1".repeat(300_000) + "]"));
        assertThat(event.arguments().size()).isEqualTo(300_000);
        assertThat(event.arguments().raw(299_999)).isEqualTo(Bytes.utf8("1"));
        assertThat(decoder.text(json("51-['x'" + ("," + PLACEHOLDER).repeat(30_000) + "]")))
                .isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"2['x',", "51-['x',", "31[", "61-1["})
    void theDepthIsBoundedTheSameWithAndWithoutAttachments(String start) {
        int most = JsonLimits.DEFAULT.maxDepth();
        new PacketDecoder(1).text(json(start + "[".repeat(most) + "1" + "]".repeat(most) + "]"));
        new PacketDecoder(1).text(json(start + "{'a':".repeat(most) + "1" + "}".repeat(most) + "]"));
        for (int depth : new int[] {most + 1, 100_000}) {
            for (String bomb : new String[] {"[", "{'a':", "{'_placeholder':", "{'num':[", "{'n\\u0075m':"}) {
                assertThatThrownBy(() -> new PacketDecoder(1).text(json(start + bomb.repeat(depth))))
                        .isInstanceOf(MalformedPacketException.class)
                        .hasMessageContaining("nested too deep");
            }
        }
    }

    @Test
    void aConnectIsBoundedToo() {
        assertThatThrownBy(() -> decoder.text(json("0" + "{'a':".repeat(100_000))))
                .isInstanceOf(MalformedPacketException.class);
    }

    private static Event event(String namespace, long id, String name, String arguments) {
        return new Event(namespace, id, name, new Arguments(json(arguments), List.of()));
    }

    /** An apostrophe means a quotation mark. */
    private static Bytes json(String text) {
        return Bytes.utf8(text.replace('\'', '"'));
    }

    private static void assertExceeds(Limit limit, JsonLimits limits, String packet) {
        assertThatThrownBy(() -> new PacketDecoder(1, limits).text(json(packet)))
                .isInstanceOfSatisfying(
                        MalformedPacketException.class,
                        e -> assertThat(e.limit()).isEqualTo(limit));
    }

    @Test
    void exceededLimitsAreNamed() {
        JsonLimits limits = new JsonLimits(2, 3, 2, 4);
        PacketDecoder decoder = new PacketDecoder(1, limits);
        for (String fits : new String[] {
            "2['x',[[1]],123]",
            "2['x',{'a':1,'b':2},{'c':3,'d':4}]",
            "31[1,2]",
            "0{'a':{'b':-12}}",
            "51-['x'," + PLACEHOLDER + "]"
        }) {
            decoder = new PacketDecoder(1, limits);
            decoder.text(json(fits));
        }
        for (String start : new String[] {"2['x',", "51-['x',", "31[", "61-1["}) {
            assertExceeds(Limit.JSON_DEPTH, limits, start + "[[[1]]]]");
            assertExceeds(Limit.JSON_NUMBER_LENGTH, limits, start + "1234]");
            assertExceeds(Limit.ARGUMENTS, limits, start + "1,2,3]");
            assertExceeds(Limit.JSON_KEYS, limits, start + "{'a':1,'b':2},{'c':3,'d':4,'e':5}]");
        }
        assertExceeds(Limit.JSON_KEYS, limits, "0{'a':1,'b':2,'c':3,'d':4,'e':5}");
        assertExceeds(Limit.JSON_DEPTH, limits, "0{'a':{'b':{'c':1}}}");
        assertExceeds(Limit.ATTACHMENTS, limits, "52-['x']");
        assertExceeds(null, limits, "2['x',]");
    }

    @Test
    void hundredArgumentsAndFiftyThousandKeysAreTakenByDefault() {
        PacketDecoder decoder = new PacketDecoder(1);
        assertThat(decoder.text(json("2['x'" + ",1".repeat(100) + "]"))).isNotNull();
        assertExceeds(Limit.ARGUMENTS, JsonLimits.DEFAULT, "2['x'" + ",1".repeat(101) + "]");
        String object = "{'a':1" + ",'a':1".repeat(49_999);
        assertThat(decoder.text(json("2['x'," + object + "}]"))).isNotNull();
        assertExceeds(Limit.JSON_KEYS, JsonLimits.DEFAULT, "2['x'," + object + ",'a':1}]");
    }

    /** What a wider limit allows must not fail when it is read. */
    @Test
    void widestLimitsAreReadByHandlersToo() {
        JsonLimits widest = new JsonLimits(1000, 10_000, 1000, 1_000_000);
        String deep = "[".repeat(1000) + "]".repeat(1000);
        Event event = (Event) new PacketDecoder(1, widest).text(json("2['x'," + deep + "," + "1".repeat(10_000) + "]"));
        assertThat(event.arguments().get(0, Object.class)).isInstanceOf(List.class);
        assertThat(event.arguments().get(1, BigInteger.class).toString()).hasSize(10_000);
        String longName = "{'" + "n".repeat(200_000) + "':1}";
        event = (Event) new PacketDecoder(1, widest).text(json("2['x'," + longName + "]"));
        assertThat((Map<?, ?>) event.arguments().get(0, Object.class)).hasSize(1);
    }

    @Test
    void namesWhoseHashCodesCollideAreReadInTime() {
        StringBuilder object = new StringBuilder("{");
        for (int i = 0; i < 1 << 15; i++) { // "Aa" and "BB" have the same hash code
            object.append(i == 0 ? "'" : ",'");
            for (int bit = 0; bit < 15; bit++) {
                object.append((i >> bit & 1) == 0 ? "Aa" : "BB");
            }
            object.append("':1");
        }
        Event event = (Event) new PacketDecoder(1).text(json("2['x'," + object + "}]"));
        assertTimeout(
                Duration.ofSeconds(20),
                () -> assertThat((Map<?, ?>) event.arguments().get(0, Object.class))
                        .hasSize(1 << 15));
    }

    @Test
    void limitsBeyondTheirRangeAreRefused() {
        assertThatThrownBy(() -> JsonLimits.DEFAULT.withMaxDepth(1001))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("maxDepth: 1001 (expected: 1 to 1000)");
        assertThatThrownBy(() -> JsonLimits.DEFAULT.withMaxNumberLength(0))
                .hasMessage("maxNumberLength: 0 (expected: 1 to 10000)");
        assertThatThrownBy(() -> JsonLimits.DEFAULT.withMaxArguments(0))
                .hasMessage("maxArguments: 0 (expected: 1 to 2147483647)");
        assertThatThrownBy(() -> JsonLimits.DEFAULT.withMaxKeys(-1))
                .hasMessage("maxKeys: -1 (expected: 1 to 2147483647)");
    }
}
