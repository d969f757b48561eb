package io.scarfall.engineio.internal;

import io.netty.channel.Channel;
import io.netty.channel.local.LocalAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Ports that exist in this process only. A server on event loops in memory listens on one, and clients of the same
 * process connect to it, without a network. Stateless, except for the numbers that were given out. Thread-safe.
 */
public final class InMemory {

    private static final String PREFIX = "scarfall-";
    private static final int MAX_PORT = 0xFFFF;

    private static final AtomicInteger LAST = new AtomicInteger();

    private InMemory() {}

    /** The address of a port, to bind or to connect to. */
    public static LocalAddress address(int port) {
        return new LocalAddress(PREFIX + port);
    }

    /** A number for port 0. It may be taken, since numbers repeat after the last one. */
    public static int nextPort() {
        return LAST.updateAndGet(last -> last % MAX_PORT + 1);
    }

    /** The address of a channel's peer. A client in memory counts as a client on this machine. */
    public static InetSocketAddress peer(Channel channel) {
        SocketAddress peer = channel.remoteAddress();
        return peer instanceof LocalAddress
                ? new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)
                : (InetSocketAddress) peer;
    }
}
