package io.scarfall.gateway.internal.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.scarfall.engineio.Bytes;
import io.scarfall.engineio.MalformedPacketException;
import io.scarfall.gateway.internal.link.Envelope.Answer;
import io.scarfall.gateway.internal.link.Envelope.Body;
import io.scarfall.gateway.internal.link.Envelope.Deliver;
import io.scarfall.gateway.internal.link.Envelope.Displace;
import io.scarfall.gateway.internal.link.Envelope.Frame;
import io.scarfall.gateway.internal.link.Envelope.Missing;
import io.scarfall.gateway.internal.link.Envelope.Notice;
import io.scarfall.gateway.internal.link.Envelope.Revoke;
import io.scarfall.gateway.internal.message.Recipient;
import io.scarfall.gateway.internal.message.UserEvent;
import io.scarfall.presence.NodeId;
import io.scarfall.presence.internal.Revocation;
import io.scarfall.presence.internal.Revocation.Target;
import io.scarfall.socketio.packet.Arguments;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class EnvelopeCodecTest {
    private static final List<Recipient> RECIPIENTS = List.of(
            Recipient.of("bob"), Recipient.of("quote \" back \\ é 🂡"), Recipient.of(Bytes.utf8("\"\\u0061\"")));
    private static final UserEvent ADDRESSED =
            UserEvent.addressed("message", Bytes.utf8("{\"recipientId\":,\"message\":\"hi\"}"));
    private static final UserEvent BINARY = UserEvent.of("file", Arguments.of(new byte[] {1, 2}, new byte[0]));

    private static Frame frame(Body body) {
        return new Frame(-7, new NodeId("gw-1", 3), 9, 8, 1, 1_700_000_000_000L, body);
    }

    private static Stream<Envelope> envelopes() {
        return Stream.of(
                frame(new Deliver(ADDRESSED, RECIPIENTS)),
                frame(new Deliver(BINARY, List.of())),
                frame(new Notice("zoë", 1L << 52, UserEvent.of("news", Arguments.of(1)), RECIPIENTS)),
                frame(new Revoke(new Revocation(Target.session("zoë", "s1"), 1L << 52))),
                frame(new Revoke(new Revocation(Target.user("zoë"), 1))),
                frame(new Displace(Target.session("zoë", "s1"))),
                frame(null),
                new Answer(Long.MAX_VALUE, 9, new BitSet()),
                new Answer(9, 1, BitSet.valueOf(new long[] {5, 1})),
                new Answer(9, 1, null),
                new Missing(9, 1, Long.MAX_VALUE));
    }

    @ParameterizedTest
    @MethodSource("envelopes")
    void readsWhatItWrites(Envelope envelope) {
        assertThat(EnvelopeCodec.decode(EnvelopeCodec.encode(envelope))).isEqualTo(envelope);
    }

    @Test
    void coversEveryKind() {
        assertThat(envelopes().map(Object::getClass).distinct())
                .containsExactlyInAnyOrder(Envelope.class.getPermittedSubclasses());
        assertThat(envelopes()
                        .filter(Frame.class::isInstance)
                        .map(frame -> ((Frame) frame).body())
                        .filter(Objects::nonNull)
                        .map(Object::getClass)
                        .distinct())
                .containsExactlyInAnyOrder(Body.class.getPermittedSubclasses());
    }

    @Test
    void sizesAreUpperBounds() {
        byte[] message = EnvelopeCodec.encode(
                new Frame(7, new NodeId("n".repeat(128), 3), 1, 1, 1, 1, new Deliver(ADDRESSED, RECIPIENTS)));
        int bound = EnvelopeCodec.overhead(ADDRESSED)
                + RECIPIENTS.stream().mapToInt(EnvelopeCodec::length).sum();

        assertThat(message.length).isLessThanOrEqualTo(bound);
    }

    @ParameterizedTest
    @MethodSource("envelopes")
    void refusesTruncatedAndChangedEnvelopes(Envelope envelope) {
        byte[] good = EnvelopeCodec.encode(envelope);
        for (int length = 0; length < good.length; length++) {
            byte[] cut = Arrays.copyOf(good, length);
            assertThatExceptionOfType(MalformedPacketException.class).isThrownBy(() -> EnvelopeCodec.decode(cut));
        }
        byte[] longer = Arrays.copyOf(good, good.length + 1);
        assertThatExceptionOfType(MalformedPacketException.class).isThrownBy(() -> EnvelopeCodec.decode(longer));
        byte[] later = good.clone();
        later[0] = 2;
        assertThatExceptionOfType(MalformedPacketException.class)
                .isThrownBy(() -> EnvelopeCodec.decode(later))
                .withMessageContaining("version 2");
    }

    @Test
    void decodesNothingElse() {
        Random random = new Random(42);
        int refused = 0;
        for (Envelope envelope : envelopes().toList()) {
            byte[] good = EnvelopeCodec.encode(envelope);
            for (int i = 0; i < 5_000; i++) {
                byte[] changed = good.clone();
                for (int n = random.nextInt(4); n >= 0; n--) {
                    changed[random.nextInt(changed.length)] = (byte) random.nextInt();
                }
                try {
                    EnvelopeCodec.decode(changed);
                } catch (MalformedPacketException e) {
                    refused++;
                }
            }
        }
        assertThat(refused).isPositive();
    }
}
