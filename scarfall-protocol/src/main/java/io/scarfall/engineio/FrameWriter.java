package io.scarfall.engineio;

import static io.scarfall.engineio.WebSocketProtocol.FIN;
import static io.scarfall.engineio.WebSocketProtocol.LONG_LENGTH;
import static io.scarfall.engineio.WebSocketProtocol.MAX_HEADER_BYTES;
import static io.scarfall.engineio.WebSocketProtocol.SHORT_LENGTH;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;

/**
 * Writes frames to a channel. It copies small frames one after the other into one buffer, which leaves with the next
 * flush. It knows how much of the output the peer has not taken. Confined to the event loop of its channel.
 */
final class FrameWriter {

    /** A payload up to this size is copied into the buffer; a larger one is written without a copy. */
    private static final int MAX_COPIED_BYTES = 8 * 1024;

    private static final int INITIAL_BYTES = 256;

    /** Counts what goes to the peer. */
    interface Listener {

        /** This many bytes were written. */
        void written(int bytes);
    }

    private final Channel channel;
    private final Listener listener;
    private @Nullable ByteBuf out;

    /** How many bytes waited in the channel after the last write. */
    private long waitingBytes;

    /** How many bytes the peer has taken since progress was last reported. */
    private long takenBytes;

    FrameWriter(Channel channel, Listener listener) {
        this.channel = channel;
        this.listener = listener;
    }

    /**
     * Writes a frame, which leaves with the next {@link #flush}.
     *
     * @param type a byte in front of the payload, or -1
     */
    void write(int opcode, int type, Bytes payload) {
        int length = payload.length() + (type < 0 ? 0 : 1);
        boolean isCopied = length <= MAX_COPIED_BYTES;
        ByteBuf buffer = out(MAX_HEADER_BYTES + (isCopied ? length : 1));
        buffer.writeByte(FIN | opcode);
        if (length < SHORT_LENGTH) {
            buffer.writeByte(length);
        } else if (length <= 0xFFFF) {
            buffer.writeByte(SHORT_LENGTH).writeShort(length);
        } else {
            buffer.writeByte(LONG_LENGTH).writeLong(length);
        }
        if (type >= 0) {
            buffer.writeByte(type);
        }
        if (isCopied) {
            buffer.writeBytes(payload.array(), payload.offset(), payload.length());
        } else {
            out = null;
            noteTaken();
            write(buffer);
            write(Unpooled.wrappedBuffer(payload.array(), payload.offset(), payload.length()));
            waitingBytes = ChannelOutput.unsentBytes(channel);
        }
    }

    private ByteBuf out(int more) {
        ByteBuf buffer = out;
        if (buffer == null) {
            buffer = channel.alloc().ioBuffer(Math.max(INITIAL_BYTES, more));
            out = buffer;
        }
        return buffer;
    }

    private void write(ByteBuf buffer) {
        listener.written(buffer.readableBytes());
        channel.write(buffer, channel.voidPromise());
    }

    /** Hands all written frames to the network. */
    void flush() {
        noteTaken();
        ByteBuf buffer = out;
        if (buffer != null) {
            out = null;
            write(buffer);
        }
        channel.flush();
        waitingBytes = ChannelOutput.unsentBytes(channel);
    }

    /** Whether frames still waited for the peer after the last flush. */
    boolean isWaiting() {
        return waitingBytes > 0;
    }

    /** How many bytes wait for the peer. */
    long unsentBytes() {
        return (out == null ? 0 : out.readableBytes()) + ChannelOutput.unsentBytes(channel);
    }

    /**
     * Counts what has left the channel since the last write. It must run before anything adds to the channel, TLS
     * records included.
     */
    private void noteTaken() {
        long waiting = ChannelOutput.unsentBytes(channel);
        takenBytes += Math.max(0, waitingBytes - waiting);
        waitingBytes = waiting;
    }

    /**
     * Whether the peer has taken at least {@link Backlog#LEAST_PROGRESS_BYTES} since the last call that returned true.
     */
    boolean hasProgressed() {
        noteTaken();
        if (takenBytes < Backlog.LEAST_PROGRESS_BYTES) {
            return false;
        }
        takenBytes = 0;
        return true;
    }

    /** Releases what was not flushed. */
    void release() {
        if (out != null) {
            out.release();
            out = null;
        }
    }
}
