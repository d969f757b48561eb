package io.scarfall.presence.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A network between clients and one server, on loopback, with the faults that networks have. A fault has taken effect when
 * its method returns; several can be in force at once, and {@link #heal} ends them all. Thread-safe: one thread carries all
 * connections, and does what the methods say.
 */
public final class TcpProxy implements AutoCloseable {

    /** One direction of a connection. */
    public enum Direction {
        TO_SERVER,
        TO_CLIENT
    }

    /** How many bytes of one direction of a connection are buffered here; a sender of more waits. */
    private static final int MAX_QUEUED_BYTES = 1 << 20;

    private final int port;
    private volatile InetSocketAddress target;
    private final Selector selector;
    private final Queue<Runnable> orders = new ConcurrentLinkedQueue<>();
    private final Map<Direction, AtomicLong> bytes = new EnumMap<>(Direction.class);
    private final AtomicLong accepted = new AtomicLong();

    // Confined to the thread that carries.
    private final List<Link> links = new ArrayList<>();
    private final ByteBuffer received = ByteBuffer.allocateDirect(64 * 1024);
    private final Set<Direction> swallowed = EnumSet.noneOf(Direction.class);
    private @Nullable ServerSocketChannel listener;
    private boolean frozen;
    private long delayNanos;
    private volatile boolean closed;

    private TcpProxy(int port, InetSocketAddress target) throws IOException {
        this.port = port;
        this.target = target;
        for (Direction direction : Direction.values()) {
            bytes.put(direction, new AtomicLong());
        }
        this.selector = Selector.open();
        listen();
        Thread thread = new Thread(this::carry, "proxy to " + target.getPort());
        thread.setDaemon(true);
        thread.start();
    }

    /** A network, in order, in front of a port of loopback, which need not be open yet. */
    public static TcpProxy to(int port) {
        InetSocketAddress target = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        for (int attempt = 1; ; attempt++) {
            try {
                return new TcpProxy(Ports.free(), target);
            } catch (IOException e) {
                if (attempt == 5) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    /** The port of 127.0.0.1 that clients connect to. */
    public int port() {
        return port;
    }

    /** Closes all connections, and refuses new ones. */
    public void cut() {
        order(() -> {
            closeListener();
            links.forEach(Link::close);
        });
    }

    /** Resets all connections, on both sides (RST). New ones are accepted. */
    public void reset() {
        order(() -> links.forEach(Link::reset));
    }

    /** Forwards to another port of loopback from now on; all existing connections are reset. */
    public void lead(int port) {
        order(() -> {
            target = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
            links.forEach(Link::reset);
        });
    }

    /**
     * Drops all bytes from now on, silently; connections stay, and new ones are accepted. When this ends, connections
     * that lost bytes are reset.
     *
     * @param directions both, if none is given
     */
    public void blackhole(Direction... directions) {
        order(() -> swallowed.addAll(directions.length == 0 ? EnumSet.allOf(Direction.class) : Set.of(directions)));
    }

    /** Holds all bytes, like a network outage that TCP survives; {@link #thaw} releases them. Nothing is lost. */
    public void freeze() {
        order(() -> frozen = true);
    }

    /** Ends {@link #freeze}. */
    public void thaw() {
        order(() -> frozen = false);
    }

    /** Delays all bytes from now on by this time, in each direction. */
    public void delay(Duration oneWay) {
        order(() -> delayNanos = oneWay.toNanos());
    }

    /** Ends all faults. */
    public void heal() {
        order(() -> {
            frozen = false;
            delayNanos = 0;
            swallowed.clear();
            links.stream().filter(Link::isLossy).forEach(Link::reset);
            if (listener == null) {
                listen();
            }
        });
    }

    /** How many bytes were forwarded, over all connections. */
    public long bytes(Direction direction) {
        return counter(direction).get();
    }

    /** How many connections there were. */
    public long accepted() {
        return accepted.get();
    }

    /** How many connections there are. */
    public int connections() {
        int[] count = new int[1];
        order(() -> count[0] = links.size());
        return count[0];
    }

    /** Closes all connections, and ends. */
    @Override
    public void close() {
        order(() -> {
            closeListener();
            links.forEach(Link::close);
            closed = true;
        });
    }

    @Override
    public String toString() {
        return "127.0.0.1:" + port;
    }

    private interface Order {
        void run() throws IOException;
    }

    /** Runs it on the thread, and waits until it is done. */
    private void order(Order order) {
        FutureTask<Void> task = new FutureTask<>(() -> {
            order.run();
            links.removeIf(link -> link.closed);
            selector.selectNow(); // a channel is closed only when its selector has released it
            return null;
        });
        if (closed) {
            return;
        }
        orders.add(task);
        selector.wakeup();
        try {
            task.get(10, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } catch (TimeoutException e) {
            throw new IllegalStateException("the proxy's thread has ended or hangs", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private void carry() {
        try {
            try {
                while (!closed) {
                    links.forEach(Link::advance);
                    links.removeIf(link -> link.closed);
                    selector.select(millisUntilSomethingIsDue());
                    for (SelectionKey key : Set.copyOf(selector.selectedKeys())) {
                        if (key.isValid() && key.isAcceptable()) {
                            accept((ServerSocketChannel) key.channel());
                        } else if (key.isValid()) {
                            ((Link) key.attachment()).ready(key);
                        }
                    }
                    selector.selectedKeys().clear();
                    for (Runnable order = orders.poll(); order != null; order = orders.poll()) {
                        order.run();
                    }
                }
            } finally {
                selector.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** For {@link Selector#select(long)}: 0, which is for ever, if no delay is pending. */
    private long millisUntilSomethingIsDue() {
        if (frozen) {
            return 0;
        }
        long nanos = Long.MAX_VALUE;
        for (Link link : links) {
            nanos = Math.min(nanos, Math.min(link.toServer.nanosUntilDue(), link.toClient.nanosUntilDue()));
        }
        return nanos == Long.MAX_VALUE ? 0 : TimeUnit.NANOSECONDS.toMillis(nanos) + 1;
    }

    private void listen() throws IOException {
        ServerSocketChannel channel = ServerSocketChannel.open();
        try {
            channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            channel.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1024);
            channel.configureBlocking(false);
            channel.register(selector, SelectionKey.OP_ACCEPT);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
        listener = channel;
    }

    private void closeListener() throws IOException {
        if (listener != null) {
            listener.close();
            listener = null;
        }
    }

    private void accept(ServerSocketChannel from) throws IOException {
        SocketChannel client = from.accept();
        if (client == null) {
            return; // it was cancelled
        }
        accepted.incrementAndGet();
        SocketChannel server = SocketChannel.open();
        Link link = new Link(client, server);
        links.add(link);
        try {
            link.connected = server.connect(target);
        } catch (IOException e) {
            link.reset();
        }
    }

    private AtomicLong counter(Direction direction) {
        return Objects.requireNonNull(bytes.get(direction));
    }

    /** One connection: from a client to here, and from here to the server. */
    private final class Link {

        private final SelectionKey client;
        private final SelectionKey server;
        private final Flow toServer;
        private final Flow toClient;
        private boolean connected;
        private boolean closed;

        Link(SocketChannel client, SocketChannel server) throws IOException {
            this.client = register(client);
            this.server = register(server);
            this.toServer = new Flow(client, server, Direction.TO_SERVER);
            this.toClient = new Flow(server, client, Direction.TO_CLIENT);
        }

        private SelectionKey register(SocketChannel channel) throws IOException {
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            return channel.register(selector, 0, this);
        }

        void ready(SelectionKey key) {
            try {
                if (!connected) {
                    connected = key == server && ((SocketChannel) key.channel()).finishConnect();
                } else if (key.isReadable()) {
                    (key == client ? toServer : toClient).read();
                }
            } catch (IOException e) {
                reset(); // as the other side did
            }
        }

        /** Writes what is due, and registers for what it waits for next. */
        void advance() {
            if (closed) {
                return;
            }
            if (!connected) {
                server.interestOps(SelectionKey.OP_CONNECT);
                return;
            }
            try {
                toServer.write();
                toClient.write();
            } catch (IOException e) {
                reset();
                return;
            }
            if (toServer.shut && toClient.shut) {
                close();
                return;
            }
            client.interestOps(toServer.readOps() | toClient.writeOps());
            server.interestOps(toClient.readOps() | toServer.writeOps());
        }

        boolean isLossy() {
            return toServer.lossy || toClient.lossy;
        }

        void close() {
            closed = true;
            try {
                toServer.from.close();
                toServer.to.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** With a linger of 0, closing drops buffered bytes and resets the other side. */
        void reset() {
            try {
                for (SocketChannel channel : List.of(toServer.from, toServer.to)) {
                    if (channel.isOpen()) { // a failed connect has closed it already
                        channel.setOption(StandardSocketOptions.SO_LINGER, 0);
                    }
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } finally {
                close();
            }
        }
    }

    /** One direction of a connection. */
    private final class Flow {

        private final SocketChannel from;
        private final SocketChannel to;
        private final Direction direction;
        private final ArrayDeque<Chunk> queue = new ArrayDeque<>();
        private int queuedBytes;
        private boolean ended; // the sender has closed its half
        private boolean shut; // and the receiver knows
        private boolean lossy;

        Flow(SocketChannel from, SocketChannel to, Direction direction) {
            this.from = from;
            this.to = to;
            this.direction = direction;
        }

        void read() throws IOException {
            received.clear();
            int count = from.read(received);
            if (swallowed.contains(direction)) {
                lossy = true;
            } else if (count > 0) {
                ByteBuffer copy =
                        ByteBuffer.allocate(count).put(received.flip()).flip();
                queue.add(new Chunk(System.nanoTime() + delayNanos, copy));
                queuedBytes += count;
            }
            ended = count < 0;
        }

        void write() throws IOException {
            if (frozen) {
                return;
            }
            while (nanosUntilDue() == 0) {
                ByteBuffer next = queue.element().bytes;
                int count = to.write(next);
                counter(direction).addAndGet(count);
                queuedBytes -= count;
                if (next.hasRemaining()) {
                    return;
                }
                queue.remove();
            }
            if (ended && queue.isEmpty() && !lossy && !shut) {
                to.shutdownOutput();
                shut = true;
            }
        }

        int readOps() {
            return frozen || ended || queuedBytes >= MAX_QUEUED_BYTES ? 0 : SelectionKey.OP_READ;
        }

        int writeOps() {
            return frozen || nanosUntilDue() > 0 ? 0 : SelectionKey.OP_WRITE;
        }

        /** 0 if bytes are to be written now; the largest number if none are buffered. */
        long nanosUntilDue() {
            Chunk next = queue.peek();
            return next == null ? Long.MAX_VALUE : Math.max(0, next.due - System.nanoTime());
        }
    }

    private record Chunk(long due, ByteBuffer bytes) {}
}
