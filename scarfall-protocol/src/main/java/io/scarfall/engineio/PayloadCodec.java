package io.scarfall.engineio;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Converts packets to the body of a polling request or response and back: their text forms, separated by U+001E
 * (Engine.IO protocol 4, "HTTP long-polling"). Stateless.
 */
final class PayloadCodec {

    private static final byte SEPARATOR = 0x1E;

    private PayloadCodec() {}

    /** Returns the body that carries the packets, in their order; empty for no packets. */
    static Bytes encode(Collection<? extends EnginePacket> packets) {
        List<Bytes> bodies = new ArrayList<>(packets.size());
        int length = Math.max(0, packets.size() - 1);
        for (EnginePacket packet : packets) {
            Bytes body = EnginePacketCodec.body(packet);
            bodies.add(body);
            length += 1 + body.length();
        }
        byte[] payload = new byte[length];
        int at = 0;
        int i = 0;
        for (EnginePacket packet : packets) {
            if (i > 0) {
                payload[at++] = SEPARATOR;
            }
            payload[at++] = (byte) EnginePacketCodec.type(packet);
            at = bodies.get(i++).copyTo(payload, at);
        }
        return Bytes.wrap(payload);
    }

    /**
     * Hands the packets of a body to a receiver in their order, each before the next is read. So the receiver gets the
     * packets before a malformed one.
     *
     * @throws MalformedPacketException at the first malformed packet, an empty body included
     */
    static void decode(Bytes payload, Consumer<? super EnginePacket> receiver) {
        decode(payload, 0, packet -> {
            receiver.accept(packet);
            return true;
        });
    }

    /**
     * Hands packets on as {@link #decode(Bytes, Consumer)} does, as long as the receiver wants more.
     *
     * @param from where a packet begins: 0, or what an earlier call returned
     * @param receiver returns whether it wants another packet
     * @return where the next packet begins; -1 if there is none
     * @throws MalformedPacketException at the first malformed packet, an empty body included
     */
    static int decode(Bytes payload, int from, Predicate<? super EnginePacket> receiver) {
        int start = from;
        boolean wanted = true;
        for (int i = from; wanted && i <= payload.length(); i++) {
            if (i == payload.length() || payload.at(i) == SEPARATOR) {
                wanted = receiver.test(EnginePacketCodec.decode(payload.slice(start, i)));
                start = i + 1;
            }
        }
        return start <= payload.length() ? start : -1;
    }
}
