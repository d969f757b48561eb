package io.scarfall.engineio;

import io.scarfall.testing.Cost;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The body of a polling POST: it is UTF-8 or refused, and decoded packets survive another round trip. */
public final class PayloadFuzz {

    private PayloadFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) {
        Cost.bounded(input.length, 200, () -> check(Bytes.wrap(input)));
    }

    private static void check(Bytes payload) {
        assert payload.isUtf8() == isUtf8(payload.toByteArray());
        if (!payload.isUtf8()) {
            return;
        }
        List<EnginePacket> packets = new ArrayList<>();
        boolean complete = decode(payload, packets);
        assert oneByOne(payload).equals(packets);
        if (packets.isEmpty()) {
            return;
        }
        List<EnginePacket> again = new ArrayList<>();
        Bytes encoded = PayloadCodec.encode(packets);
        assert decode(encoded, again);
        assert again.equals(packets);
        if (complete) {
            assert encoded.length() <= payload.length() + 2 * packets.size(); // padding of base64
        }
    }

    private static boolean isUtf8(byte[] bytes) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }

    private static boolean decode(Bytes payload, List<EnginePacket> packets) {
        try {
            PayloadCodec.decode(payload, packets::add);
            return true;
        } catch (MalformedPacketException e) {
            return false;
        }
    }

    /** Decodes as a session that pauses after each packet does. */
    private static List<EnginePacket> oneByOne(Bytes payload) {
        List<EnginePacket> packets = new ArrayList<>();
        try {
            int from = 0;
            while (from >= 0) {
                from = PayloadCodec.decode(payload, from, packet -> {
                    packets.add(packet);
                    return false;
                });
            }
        } catch (MalformedPacketException e) {
            return packets;
        }
        return packets;
    }
}
