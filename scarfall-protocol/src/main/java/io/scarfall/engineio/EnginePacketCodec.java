package io.scarfall.engineio;

import io.scarfall.engineio.EnginePacket.Binary;
import io.scarfall.engineio.EnginePacket.Close;
import io.scarfall.engineio.EnginePacket.Noop;
import io.scarfall.engineio.EnginePacket.Open;
import io.scarfall.engineio.EnginePacket.Ping;
import io.scarfall.engineio.EnginePacket.Pong;
import io.scarfall.engineio.EnginePacket.Text;
import io.scarfall.engineio.EnginePacket.Upgrade;
import java.util.Arrays;
import java.util.Base64;

/**
 * Converts one packet to its text form and back: a type digit and the data, or {@code b} and base64 for binary data
 * (Engine.IO protocol 4, "Packet encoding"). Stateless.
 */
final class EnginePacketCodec {

    private EnginePacketCodec() {}

    /** Returns the digit that a packet's text form starts with; {@code b} for a binary message. */
    static char type(EnginePacket packet) {
        if (packet instanceof Text) {
            return '4';
        } else if (packet instanceof Binary) {
            return 'b';
        } else if (packet instanceof Ping) {
            return '2';
        } else if (packet instanceof Pong) {
            return '3';
        } else if (packet instanceof Noop) {
            return '6';
        } else if (packet instanceof Open) {
            return '0';
        } else if (packet instanceof Close) {
            return '1';
        } else if (packet instanceof Upgrade) {
            return '5';
        }
        throw new AssertionError(packet);
    }

    /** Returns what follows the type in a packet's text form, base64 for a binary message. */
    static Bytes body(EnginePacket packet) {
        if (packet instanceof Text text) {
            return text.data();
        } else if (packet instanceof Binary binary) {
            return Bytes.wrap(Base64.getEncoder().encode(binary.data().toByteArray()));
        } else if (packet instanceof Ping ping) {
            return ping.data();
        } else if (packet instanceof Pong pong) {
            return pong.data();
        } else if (packet instanceof Open open) {
            return open.handshake();
        }
        return Bytes.EMPTY;
    }

    /** Returns a packet's text form. */
    static Bytes encode(EnginePacket packet) {
        Bytes body = body(packet);
        byte[] text = new byte[1 + body.length()];
        text[0] = (byte) type(packet);
        body.copyTo(text, 1);
        return Bytes.wrap(text);
    }

    /**
     * Reads a packet from its text form.
     *
     * @param text well-formed UTF-8
     * @throws MalformedPacketException if the text is empty, of an unknown type, or binary data that is not base64
     */
    static EnginePacket decode(Bytes text) {
        if (text.isEmpty()) {
            throw new MalformedPacketException("empty packet");
        }
        return switch (text.at(0)) {
            case '4' -> new Text(text.from(1));
            case 'b' -> new Binary(base64(text.from(1)));
            case '3' -> text.length() == 1 ? EnginePacket.PONG : new Pong(text.from(1));
            case '2' -> text.length() == 1 ? EnginePacket.PING : new Ping(text.from(1));
            case '0' -> new Open(text.from(1));
            case '1' -> EnginePacket.CLOSE;
            case '5' -> EnginePacket.UPGRADE;
            case '6' -> EnginePacket.NOOP;
            default -> throw new MalformedPacketException("unknown packet type (expected: 0 to 6, or b)");
        };
    }

    /** Accepts base64 with and without padding, and with line breaks, which the official Java client sends. */
    private static Bytes base64(Bytes text) {
        byte[] base64 = text.toByteArray();
        int length = 0;
        for (byte b : base64) {
            if (b != '\n' && b != '\r') {
                base64[length++] = b;
            }
        }
        try {
            return Bytes.wrap(
                    Base64.getDecoder().decode(length == base64.length ? base64 : Arrays.copyOf(base64, length)));
        } catch (IllegalArgumentException e) {
            throw new MalformedPacketException("binary data is not base64");
        }
    }
}
