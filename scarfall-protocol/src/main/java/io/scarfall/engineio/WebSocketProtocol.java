package io.scarfall.engineio;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The numbers and rules of WebSocket (RFC 6455, section 5). The head of a frame:
 *
 * <pre>
 * byte 0     FIN (1 bit), reserved (3 bits), opcode (4 bits)
 * byte 1     MASKED (1 bit), length (7 bits); 126: 2 bytes of length follow, 127: 8 bytes
 * then       4 bytes of mask, if masked: what a client sends is, what a server sends is not
 * </pre>
 */
final class WebSocketProtocol {

    static final int CONTINUATION = 0x0;
    static final int TEXT = 0x1;
    static final int BINARY = 0x2;

    /** The first of the control frames, which may stand between the frames of a message. */
    static final int CLOSE = 0x8;

    static final int PING = 0x9;
    static final int PONG = 0xA;

    static final int FIN = 0x80;
    static final int RESERVED_BITS = 0x70;
    static final int OPCODE_BITS = 0x0F;
    static final int MASKED = 0x80;
    static final int LENGTH_BITS = 0x7F;
    static final int SHORT_LENGTH = 126;
    static final int LONG_LENGTH = 127;
    static final int MASK_BYTES = 4;
    static final int MAX_HEADER_BYTES = 10;
    static final int MAX_CONTROL_BYTES = 125;

    /** Codes of a close frame (section 7.4.1). */
    static final int PROTOCOL_ERROR = 1002;

    static final int INVALID_DATA = 1007;
    static final int TOO_BIG = 1009;

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    /**
     * The peer broke the rules of WebSocket. It has no stack trace, because peers may cause it as often as they like.
     */
    static final class Violation extends Exception {

        private static final long serialVersionUID = 1;

        private final int code;

        Violation(int code, String message) {
            super(message, null, false, false);
            this.code = code;
        }

        /** The code of the close frame for the peer. */
        int code() {
            return code;
        }
    }

    private WebSocketProtocol() {}

    static boolean isControl(int opcode) {
        return opcode >= CLOSE;
    }

    /**
     * Checks the first two bytes of a frame that a client sent.
     *
     * @param isContinued whether the frames of a message are not complete yet
     */
    static void checkHeader(int first, int second, boolean isContinued) throws Violation {
        int opcode = first & OPCODE_BITS;
        if ((first & RESERVED_BITS) != 0) {
            throw new Violation(PROTOCOL_ERROR, "a reserved bit is set");
        } else if (opcode > BINARY && (opcode < CLOSE || opcode > PONG)) {
            throw new Violation(PROTOCOL_ERROR, "unknown opcode");
        } else if (isControl(opcode) && ((first & FIN) == 0 || (second & LENGTH_BITS) > MAX_CONTROL_BYTES)) {
            throw new Violation(PROTOCOL_ERROR, "a control frame is fragmented or too large");
        } else if ((second & MASKED) == 0) {
            throw new Violation(PROTOCOL_ERROR, "a frame is not masked");
        } else if (opcode == CONTINUATION && !isContinued) {
            throw new Violation(PROTOCOL_ERROR, "nothing to continue");
        } else if ((opcode == TEXT || opcode == BINARY) && isContinued) {
            throw new Violation(PROTOCOL_ERROR, "a message begins inside another");
        }
    }

    /** Removes the mask of a payload, eight bytes at a time. */
    static void unmask(byte[] payload, int mask) {
        long wideMask = ((mask & 0xFFFFFFFFL) << 32) | (mask & 0xFFFFFFFFL);
        int i = 0;
        for (; i <= payload.length - Long.BYTES; i += Long.BYTES) {
            LONGS.set(payload, i, (long) LONGS.get(payload, i) ^ wideMask);
        }
        for (; i < payload.length; i++) {
            payload[i] ^= (byte) (mask >>> (8 * (3 - i % MASK_BYTES)));
        }
    }

    /** Checks the payload of a close frame: it is empty, or a code that may be sent (section 7.4) and a reason. */
    static void checkClose(Bytes payload) throws Violation {
        if (payload.isEmpty()) {
            return;
        }
        int code = payload.length() < 2 ? 0 : ((payload.at(0) & 0xFF) << 8) | (payload.at(1) & 0xFF);
        boolean allowed = (code >= 1000 && code <= 1014 && code != 1004 && code != 1005 && code != 1006)
                || (code >= 3000 && code <= 4999);
        if (!allowed) {
            throw new Violation(PROTOCOL_ERROR, "unknown close code");
        }
        if (!payload.from(2).isUtf8()) {
            throw new Violation(INVALID_DATA, "close reason is not UTF-8");
        }
    }
}
