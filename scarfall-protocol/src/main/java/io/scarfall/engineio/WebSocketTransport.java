package io.scarfall.engineio;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import io.scarfall.engineio.packet.Bytes;
import io.scarfall.engineio.packet.EnginePacket;
import io.scarfall.engineio.packet.EnginePacketCodec;
import io.scarfall.engineio.packet.Limit;
import io.scarfall.engineio.packet.MalformedPacketException;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries packets by WebSocket (RFC 6455) on one channel, whose only handler it is but for TLS. Frames are read and
 * written here, without a frame object in between; what is sent in one pass of the event loop leaves in one write.
 * Confined to the session's home loop, which is the channel's.
 */
final class WebSocketTransport extends ChannelInboundHandlerAdapter implements Transport {

    private static final Logger log = LoggerFactory.getLogger(WebSocketTransport.class);
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private static final int CONTINUATION = 0x0;
    private static final int TEXT = 0x1;
    private static final int BINARY = 0x2;
    private static final int CLOSE = 0x8;
    private static final int PING = 0x9;
    private static final int PONG = 0xA;
    private static final int FIN = 0x80;
    private static final int RESERVED_BITS = 0x70;
    private static final int MASKED = 0x80;

    private static final int PROTOCOL_ERROR = 1002;
    private static final int INVALID_DATA = 1007;
    private static final int TOO_BIG = 1009;

    /** How much is read after our close, for the peer's answer to come. */
    private static final int MAX_SKIPPED_BYTES = 64 * 1024;

    private static final int MAX_CONTROL_BYTES = 125;
    private static final int MASK_BYTES = 4;
    private static final int MAX_HEADER_BYTES = 10;

    /** Up to this size a payload is copied behind those before it; above, it is written as it is. */
    private static final int MAX_COPIED_BYTES = 8 * 1024;

    private static final int INITIAL_OUT_BYTES = 256;

    /** What a buffer or message that is held takes beside its content. */
    private static final int HOLDING_OVERHEAD = 256;

    /** The largest record of TLS, which is decrypted when it is complete. */
    private static final int MAX_TLS_RECORD_BYTES = 17 * 1024;

    private final EngineSession session;
    private final Channel channel;

    private @Nullable ByteBuf rest;
    private @Nullable PartialBytes fragments;
    private int fragmentedOpcode;

    private @Nullable ByteBuf out;
    private boolean flushQueued;

    private MemoryBudget.@Nullable Holding holding;
    private boolean awaitsDrain;
    private boolean isRead;
    private int unfinishedTlsBytes;
    /** What waited in the channel after the last write, and how much the peer has taken since it was last asked. */
    private long waitingBytes;

    private long takenBytes;

    private boolean closed;
    private int skippedBytes;
    private boolean closeSent;
    private boolean closeReceived;
    private @Nullable Future<?> closeTimeout;

    /** The peer broke the rules of WebSocket; carries no stack trace. */
    private static final class Violation extends Exception {

        private static final long serialVersionUID = 1;

        final int code;

        Violation(int code, String message) {
            super(message, null, false, false);
            this.code = code;
        }
    }

    WebSocketTransport(EngineSession session, Channel channel) {
        this.session = session;
        this.channel = channel;
    }

    @Override
    public String name() {
        return "websocket";
    }

    // Receiving

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        isRead = true;
        ByteBuf in = (ByteBuf) message;
        session.received(this, in.readableBytes());
        ByteBuf before = rest;
        if (before != null) {
            rest = null;
            try {
                before.writeBytes(in);
            } finally {
                in.release();
            }
            in = before;
        }
        try {
            while (!closeReceived && (!isPaused() || isControl(in)) && readFrame(in)) {}
            if (in.isReadable() && !closeReceived) {
                if (isPaused()) { // and not before: where nothing waits, the peer's close is seen
                    channel.config().setAutoRead(false);
                }
                rest = keep(ctx, in, before);
                in = Unpooled.EMPTY_BUFFER;
            }
        } catch (Violation violation) {
            log.debug(
                    "websocket violation sid={} error={}",
                    LogText.sid(session.id()),
                    LogText.of(violation.getMessage()));
            closeReceived = true; // nothing after it is believed
            sendClose(violation.code);
            session.broken(this, CloseReason.TRANSPORT_ERROR);
            closeChannelWhenSent();
        } finally {
            in.release();
        }
    }

    /** Whether a control frame is next, which a pause does not hold up. */
    private static boolean isControl(ByteBuf in) {
        return in.isReadable() && (in.getByte(in.readerIndex()) & 0x0F) >= CLOSE;
    }

    private boolean isPaused() {
        return !closed && session.isReadingPaused(this);
    }

    @Override
    public void resumeReading() {
        ChannelHandlerContext ctx = channel.pipeline().context(this);
        if (ctx == null) {
            return;
        }
        if (rest != null) {
            channelRead(ctx, Unpooled.EMPTY_BUFFER);
            reportHeld();
        }
        if (!isPaused()) {
            channel.config().setAutoRead(true);
        }
    }

    /** Keeps what was read until the rest of its frame has come, or reading goes on. */
    @SuppressWarnings("ReferenceEquality") // whether it is the buffer of last time, not whether it is alike
    private static ByteBuf keep(ChannelHandlerContext ctx, ByteBuf in, @Nullable ByteBuf before) {
        if (in == before) {
            return in.discardReadBytes();
        }
        ByteBuf kept = ctx.alloc().buffer(in.readableBytes() * 2);
        kept.writeBytes(in);
        in.release();
        return kept;
    }

    /** Reads a frame; answers false if it is not complete. */
    private boolean readFrame(ByteBuf in) throws Violation {
        int available = in.readableBytes();
        if (available < 2) {
            return false;
        }
        int start = in.readerIndex();
        int first = in.getUnsignedByte(start);
        int second = in.getUnsignedByte(start + 1);
        int opcode = first & 0x0F;
        boolean last = (first & FIN) != 0;
        checkHeader(first, second);
        long length = second & 0x7F;
        int header = 2;
        if (length == 126) {
            header += 2;
            length = available < header ? 0 : in.getUnsignedShort(start + 2);
        } else if (length == 127) {
            header += 8;
            length = available < header ? 0 : in.getLong(start + 2);
        }
        boolean control = opcode >= CLOSE;
        long received = control || fragments == null ? 0 : fragments.length();
        if (length < 0 || (!control && length > session.maxMessageBytes() - received)) {
            session.tooLarge(length < 0 ? Long.MAX_VALUE : received + length);
            throw new Violation(TOO_BIG, "message is too large");
        }
        if (available < header + MASK_BYTES + length) {
            return false;
        }
        if (closed && !control) {
            skipAfterClose(in, header + MASK_BYTES + (int) length);
            return true;
        }
        int mask = in.getInt(start + header);
        in.skipBytes(header + MASK_BYTES);
        byte[] payload = new byte[(int) length];
        in.readBytes(payload);
        unmask(payload, mask);
        if (control) {
            receiveControl(opcode, payload);
        } else {
            receiveData(opcode, last, payload);
        }
        return true;
    }

    /** Only the peer's answer to our close is still of interest; of who sends anything but that no more is read. */
    private void skipAfterClose(ByteBuf in, int bytes) {
        in.skipBytes(bytes);
        skippedBytes += bytes;
        if (skippedBytes > MAX_SKIPPED_BYTES) {
            channel.config().setAutoRead(false);
        }
    }

    private void checkHeader(int first, int second) throws Violation {
        int opcode = first & 0x0F;
        if ((first & RESERVED_BITS) != 0) {
            throw new Violation(PROTOCOL_ERROR, "a reserved bit is set");
        } else if (opcode > BINARY && (opcode < CLOSE || opcode > PONG)) {
            throw new Violation(PROTOCOL_ERROR, "unknown opcode");
        } else if (opcode >= CLOSE && ((first & FIN) == 0 || (second & 0x7F) > MAX_CONTROL_BYTES)) {
            throw new Violation(PROTOCOL_ERROR, "a control frame is fragmented or too large");
        } else if ((second & MASKED) == 0) {
            throw new Violation(PROTOCOL_ERROR, "a frame is not masked");
        } else if (opcode == CONTINUATION && fragments == null) {
            throw new Violation(PROTOCOL_ERROR, "nothing to continue");
        } else if ((opcode == TEXT || opcode == BINARY) && fragments != null) {
            throw new Violation(PROTOCOL_ERROR, "a message begins inside another");
        }
    }

    private static void unmask(byte[] payload, int mask) {
        long wideMask = ((mask & 0xFFFFFFFFL) << 32) | (mask & 0xFFFFFFFFL);
        int i = 0;
        for (; i <= payload.length - Long.BYTES; i += Long.BYTES) {
            LONGS.set(payload, i, (long) LONGS.get(payload, i) ^ wideMask);
        }
        for (; i < payload.length; i++) {
            payload[i] ^= (byte) (mask >>> (8 * (3 - i % MASK_BYTES)));
        }
    }

    private void receiveData(int opcode, boolean last, byte[] payload) throws Violation {
        if (last && fragments == null) {
            receiveMessage(opcode, Bytes.wrap(payload));
            return;
        }
        if (fragments == null) {
            fragmentedOpcode = opcode;
            fragments = new PartialBytes(session.maxMessageBytes());
        }
        fragments.add(payload);
        if (last) {
            Bytes message = fragments.complete();
            fragments = null;
            receiveMessage(fragmentedOpcode, message);
        }
    }

    private void receiveMessage(int opcode, Bytes message) throws Violation {
        if (opcode == BINARY) {
            session.receive(this, new EnginePacket.Binary(message));
            return;
        }
        if (!message.isUtf8()) {
            throw new Violation(INVALID_DATA, "text is not UTF-8");
        }
        EnginePacket packet;
        try {
            packet = EnginePacketCodec.decode(message);
        } catch (MalformedPacketException e) {
            log.debug("malformed packet sid={} error={}", LogText.sid(session.id()), LogText.of(e.getMessage()));
            session.broken(this, CloseReason.PARSE_ERROR);
            return;
        }
        session.receive(this, packet);
    }

    private void receiveControl(int opcode, byte[] payload) throws Violation {
        if (opcode == PING) {
            if (!closeSent && session.hasRoomForAnswer(this, payload.length)) {
                frame(PONG, -1, Bytes.wrap(payload));
            }
        } else if (opcode == CLOSE) {
            checkClose(Bytes.wrap(payload));
            closeReceived = true;
            session.broken(this, CloseReason.TRANSPORT_CLOSE);
            closeChannelWhenSent();
        }
    }

    private static void checkClose(Bytes payload) throws Violation {
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

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (flushQueued) {
            flush();
        }
        if (isRead) {
            isRead = false;
            unfinishedTlsBytes = 0;
        } else if (ctx.pipeline().get(SslHandler.class) != null) { // it keeps what came until the record is complete
            unfinishedTlsBytes = Math.min(unfinishedTlsBytes + EngineServer.READ_BYTES, MAX_TLS_RECORD_BYTES);
        }
        reportHeld();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        session.broken(this, CloseReason.TRANSPORT_CLOSE);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        if (rest != null) {
            rest.release();
            rest = null;
        }
        if (out != null) {
            out.release();
            out = null;
        }
        fragments = null;
        unfinishedTlsBytes = 0;
        if (closeTimeout != null) {
            closeTimeout.cancel(false);
        }
        reportHeld();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof IOException || cause instanceof DecoderException) { // the peer's doing
            log.debug("connection lost sid={} error={}", LogText.sid(session.id()), LogText.of(cause.getMessage()));
        } else {
            log.error("session failed sid={}", LogText.sid(session.id()), cause);
        }
        session.broken(this, cause instanceof IOException ? CloseReason.TRANSPORT_CLOSE : CloseReason.TRANSPORT_ERROR);
        channel.close();
    }

    // Sending

    @Override
    public void send(EnginePacket packet) {
        if (closed) {
            return;
        }
        if (packet instanceof EnginePacket.Binary binary) {
            frame(BINARY, -1, binary.data());
        } else {
            frame(TEXT, EnginePacketCodec.type(packet), EnginePacketCodec.body(packet));
        }
    }

    /**
     * Writes a frame.
     *
     * @param type a byte in front of the payload, or -1
     */
    private void frame(int opcode, int type, Bytes payload) {
        if (!channel.isActive()) {
            return;
        }
        int length = payload.length() + (type < 0 ? 0 : 1);
        boolean copied = length <= MAX_COPIED_BYTES;
        ByteBuf buffer = out(MAX_HEADER_BYTES + (copied ? length : 1));
        buffer.writeByte(FIN | opcode);
        if (length < 126) {
            buffer.writeByte(length);
        } else if (length <= 0xFFFF) {
            buffer.writeByte(126).writeShort(length);
        } else {
            buffer.writeByte(127).writeLong(length);
        }
        if (type >= 0) {
            buffer.writeByte(type);
        }
        if (copied) {
            buffer.writeBytes(payload.array(), payload.offset(), payload.length());
        } else {
            out = null;
            noteTaken();
            write(buffer);
            write(Unpooled.wrappedBuffer(payload.array(), payload.offset(), payload.length()));
            waitingBytes = waitingBytes();
        }
        if (!flushQueued) {
            flushQueued = true;
            FlushQueue.add(session.home(), this::flushQueued);
        }
    }

    private void write(ByteBuf buffer) {
        session.sent(this, buffer.readableBytes());
        channel.write(buffer, channel.voidPromise());
    }

    private ByteBuf out(int more) {
        ByteBuf buffer = out;
        if (buffer == null) {
            buffer = channel.alloc().ioBuffer(Math.max(INITIAL_OUT_BYTES, more));
            out = buffer;
        }
        return buffer;
    }

    private void flushQueued() {
        if (flushQueued) {
            flush();
        }
    }

    @Override
    public void flush() {
        flushQueued = false;
        noteTaken();
        ByteBuf buffer = out;
        if (buffer != null) {
            out = null;
            write(buffer);
        }
        channel.flush();
        reportHeld();
        waitingBytes = waitingBytes();
        if (waitingBytes > 0) {
            session.waits(this);
        }
    }

    @Override
    public boolean isWritable() {
        return !closed && channel.isWritable();
    }

    @Override
    public long unsentBytes() {
        return (out == null ? 0 : out.readableBytes()) + waitingBytes();
    }

    private long waitingBytes() {
        return unsentBytes(channel);
    }

    /** What waits in a channel, whose event loop the caller is on. */
    static long unsentBytes(Channel channel) {
        ChannelOutboundBuffer pending = channel.unsafe().outboundBuffer();
        return pending == null ? 0 : Math.max(0, pending.totalPendingWriteBytes() - pending.currentProgress());
    }

    /** Counts what has left the channel since the last write: called before whatever adds to it, TLS records included. */
    private void noteTaken() {
        long waiting = waitingBytes();
        takenBytes += Math.max(0, waitingBytes - waiting);
        waitingBytes = waiting;
    }

    @Override
    public boolean hasProgressed() {
        noteTaken();
        if (takenBytes < Backlog.LEAST_PROGRESS_BYTES) {
            return false;
        }
        takenBytes = 0;
        return true;
    }

    // What is held, for the budget: nothing where every frame was complete, and all was written.

    @Override
    public void reportHeld() {
        long unsent = heldUnsent();
        long bytes = unsent + unfinishedTlsBytes + session.heldAbove(this);
        if (rest != null) {
            bytes += rest.capacity() + HOLDING_OVERHEAD;
        }
        if (fragments != null) {
            bytes += fragments.capacity() + HOLDING_OVERHEAD;
        }
        if (bytes != 0 || holding != null) {
            holding = session.config().memory().report(holding, this, bytes);
            if (unsent > 0) {
                awaitDrain();
            }
        }
    }

    private long heldUnsent() {
        ChannelOutboundBuffer pending = channel.unsafe().outboundBuffer();
        long unsent = pending == null ? 0 : pending.totalPendingWriteBytes();
        return unsent == 0 ? 0 : unsent + (long) pending.size() * HOLDING_OVERHEAD;
    }

    /** Reports again when all that waits now has left. */
    private void awaitDrain() {
        if (!awaitsDrain) {
            awaitsDrain = true;
            // In a task: a buffer counts as unsent until its listeners have been told.
            channel.writeAndFlush(Unpooled.EMPTY_BUFFER)
                    .addListener(sent -> session.home().execute(this::drained));
        }
    }

    private void drained() {
        awaitsDrain = false;
        reportHeld();
    }

    @Override
    public @Nullable Long addressBlock() {
        return AddressBlock.ofAny(session.handshake().address());
    }

    @Override
    public boolean isTrusted() {
        return session.isTrusted();
    }

    @Override
    public void evict(Limit limit) {
        session.home().execute(() -> {
            session.exceeded(limit);
            session.broken(this, CloseReason.MEMORY_LIMIT);
            cutOff();
        });
    }

    // Closing: a close frame, then the peer's, then the channel (RFC 6455 section 7.1.2).

    @Override
    public void close(boolean graceful, Runnable done) {
        if (closed) {
            return;
        }
        closed = true;
        boolean stuck = !graceful && !channel.isWritable();
        sendClose(0);
        flush();
        if (stuck) {
            cutOff();
            done.run();
        } else if (channel.isActive()) { // also when the peer has closed: it may not read our answer
            closeAfter(session.config().closeTimeout());
            channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(sent -> {
                if (channel.isActive()) {
                    closeAfter(session.config().closeHandshakeTimeout());
                }
                done.run();
            });
        } else {
            done.run();
        }
    }

    private void closeAfter(Duration time) {
        if (closeTimeout != null) {
            closeTimeout.cancel(false);
        }
        closeTimeout = session.home().schedule(this::cutOff, time.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Closes the channel; past TLS if the peer does not read, since TLS would wait for it to read of the end. */
    private void cutOff() {
        if (channel.isWritable()) {
            channel.close();
        } else {
            channel.unsafe().close(channel.unsafe().voidPromise());
        }
    }

    /** @param code 0 for none: then the peer learns 1005 */
    private void sendClose(int code) {
        if (!closeSent) {
            frame(CLOSE, -1, code == 0 ? Bytes.EMPTY : Bytes.copyOf((byte) (code >> 8), (byte) code));
            closeSent = true;
        }
    }

    private void closeChannelWhenSent() {
        flush();
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(sent -> channel.close());
    }
}
