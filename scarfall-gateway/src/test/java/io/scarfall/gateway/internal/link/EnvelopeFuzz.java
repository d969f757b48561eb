package io.scarfall.gateway.internal.link;

import io.scarfall.engineio.MalformedPacketException;
import io.scarfall.gateway.internal.link.Envelope.Deliver;
import io.scarfall.gateway.internal.link.Envelope.Frame;
import io.scarfall.gateway.internal.link.Envelope.Notice;
import io.scarfall.gateway.internal.message.Recipient;
import io.scarfall.gateway.internal.message.UserEvent;
import io.scarfall.testing.Cost;
import java.util.Arrays;
import java.util.List;

/** Messages from the bus decode to an envelope or to nothing. An envelope stays the same when it is encoded and decoded again. */
public final class EnvelopeFuzz {

    private EnvelopeFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) {
        Cost.bounded(input.length, 200, () -> check(input));
    }

    private static void check(byte[] input) {
        Envelope envelope;
        try {
            envelope = EnvelopeCodec.decode(input);
        } catch (MalformedPacketException e) {
            return;
        }
        byte[] encoded = EnvelopeCodec.encode(envelope);
        assert encoded.length <= 2 * input.length + 16 : encoded.length; // U+FFFD takes three bytes
        Envelope again = EnvelopeCodec.decode(encoded);
        assert again.equals(envelope) : envelope + " " + again;
        assert Arrays.equals(EnvelopeCodec.encode(again), encoded);
        if (envelope instanceof Frame frame) {
            if (frame.body() instanceof Deliver deliver) {
                deliver(deliver.event(), deliver.recipients());
            } else if (frame.body() instanceof Notice notice) {
                deliver(notice.event(), notice.recipients());
            }
        }
    }

    /** A few are enough, because each costs a copy of the event. */
    private static void deliver(UserEvent event, List<Recipient> recipients) {
        for (Recipient recipient : recipients.subList(0, Math.min(2, recipients.size()))) {
            assert event.packetFor(recipient).length() >= event.length();
            assert recipient.id() != null;
        }
    }
}
