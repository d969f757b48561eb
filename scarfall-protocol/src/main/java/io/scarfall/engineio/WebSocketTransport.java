package io.scarfall.engineio;

import static io.scarfall.engineio.WebSocketProtocol.BINARY;
import static io.scarfall.engineio.WebSocketProtocol.CLOSE;
import static io.scarfall.engineio.WebSocketProtocol.INVALID_DATA;
import static io.scarfall.engineio.WebSocketProtocol.PING;
import static io.scarfall.engineio.WebSocketProtocol.PONG;
import static io.scarfall.engineio.WebSocketProtocol.TEXT;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import io.scarfall.engineio.WebSocketProtocol.Violation;
import io.scarfall.engineio.internal.LogText;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries packets by WebSocket (RFC 6455) on one channel, whose only handler it is, except for TLS. All that is sent in
 * one pass of the event loop leaves in one write. Confined to the session's home loop, which is also the channel's
 * loop.
 */
final class WebSocketTransport extends ChannelInboundHandlerAdapter
        implements Transport, FrameReader.Receiver, FrameWriter.Listener {

    private static final Logger log = LoggerFactory.getLogger(WebSocketTransport.class);

    /** The largest TLS record; TLS decrypts a record only when it is complete. */
    private static final int MAX_TLS_RECORD_BYTES = 17 * 1024;

    private final Session session;
    private final Channel channel;
    private final FrameReader reader;
    private final FrameWriter writer;

    private boolean flushQueued;

    private MemoryBudget.@Nullable Holding holding;
    private boolean awaitsDrain;
    private boolean isRead;
    private int unfinishedTlsBytes;

    private boolean closed;
    private boolean closeSent;
    private @Nullable Future<?> closeTimeout;

    WebSocketTransport(Session session, Channel channel) {
        this.session = session;
        this.channel = channel;
        reader = new FrameReader(channel, this);
        writer = new FrameWriter(channel, this);
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
        try {
            reader.read(in);
        } catch (Violation violation) {
            violated(violation);
        }
    }

    private void violated(Violation violation) {
        log.debug("websocket violation sid={} error={}", LogText.sid(session.id()), LogText.of(violation.getMessage()));
        reader.stop(); // nothing after a violation is read
        sendClose(violation.code());
        session.broken(this, CloseReason.TRANSPORT_ERROR);
        closeChannelWhenSent();
    }

    @Override
    public boolean isPaused() {
        return !closed && session.isReadingPaused(this);
    }

    @Override
    public void resumeReading() {
        if (channel.pipeline().context(this) == null) {
            return;
        }
        try {
            reader.readOn();
        } catch (Violation violation) {
            violated(violation);
        }
        reportHeld();
        if (!isPaused()) {
            channel.config().setAutoRead(true);
        }
    }

    @Override
    public int maxMessageBytes() {
        return session.maxMessageBytes();
    }

    @Override
    public void tooLarge(long bytes) {
        session.tooLarge(bytes);
    }

    @Override
    public void message(boolean isBinary, Bytes message) throws Violation {
        if (isBinary) {
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

    @Override
    public void control(int opcode, Bytes payload) throws Violation {
        if (opcode == PING) {
            if (!closeSent && session.hasRoomForAnswer(this, payload.length())) {
                frame(PONG, -1, payload);
            }
        } else if (opcode == CLOSE) {
            WebSocketProtocol.checkClose(payload);
            reader.stop();
            session.broken(this, CloseReason.TRANSPORT_CLOSE);
            closeChannelWhenSent();
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
        } else if (ctx.pipeline().get(SslHandler.class) != null) { // TLS keeps what came until the record is complete
            unfinishedTlsBytes = Math.min(unfinishedTlsBytes + EventLoops.READ_BYTES, MAX_TLS_RECORD_BYTES);
        }
        reportHeld();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        session.broken(this, CloseReason.TRANSPORT_CLOSE);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        reader.release();
        writer.release();
        unfinishedTlsBytes = 0;
        if (closeTimeout != null) {
            closeTimeout.cancel(false);
        }
        reportHeld();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof IOException || cause instanceof DecoderException) { // caused by the peer
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

    /** @param type a byte before the payload, or -1 */
    private void frame(int opcode, int type, Bytes payload) {
        if (!channel.isActive()) {
            return;
        }
        writer.write(opcode, type, payload);
        if (!flushQueued) {
            flushQueued = true;
            FlushQueue.add(session.home(), this::flushQueued);
        }
    }

    @Override
    public void written(int bytes) {
        session.sent(this, bytes);
    }

    private void flushQueued() {
        if (flushQueued) {
            flush();
        }
    }

    @Override
    public void flush() {
        flushQueued = false;
        writer.flush();
        reportHeld();
        if (writer.isWaiting()) {
            session.waits(this);
        }
    }

    @Override
    public boolean isWritable() {
        return !closed && channel.isWritable();
    }

    @Override
    public long unsentBytes() {
        return writer.unsentBytes();
    }

    @Override
    public boolean hasProgressed() {
        return writer.hasProgressed();
    }

    // What is held, for the budget: nothing if every frame was complete and all output is written.

    @Override
    public void reportHeld() {
        long unsent = ChannelOutput.heldBytes(channel);
        long bytes = unsent + unfinishedTlsBytes + session.heldAbove(this) + reader.heldBytes();
        if (bytes != 0 || holding != null) {
            holding = session.config().memory().report(holding, this, bytes);
            if (unsent > 0) {
                awaitDrain();
            }
        }
    }

    /** Reports again after all that waits now has left. */
    private void awaitDrain() {
        if (!awaitsDrain) {
            awaitsDrain = true;
            // In a task: a buffer counts as unsent until its listeners were called.
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
        reader.skipMessages();
        boolean stuck = !graceful && !channel.isWritable();
        sendClose(0);
        flush();
        if (stuck) {
            cutOff();
            done.run();
        } else if (channel.isActive()) { // also if the peer has closed: it may not read our close frame
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

    private void cutOff() {
        ChannelOutput.cutOff(channel);
    }

    /** @param code 0 for none: then the peer sees 1005 */
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
