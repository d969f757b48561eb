package io.scarfall.engineio;

import static io.scarfall.engineio.WebSocketProtocol.BINARY;
import static io.scarfall.engineio.WebSocketProtocol.FIN;
import static io.scarfall.engineio.WebSocketProtocol.LENGTH_BITS;
import static io.scarfall.engineio.WebSocketProtocol.LONG_LENGTH;
import static io.scarfall.engineio.WebSocketProtocol.MASK_BYTES;
import static io.scarfall.engineio.WebSocketProtocol.OPCODE_BITS;
import static io.scarfall.engineio.WebSocketProtocol.SHORT_LENGTH;
import static io.scarfall.engineio.WebSocketProtocol.TOO_BIG;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.scarfall.engineio.WebSocketProtocol.Violation;
import org.jspecify.annotations.Nullable;

/**
 * Reads the frames that a client sends, without frame objects, and joins fragments to messages. Confined to the event
 * loop of its channel.
 */
final class FrameReader {

    /** How many bytes the reader skips after our close frame while it waits for the peer's. */
    private static final int MAX_SKIPPED_BYTES = 64 * 1024;

    /** How much memory a held buffer or message takes in addition to its content. */
    private static final int HOLDING_OVERHEAD = 256;

    /** Gets what was read. */
    interface Receiver {

        /** How large a message may be at this moment. */
        int maxMessageBytes();

        /** A message is larger than allowed; the reader throws after this call. */
        void tooLarge(long bytes);

        /** Whether messages must wait; control frames never do. */
        boolean isPaused();

        /** A message has come. */
        void message(boolean isBinary, Bytes message) throws Violation;

        /** A control frame has come. */
        void control(int opcode, Bytes payload) throws Violation;
    }

    private final Channel channel;
    private final Receiver receiver;

    /** The incomplete last frame, or frames that wait for the end of a pause. */
    private @Nullable ByteBuf rest;

    private @Nullable PartialBytes fragments;
    private boolean isFragmentedBinary;
    private boolean skipsMessages;
    private boolean isStopped;
    private int skippedBytes;

    FrameReader(Channel channel, Receiver receiver) {
        this.channel = channel;
        this.receiver = receiver;
    }

    /** @param more the bytes that have come; this method takes ownership */
    void read(ByteBuf more) throws Violation {
        ByteBuf before = rest;
        ByteBuf in = before == null ? more : append(before, more);
        rest = null;
        try {
            while (!isStopped && (!receiver.isPaused() || isControlNext(in)) && readFrame(in)) {}
            if (in.isReadable() && !isStopped) {
                if (receiver.isPaused()) { // not before: while nothing waits, the peer's close must be seen
                    channel.config().setAutoRead(false);
                }
                rest = before == null ? keep(in) : in.discardReadBytes();
                in = Unpooled.EMPTY_BUFFER;
            }
        } finally {
            in.release();
        }
    }

    private static ByteBuf append(ByteBuf before, ByteBuf more) {
        try {
            return before.writeBytes(more);
        } finally {
            more.release();
        }
    }

    /** Continues with the frames that wait, if there are any. */
    void readOn() throws Violation {
        if (rest != null) {
            read(Unpooled.EMPTY_BUFFER);
        }
    }

    /** Keeps what was read until the rest of the frame comes, or until the pause ends. */
    private ByteBuf keep(ByteBuf in) {
        ByteBuf kept = channel.alloc().buffer(in.readableBytes() * 2);
        kept.writeBytes(in);
        in.release();
        return kept;
    }

    private static boolean isControlNext(ByteBuf in) {
        return in.isReadable() && WebSocketProtocol.isControl(in.getByte(in.readerIndex()) & OPCODE_BITS);
    }

    /** Reads a frame; returns false if it is not complete. */
    private boolean readFrame(ByteBuf in) throws Violation {
        int available = in.readableBytes();
        if (available < 2) {
            return false;
        }
        int start = in.readerIndex();
        int first = in.getUnsignedByte(start);
        int second = in.getUnsignedByte(start + 1);
        int opcode = first & OPCODE_BITS;
        WebSocketProtocol.checkHeader(first, second, fragments != null);
        long length = second & LENGTH_BITS;
        int header = 2;
        if (length == SHORT_LENGTH) {
            header += 2;
            length = available < header ? 0 : in.getUnsignedShort(start + 2);
        } else if (length == LONG_LENGTH) {
            header += 8;
            length = available < header ? 0 : in.getLong(start + 2);
        }
        boolean isControl = WebSocketProtocol.isControl(opcode);
        long received = isControl || fragments == null ? 0 : fragments.length();
        if (length < 0 || (!isControl && length > receiver.maxMessageBytes() - received)) {
            receiver.tooLarge(length < 0 ? Long.MAX_VALUE : received + length);
            throw new Violation(TOO_BIG, "message is too large");
        }
        if (available < header + MASK_BYTES + length) {
            return false;
        }
        if (skipsMessages && !isControl) {
            skip(in, header + MASK_BYTES + (int) length);
            return true;
        }
        int mask = in.getInt(start + header);
        in.skipBytes(header + MASK_BYTES);
        byte[] payload = new byte[(int) length];
        in.readBytes(payload);
        WebSocketProtocol.unmask(payload, mask);
        if (isControl) {
            receiver.control(opcode, Bytes.wrap(payload));
        } else {
            receive(opcode, (first & FIN) != 0, payload);
        }
        return true;
    }

    /**
     * Skips a message after our close frame. A peer that sends too much instead of its close frame is no longer read.
     */
    private void skip(ByteBuf in, int bytes) {
        in.skipBytes(bytes);
        skippedBytes += bytes;
        if (skippedBytes > MAX_SKIPPED_BYTES) {
            channel.config().setAutoRead(false);
        }
    }

    private void receive(int opcode, boolean isLast, byte[] payload) throws Violation {
        if (isLast && fragments == null) {
            receiver.message(opcode == BINARY, Bytes.wrap(payload));
            return;
        }
        if (fragments == null) {
            isFragmentedBinary = opcode == BINARY;
            fragments = new PartialBytes(receiver.maxMessageBytes());
        }
        fragments.add(payload);
        if (isLast) {
            Bytes message = fragments.complete();
            fragments = null;
            receiver.message(isFragmentedBinary, message);
        }
    }

    /** From now on handles only control frames, such as the peer's close frame. */
    void skipMessages() {
        skipsMessages = true;
    }

    /** From now on ignores all that comes. */
    void stop() {
        isStopped = true;
    }

    boolean isStopped() {
        return isStopped;
    }

    /** How much memory is held for the peer, in bytes. */
    long heldBytes() {
        long bytes = 0;
        if (rest != null) {
            bytes += rest.capacity() + HOLDING_OVERHEAD;
        }
        if (fragments != null) {
            bytes += fragments.capacity() + HOLDING_OVERHEAD;
        }
        return bytes;
    }

    /** Releases what is held. */
    void release() {
        if (rest != null) {
            rest.release();
            rest = null;
        }
        fragments = null;
    }
}
