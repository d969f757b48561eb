package io.scarfall.engineio;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A server without a network, on a clock that the test moves. Each connection is an event loop of its own, and all run
 * on the thread of the test. When the server closes a connection, the timers of its loop end, including those of
 * sessions that it opened by polling. Closing this fails the test if anything is left unread, open or scheduled.
 */
final class ClockedServer implements AutoCloseable {

    /** Tests connect before they use a connection. */
    private static final HttpLimits PATIENT = HttpLimits.DEFAULT.withHeadTimeout(HttpLimits.DEFAULT.idleTimeout());

    final Recorder recorder = new Recorder();
    final EngineConfig config;
    final SessionRegistry sessions;

    final Queue<Limit> exceeded = new ConcurrentLinkedQueue<>();

    private final Acceptor acceptor;
    private final MockTicker clock = Ticker.newMockTicker();
    private final List<Connection> connections = new ArrayList<>();

    ClockedServer() {
        this(builder -> builder);
    }

    ClockedServer(UnaryOperator<EngineConfig.Builder> changes) {
        this(changes, null);
    }

    /** @param listener replaces the recorder as listener of the sessions; null for the recorder */
    ClockedServer(UnaryOperator<EngineConfig.Builder> changes, @Nullable EngineListener listener) {
        config = changes.apply(EngineConfig.builder().http(PATIENT).limits(exceeded::add))
                .build();
        sessions = new SessionRegistry(config, listener == null ? recorder : listener);
        acceptor = new Acceptor(sessions, null);
    }

    Connection connect() {
        return connect("192.0.2.1");
    }

    /** Connects from an address. */
    Connection connect(String address) {
        Connection connection = new Connection(new InetSocketAddress(address, 4711));
        acceptor.accept(connection);
        connections.add(connection);
        return connection;
    }

    Recorder.Recorded session(String sid) {
        return recorder.session(sid);
    }

    long nanoTime() {
        return clock.nanoTime();
    }

    /** Lets time pass, and runs each task when it is due. */
    void advance(Duration time) {
        long end = clock.nanoTime() + time.toNanos();
        settle();
        while (clock.nanoTime() < end) {
            long step = end - clock.nanoTime();
            for (Connection connection : connections) {
                long next = connection.runScheduledPendingTasks();
                step = next < 0 ? step : Math.min(step, Math.max(1, next));
            }
            clock.advance(step, TimeUnit.NANOSECONDS);
            settle();
        }
    }

    /** Lets time pass while no task runs, as in a paused process. */
    void stall(Duration time) {
        clock.advance(time.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Runs all that is due, on all event loops. */
    void settle() {
        boolean ran;
        do {
            ran = false;
            for (Connection connection : List.copyOf(connections)) {
                if (connection.hasPendingTasks()) {
                    connection.runPendingTasks();
                    ran = true;
                }
            }
        } while (ran);
    }

    /** The common teardown: nothing is unread or unreported, and nothing is left when all clients are gone. */
    @Override
    public void close() {
        settle();
        try {
            for (Connection connection : connections) {
                assertThat(connection.unread()).as("unread").isEmpty();
            }
            for (Recorder.Recorded session : recorder.all()) {
                session.assertNothing();
            }
        } finally {
            connections.forEach(Connection::hangUp);
            advance(config.pingInterval().plus(config.pingTimeout()).multipliedBy(2));
            advance(config.upgradeTimeout().plus(config.closeTimeout()));
        }
        assertThat(sessions.size()).as("sessions").isZero();
        assertThat(sessions.reserved()).as("room for sessions").isZero();
        assertThat(acceptor.size()).as("connections").isZero();
        assertThat(config.memory().heldBytes()).as("bytes held").isZero();
        assertThat(config.memory().addresses())
                .as("addresses that hold something")
                .isZero();
        for (Recorder.Recorded session : recorder.all()) {
            assertThat(session.session.isOpen()).isFalse();
            assertThat(session.drain()).hasSizeLessThanOrEqualTo(1);
        }
        for (Connection connection : connections) {
            assertThat(connection.runScheduledPendingTasks()).as("scheduled").isEqualTo(-1);
            assertThat(connection.pipeline().names()).as("handlers").hasSize(1);
            assertThat(connection.finish()).as("messages in a channel").isFalse();
        }
    }

    /** Both ends of a connection. */
    final class Connection extends EmbeddedChannel implements Peer {

        private final ByteBuf received = Unpooled.buffer();
        private boolean isStuck;
        private int readable;

        private final InetSocketAddress address;

        private Connection(InetSocketAddress address) {
            super(EmbeddedChannel.builder().ticker(clock));
            this.address = address;
        }

        @Override
        protected SocketAddress remoteAddress0() {
            return address;
        }

        @Override
        public void write(byte[] bytes) {
            writeInbound(alloc().buffer(Math.max(1, bytes.length))
                    .writeBytes(bytes)); // from a pool, so that leaks are detected
            settle();
        }

        @Override
        public void hangUp() {
            pipeline().close();
            settle();
        }

        /** The network breaks the connection. */
        void reset() {
            pipeline().fireExceptionCaught(new IOException("Connection reset by peer"));
            pipeline().close();
            settle();
        }

        /** Stops reading, so that all output of the server stays in the channel. */
        void stopReading() {
            isStuck = true;
        }

        /** Reads this many bytes of what waits. */
        void read(int bytes) {
            readable = bytes;
            flush();
            settle();
        }

        /** Drops input that was read but not checked. */
        void discard() {
            settle();
            received.clear();
        }

        void goOnReading() {
            isStuck = false;
            flush();
            settle();
        }

        @Override
        protected void doWrite(ChannelOutboundBuffer out) throws Exception {
            if (!isStuck) {
                super.doWrite(out);
            }
            while (isStuck && readable > 0 && out.current() instanceof ByteBuf buffer) {
                int count = Math.min(readable, buffer.readableBytes());
                received.writeBytes(buffer, buffer.readerIndex(), count);
                out.removeBytes(count);
                readable -= count;
            }
        }

        @Override
        protected void handleOutboundMessage(Object message) {
            ByteBuf buffer = (ByteBuf) message;
            received.writeBytes(buffer);
            buffer.release();
        }

        /** Reads all that the server wrote. */
        byte[] readAll() {
            settle();
            byte[] all = ByteBufUtil.getBytes(received);
            received.clear();
            return all;
        }

        /** The unread output of the server, as text. */
        String unread() {
            settle();
            return new String(ByteBufUtil.getBytes(received), StandardCharsets.UTF_8);
        }

        void assertOpenAndSilent() {
            assertThat(unread()).isEmpty();
            assertThat(isOpen()).isTrue();
        }

        @Override
        public InputStream input() {
            return new InputStream() {
                @Override
                public int read() {
                    byte[] one = new byte[1];
                    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
                }

                @Override
                public int read(byte[] bytes, int offset, int length) {
                    if (length == 0) {
                        return 0;
                    }
                    settle();
                    if (!received.isReadable()) {
                        assertThat(isOpen())
                                .as("nothing was sent: connection is open")
                                .isFalse();
                        return -1;
                    }
                    int count = Math.min(length, received.readableBytes());
                    received.readBytes(bytes, offset, count);
                    return count;
                }
            };
        }
    }
}
