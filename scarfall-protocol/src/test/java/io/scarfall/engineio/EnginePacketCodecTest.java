package io.scarfall.engineio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.scarfall.engineio.EnginePacket.Binary;
import io.scarfall.engineio.EnginePacket.Close;
import io.scarfall.engineio.EnginePacket.Noop;
import io.scarfall.engineio.EnginePacket.Open;
import io.scarfall.engineio.EnginePacket.Ping;
import io.scarfall.engineio.EnginePacket.Pong;
import io.scarfall.engineio.EnginePacket.Text;
import io.scarfall.engineio.EnginePacket.Upgrade;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class EnginePacketCodecTest {

    private static final String HANDSHAKE =
            "{\"sid\":\"lv_VI97HAXpY6yYWAAAC\",\"upgrades\":[\"websocket\"],\"pingInterval\":25000,\"pingTimeout\":20000,"
                    + "\"maxPayload\":1000000}";

    /** The examples of the specification come first. */
    static Stream<Arguments> packets() {
        return Stream.of(
                arguments("4hello", new Text(Bytes.utf8("hello"))),
                arguments("bAQIDBA==", new Binary(bytes(1, 2, 3, 4))),
                arguments("2", new Ping(Bytes.EMPTY)),
                arguments("3", new Pong(Bytes.EMPTY)),
                arguments("2probe", new Ping(Bytes.utf8("probe"))),
                arguments("3probe", new Pong(Bytes.utf8("probe"))),
                arguments("5", new Upgrade()),
                arguments("6", new Noop()),
                arguments("1", new Close()),
                arguments("0" + HANDSHAKE, new Open(Bytes.utf8(HANDSHAKE))),
                arguments("4", new Text(Bytes.EMPTY)),
                arguments("4€y", new Text(Bytes.utf8("€y"))),
                arguments("4\uD83D\uDE00", new Text(Bytes.utf8("\uD83D\uDE00"))),
                arguments("4b", new Text(Bytes.utf8("b"))),
                arguments("4\u0000\n", new Text(Bytes.utf8("\u0000\n"))),
                arguments("44", new Text(Bytes.utf8("4"))),
                arguments("b", new Binary(Bytes.EMPTY)),
                arguments("bAA==", new Binary(bytes(0))),
                arguments("bAQI=", new Binary(bytes(1, 2))),
                arguments("b+/+/", new Binary(bytes(0xFB, 0xFF, 0xBF))));
    }

    @ParameterizedTest
    @MethodSource("packets")
    void aPacketIsWrittenAsItIsRead(String text, EnginePacket packet) {
        assertThat(EnginePacketCodec.decode(Bytes.utf8(text))).isEqualTo(packet);
        assertThat(EnginePacketCodec.encode(packet).utf8()).isEqualTo(text);
        assertThat(EnginePacketCodec.type(packet)
                        + EnginePacketCodec.body(packet).utf8())
                .isEqualTo(text);
    }

    @Test
    void everyKindOfPacketHasACodec() {
        assertThat(packets().map(row -> row.get()[1].getClass()).collect(Collectors.toSet()))
                .isEqualTo(Set.of(EnginePacket.class.getPermittedSubclasses()));
    }

    @Test
    void paddingMayBeMissing() {
        assertThat(EnginePacketCodec.decode(Bytes.utf8("bAQI"))).isEqualTo(new Binary(bytes(1, 2)));
        assertThat(EnginePacketCodec.decode(Bytes.utf8("bAQIDBA"))).isEqualTo(new Binary(bytes(1, 2, 3, 4)));
    }

    @Test
    void base64MayBeFoldedIntoLines() {
        assertThat(EnginePacketCodec.decode(Bytes.utf8("bAQI=\n"))).isEqualTo(new Binary(bytes(1, 2)));
        assertThat(EnginePacketCodec.decode(Bytes.utf8("bAQ\r\nIDB\nA\n=="))).isEqualTo(new Binary(bytes(1, 2, 3, 4)));
    }

    @Test
    void dataAfterAPacketWithoutDataIsIgnored() {
        assertThat(EnginePacketCodec.decode(Bytes.utf8("1x"))).isEqualTo(EnginePacket.CLOSE);
        assertThat(EnginePacketCodec.decode(Bytes.utf8("5x"))).isEqualTo(EnginePacket.UPGRADE);
        assertThat(EnginePacketCodec.decode(Bytes.utf8("6x"))).isEqualTo(EnginePacket.NOOP);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "7",
                "9",
                "abc",
                "a",
                "B",
                " 4hello",
                "\u00004",
                "-",
                "/",
                ":",
                "\u00E9",
                "\uFF14x",
                "\u001E",
                "bA",
                "bAQID=",
                "b=",
                "b====",
                "bA===",
                "bAQ=D",
                "bAQIDBA=",
                "b_-_-",
                "b AQI",
                "b\u00E9",
                "bAQI=AQI="
            })
    void malformedPacketsAreRefused(String text) {
        assertThatThrownBy(() -> EnginePacketCodec.decode(Bytes.utf8(text)))
                .isInstanceOf(MalformedPacketException.class)
                .hasNoCause();
    }

    @Test
    void aRefusalCostsNoStackTrace() {
        assertThat(new MalformedPacketException("x").getStackTrace()).isEmpty();
    }

    @Test
    void randomPacketsSurviveTheRoundTrip() {
        Randomly.repeat(5_000, random -> {
            EnginePacket packet = random.nextBoolean()
                    ? new Text(Bytes.utf8(Randomly.text(random, 100)))
                    : new Binary(Bytes.wrap(Randomly.bytes(random, 100)));
            assertThat(EnginePacketCodec.decode(EnginePacketCodec.encode(packet)))
                    .isEqualTo(packet);
        });
    }

    @Test
    void anyBytesGiveAPacketOrARefusal() {
        Randomly.repeat(50_000, random -> {
            byte[] bytes = Randomly.bytes(random, 12);
            if (bytes.length > 0 && random.nextBoolean()) {
                bytes[0] = (byte) "0123456b".charAt(random.nextInt(8));
            }
            try {
                assertThat(EnginePacketCodec.decode(Bytes.wrap(bytes))).isNotNull();
            } catch (MalformedPacketException e) {
                assertThat(e).hasNoCause();
            }
        });
    }

    private static Bytes bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return Bytes.wrap(bytes);
    }
}
