package io.scarfall.engineio;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * A WebSocket frame.
 *
 * @param first FIN, reserved bits and opcode
 */
record Frame(int first, Bytes payload) {

    static final int FIN = 0x80;
    static final int CONTINUATION = 0;
    static final int TEXT = 1;
    static final int BINARY = 2;
    static final int CLOSE = 8;
    static final int PING = 9;
    static final int PONG = 10;

    Frame(int first, byte... payload) {
        this(first, Bytes.wrap(payload));
    }

    static Frame text(String text) {
        return new Frame(FIN | TEXT, Bytes.utf8(text));
    }

    static Frame binary(byte... payload) {
        return new Frame(FIN | BINARY, payload);
    }

    static Frame ping(String payload) {
        return new Frame(FIN | PING, Bytes.utf8(payload));
    }

    /** A frame of a message that continues. */
    static Frame part(int opcode, byte... payload) {
        return new Frame(opcode, payload);
    }

    static Frame last(byte... payload) {
        return new Frame(FIN | CONTINUATION, payload);
    }

    static Frame close() {
        return new Frame(FIN | CLOSE, Bytes.EMPTY);
    }

    static Frame close(int code, String reason) {
        return close(code, reason.getBytes(StandardCharsets.UTF_8));
    }

    static Frame close(int code, byte[] reason) {
        byte[] payload = new byte[2 + reason.length];
        payload[0] = (byte) (code >> 8);
        payload[1] = (byte) code;
        System.arraycopy(reason, 0, payload, 2, reason.length);
        return new Frame(FIN | CLOSE, payload);
    }

    /** The bytes of several frames that a client sends together. */
    static byte[] bytes(Frame... frames) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (Frame frame : frames) {
            bytes.writeBytes(frame.masked());
        }
        return bytes.toByteArray();
    }

    /** The bytes of this frame as a client sends it. */
    byte[] masked() {
        return masked(0x8C0FFEE9);
    }

    byte[] masked(int mask) {
        int length = payload.length();
        return bytes(length < 126 ? length : length <= 0xFFFF ? 126 : 127, mask);
    }

    /** @param marker how the length is written: itself, or 126 for 2 bytes, 127 for 8 bytes */
    byte[] bytes(int marker, int mask) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(first);
            out.writeByte(0x80 | marker);
            if (marker == 126) {
                out.writeShort(payload.length());
            } else if (marker == 127) {
                out.writeLong(payload.length());
            }
            out.writeInt(mask);
            for (int i = 0; i < payload.length(); i++) {
                out.writeByte(payload.at(i) ^ (mask >>> (8 * (3 - i % 4))));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** Reads a frame of the server, which must not be masked. */
    static Frame read(InputStream in) throws IOException {
        DataInputStream data = new DataInputStream(in);
        int first = data.readUnsignedByte();
        int marker = data.readUnsignedByte();
        long length = marker == 126 ? data.readUnsignedShort() : marker == 127 ? data.readLong() : marker;
        if (marker > 127 || (marker == 126 && length < 126) || (marker == 127 && length <= 0xFFFF)) {
            throw new AssertionError("no frame of a server: second byte " + marker + ", length " + length);
        }
        byte[] payload = new byte[(int) length];
        data.readFully(payload);
        return new Frame(first, payload);
    }

    /** What a test compares: the kind of the frame and its content. */
    @Override
    public String toString() {
        return switch (first) {
            case FIN | TEXT -> "text " + payload.utf8();
            case FIN | BINARY -> "binary " + HexFormat.of().formatHex(payload.toByteArray());
            case FIN | CLOSE -> "close" + reason();
            case FIN | PING -> "ping " + payload.utf8();
            case FIN | PONG -> "pong " + payload.utf8();
            default -> "unexpected first byte " + first;
        };
    }

    private String reason() {
        return payload.isEmpty()
                ? ""
                : " " + (((payload.at(0) & 0xFF) << 8) | (payload.at(1) & 0xFF))
                        + payload.from(2).utf8();
    }
}
