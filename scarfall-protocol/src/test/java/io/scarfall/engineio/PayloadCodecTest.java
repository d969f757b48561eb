package io.scarfall.engineio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.scarfall.engineio.EnginePacket.Binary;
import io.scarfall.engineio.EnginePacket.Ping;
import io.scarfall.engineio.EnginePacket.Text;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class PayloadCodecTest {

    private static final char SEPARATOR = '\u001E';

    /** The examples of the specification come first. A bar means the separator. */
    static Stream<Arguments> payloads() {
        return Stream.of(
                arguments("4hello|2|4world", List.of(text("hello"), EnginePacket.PING, text("world"))),
                arguments("4hello|bAQIDBA==", List.of(text("hello"), binary(1, 2, 3, 4))),
                arguments("4hello", List.of(text("hello"))),
                arguments("bAQIDBA==", List.of(binary(1, 2, 3, 4))),
                arguments("2probe", List.of(new Ping(EnginePacket.PROBE))),
                arguments("6|1", List.of(EnginePacket.NOOP, EnginePacket.CLOSE)),
                arguments("4|4|b|4", List.of(text(""), text(""), binary(), text(""))),
                arguments("4€|4\uD83D\uDE00|4x", List.of(text("€"), text("\uD83D\uDE00"), text("x"))));
    }

    @ParameterizedTest
    @MethodSource("payloads")
    void aPayloadIsWrittenAsItIsRead(String payload, List<EnginePacket> packets) {
        String body = payload.replace('|', SEPARATOR);
        assertThat(PayloadCodec.encode(packets).utf8()).isEqualTo(body);
        assertThat(decode(Bytes.utf8(body))).isEqualTo(packets);
    }

    /** Each with the packets before the malformed one, which are delivered. */
    static Stream<Arguments> malformed() {
        return Stream.of(
                arguments("", List.of()),
                arguments("abc", List.of()),
                arguments("|", List.of()),
                arguments("|4a", List.of()),
                arguments("4a|", List.of(text("a"))),
                arguments("4a||4b", List.of(text("a"))),
                arguments("4a|4b|x|4c", List.of(text("a"), text("b"))),
                arguments("4a|bA|4c", List.of(text("a"))),
                arguments("4a|7", List.of(text("a"))));
    }

    @ParameterizedTest
    @MethodSource("malformed")
    void packetsBeforeAMalformedOneAreDelivered(String payload, List<EnginePacket> delivered) {
        List<EnginePacket> received = new ArrayList<>();
        assertThatThrownBy(() -> PayloadCodec.decode(Bytes.utf8(payload.replace('|', SEPARATOR)), received::add))
                .isInstanceOf(MalformedPacketException.class);
        assertThat(received).isEqualTo(delivered);
    }

    @Test
    void eachPacketIsDeliveredBeforeTheNextIsRead() {
        assertThatThrownBy(() -> PayloadCodec.decode(Bytes.utf8("4a\u001Ex"), packet -> {
                    throw new IllegalStateException("received " + packet);
                }))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void noPacketsAreAnEmptyPayload() {
        assertThat(PayloadCodec.encode(List.of())).isEqualTo(Bytes.EMPTY);
    }

    @Test
    void aHundredThousandPacketsFitIntoOnePayload() {
        List<EnginePacket> received = decode(Bytes.utf8("4\u001E".repeat(99_999) + "4x"));
        assertThat(received).hasSize(100_000).endsWith(text("x"));
    }

    @Test
    void randomPayloadsSurviveTheRoundTrip() {
        Randomly.repeat(2_000, random -> {
            List<EnginePacket> packets = new ArrayList<>();
            for (int count = 1 + random.nextInt(10); count > 0; count--) {
                packets.add(
                        random.nextBoolean()
                                ? text(Randomly.text(random, 20))
                                : new Binary(Bytes.wrap(Randomly.bytes(random, 20))));
            }
            assertThat(decode(PayloadCodec.encode(packets))).isEqualTo(packets);
        });
    }

    @Test
    void mutatedPayloadsGivePacketsOrARefusal() {
        Randomly.repeat(50_000, random -> {
            byte[] payload =
                    "4hello\u001EbAQID\u001E2probe\u001E3\u001E6\u001E5\u001Eb".getBytes(StandardCharsets.UTF_8);
            for (int edits = 1 + random.nextInt(4); edits > 0; edits--) {
                payload[random.nextInt(payload.length)] =
                        Randomly.oneOf(random, (byte) 0x1E, (byte) 'b', (byte) '4', (byte) '=', (byte) 'A', (byte)
                                random.nextInt(256));
            }
            List<EnginePacket> received = new ArrayList<>();
            try {
                PayloadCodec.decode(Bytes.wrap(payload), received::add);
                assertThat(received).isNotEmpty();
            } catch (MalformedPacketException e) {
                assertThat(e).hasNoCause();
            }
        });
    }

    private static List<EnginePacket> decode(Bytes payload) {
        List<EnginePacket> packets = new ArrayList<>();
        PayloadCodec.decode(payload, packets::add);
        return packets;
    }

    private static EnginePacket text(String data) {
        return new Text(Bytes.utf8(data));
    }

    private static EnginePacket binary(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return new Binary(Bytes.wrap(bytes));
    }
}
