package io.scarfall.engineio;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.util.NetUtil;
import io.scarfall.engineio.internal.InMemory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketAddress;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The channels on which a server listens, all on one port: one channel, or two for {@code localhost}, which names the
 * loopback addresses of IPv4 and IPv6. A client that connects to that name may try either. Thread-safe.
 */
final class Listening {

    private static final String LOCALHOST = "localhost";

    /** How often a free port is tried: a port that is free at one address may be taken at the other. */
    private static final int ATTEMPTS = 10;

    private final List<Channel> channels;
    private final InetSocketAddress address;

    private Listening(List<Channel> channels, InetSocketAddress address) {
        this.channels = List.copyOf(channels);
        this.address = address;
    }

    /**
     * Begins to listen. Blocks for a short time.
     *
     * @throws UncheckedIOException if the server cannot listen on one of the addresses
     */
    static Listening start(ServerBootstrap bootstrap, InetSocketAddress address) {
        Set<InetAddress> others = address.getHostString().equalsIgnoreCase(LOCALHOST) ? loopback() : Set.of();
        for (int attempt = 1; ; attempt++) {
            List<Channel> bound = new ArrayList<>();
            InetSocketAddress next = address;
            try {
                bound.add(bind(bootstrap, next));
                InetSocketAddress first = (InetSocketAddress) bound.get(0).localAddress();
                for (InetAddress other : others) {
                    if (!other.equals(first.getAddress())) {
                        next = new InetSocketAddress(other, first.getPort());
                        bound.add(bind(bootstrap, next));
                    }
                }
                return new Listening(bound, first);
            } catch (IOException e) {
                bound.forEach(channel -> channel.close().awaitUninterruptibly());
                if (bound.isEmpty() || address.getPort() != 0 || attempt == ATTEMPTS) {
                    throw new UncheckedIOException("cannot listen on " + next + ": " + e.getMessage(), e);
                }
            }
        }
    }

    /**
     * Begins to listen on a port of this process only.
     *
     * @throws UncheckedIOException if another server of this process has the port
     */
    static Listening inMemory(ServerBootstrap bootstrap, int port) {
        for (int attempt = 1; ; attempt++) {
            int next = port == 0 ? InMemory.nextPort() : port;
            try {
                return new Listening(
                        List.of(bind(bootstrap, InMemory.address(next))),
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), next));
            } catch (IOException e) {
                if (port != 0 || attempt == ATTEMPTS) {
                    throw new UncheckedIOException("cannot listen in memory port=" + next + ": " + e.getMessage(), e);
                }
            }
        }
    }

    private static Channel bind(ServerBootstrap bootstrap, SocketAddress address) throws IOException {
        ChannelFuture bound = bootstrap.bind(address).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException(bound.cause().getMessage(), bound.cause());
        }
        return bound.channel();
    }

    /** The loopback addresses of this machine. */
    private static Set<InetAddress> loopback() {
        Set<InetAddress> addresses = new LinkedHashSet<>();
        for (InetAddress address : List.of(NetUtil.LOCALHOST4, NetUtil.LOCALHOST6)) {
            if (interfaceOf(address) != null) {
                addresses.add(address);
            }
        }
        return addresses;
    }

    private static @Nullable NetworkInterface interfaceOf(InetAddress address) {
        try {
            return NetworkInterface.getByInetAddress(address);
        } catch (SocketException e) {
            return null;
        }
    }

    /** The first address, with its port. */
    InetSocketAddress address() {
        return address;
    }

    /** Stops listening; does not wait. */
    void close() {
        channels.forEach(Channel::close);
    }

    /** Stops listening, and waits at most this long for each channel. */
    void close(long millis) {
        close();
        channels.forEach(channel -> channel.closeFuture().awaitUninterruptibly(millis));
    }
}
