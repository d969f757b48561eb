package io.scarfall.server.attacks;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;

/** What an attacker sends: as much input as possible that the server must buffer, never the end of it. */
enum Way {
    /** An event with attachments, the last of which never comes; half of the attackers send it without CONNECT. */
    ATTACHMENTS,
    /** A POST body without its last bytes. */
    POSTS,
    /** A WebSocket message in fragments, without the last fragment. */
    FRAGMENTS,
    /** A WebSocket frame without its last bytes. */
    FRAMES,
    /** Only the first byte of a WebSocket frame. */
    TINY_FRAMES,
    /** A request head without its end. */
    HEADS,
    /** An authenticated user that never reads. */
    NEVER_READ;

    private static final int LARGE = 990_000;
    private static final int FRAGMENT = 60_000;
    private static final int ATTACHMENTS_ANNOUNCED = 10;
    private static final int HEADERS = 31_000;

    /** Shared by all attackers, so that the attack costs little memory on their side. */
    private static final byte[] CONTENT = new byte[LARGE];

    /** Whether the attacker opens a WebSocket first. */
    boolean isWebSocket() {
        return this != POSTS && this != HEADS;
    }

    /** Whether the attacker opens a polling session first. */
    boolean isPolling() {
        return this == POSTS;
    }

    /**
     * The bytes to send once the connection is open (and upgraded, for a WebSocket).
     *
     * @param number the attacker's number
     * @param sid the id of the polling session
     * @param token the token of the attacker's user
     */
    ByteBuf bytes(int number, String sid, String token) {
        return switch (this) {
            case ATTACHMENTS -> attachments(number % 2 == 0);
            case POSTS ->
                Unpooled.wrappedBuffer(
                        ascii("POST /socket.io/?EIO=4&transport=polling&sid=" + sid + " HTTP/1.1\r\nHost: localhost\r\n"
                                + "Content-Length: " + (LARGE + 10) + "\r\n\r\n"),
                        content(LARGE));
            case FRAGMENTS -> fragments();
            case FRAMES -> Unpooled.wrappedBuffer(header(0x82, LARGE + 10), content(LARGE));
            case TINY_FRAMES -> Unpooled.wrappedBuffer(new byte[] {(byte) 0x82});
            case HEADS -> ascii("GET / HTTP/1.1\r\nHost: localhost\r\nX-Long: " + "x".repeat(HEADERS));
            case NEVER_READ -> text("40{\"token\":\"" + token + "\"}");
        };
    }

    private static ByteBuf attachments(boolean joins) {
        ByteBuf all = Unpooled.wrappedUnmodifiableBuffer(
                joins ? text("40") : Unpooled.EMPTY_BUFFER,
                text("45" + ATTACHMENTS_ANNOUNCED + "-[\"send_message\",{\"_placeholder\":true,\"num\":0}]"));
        for (int i = 1; i < ATTACHMENTS_ANNOUNCED; i++) {
            all = Unpooled.wrappedUnmodifiableBuffer(all, header(0x82, LARGE), content(LARGE));
        }
        return all;
    }

    private static ByteBuf fragments() {
        ByteBuf all = Unpooled.wrappedUnmodifiableBuffer(header(0x02, FRAGMENT), content(FRAGMENT));
        for (int i = 1; i < LARGE / FRAGMENT; i++) {
            all = Unpooled.wrappedUnmodifiableBuffer(all, header(0x00, FRAGMENT), content(FRAGMENT));
        }
        return all;
    }

    private static ByteBuf content(int length) {
        return Unpooled.wrappedBuffer(CONTENT, 0, length);
    }

    /** A text frame, masked with zeros. */
    static ByteBuf text(String packet) {
        byte[] bytes = packet.getBytes(StandardCharsets.UTF_8);
        return Unpooled.wrappedBuffer(header(0x81, bytes.length), Unpooled.wrappedBuffer(bytes));
    }

    static ByteBuf header(int first, int length) {
        ByteBuf header = Unpooled.buffer(14).writeByte(first);
        if (length < 126) {
            header.writeByte(0x80 | length);
        } else if (length <= 0xFFFF) {
            header.writeByte(0x80 | 126).writeShort(length);
        } else {
            header.writeByte(0x80 | 127).writeLong(length);
        }
        return header.writeInt(0);
    }

    static ByteBuf ascii(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII);
    }
}
