package io.scarfall.engineio;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.epoll.EpollEventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.EventExecutor;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ThreadFactory;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What differs between Netty 4.1 and 4.2, because the application chooses the version. All other code uses only what
 * both have; a test checks each reference against the oldest version.
 */
final class NettyVersion {

    private static final String REMEDY = "set the property netty.version, or import netty-bom before other BOMs";

    /** With Netty 4.2, an event loop has a clock that a test can set. */
    private static final boolean HAS_TICKERS = has("io.netty.util.concurrent.Ticker");

    private NettyVersion() {}

    /**
     * Refuses jars that do not work, in words that name the remedy. Without this, the first connection would fail with a
     * missing method.
     *
     * @throws IllegalStateException if Netty is too old, or its jars are of different versions
     */
    static void check() {
        Map<String, String> jars = new TreeMap<>();
        putVersion(jars, "netty-common", EventExecutor.class);
        putVersion(jars, "netty-buffer", ByteBuf.class);
        putVersion(jars, "netty-transport", Channel.class);
        putVersion(jars, "netty-handler", SslHandler.class);
        putVersion(jars, "netty-codec-http", HttpServerCodec.class);
        String fault = fault(jars, has("io.netty.handler.codec.http.HttpHeadersFactory"));
        if (fault != null) {
            throw new IllegalStateException(fault);
        }
    }

    /**
     * What is wrong with a set of jars, or null.
     *
     * @param jars the version of each jar that tells it
     * @param boundsHeaders whether the jar for HTTP lets a server bound the number of headers while it reads them
     */
    static @Nullable String fault(Map<String, String> jars, boolean boundsHeaders) {
        TreeSet<String> lines =
                jars.values().stream().map(NettyVersion::line).collect(Collectors.toCollection(TreeSet::new));
        if (lines.size() > 1) {
            return "Netty: jars of different versions: " + jars + " (expected: one version; " + REMEDY + ")";
        }
        if (!boundsHeaders) {
            return "Netty: " + jars.getOrDefault("netty-codec-http", "unknown version")
                    + " is too old (expected: 4.1.102 or newer; " + REMEDY + ")";
        }
        return null;
    }

    /** 4.1 of 4.1.128.Final. Versions of one line work together. */
    private static String line(String version) {
        int minor = version.indexOf('.') + 1;
        int end = version.indexOf('.', minor);
        return end < 0 ? version : version.substring(0, end);
    }

    /** Reads the manifest of the jar. A merged jar has one manifest for all; a module has none. */
    private static void putVersion(Map<String, String> jars, String jar, Class<?> type) {
        String version = type.getPackage().getImplementationVersion();
        if (version != null) {
            jars.put(jar, version);
        }
    }

    private static boolean has(String type) {
        try {
            Class.forName(type, false, NettyVersion.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }

    /** The time of an event loop, to compare with other times of the same loop. */
    static long nanoTime(EventExecutor loop) {
        return HAS_TICKERS ? Tickers.nanoTime(loop) : System.nanoTime();
    }

    /** In a class of its own, which a JVM with Netty 4.1 never loads. */
    private static final class Tickers {

        static long nanoTime(EventExecutor loop) {
            return loop.ticker().nanoTime();
        }
    }

    /** Deprecated since 4.2, where it is only a name for the new group with a handler for epoll. */
    @SuppressWarnings("deprecation")
    static EventLoopGroup epollLoops(int threads, ThreadFactory factory) {
        return new EpollEventLoopGroup(threads, factory);
    }

    /** As {@link #epollLoops}, for NIO. */
    @SuppressWarnings("deprecation")
    static EventLoopGroup nioLoops(int threads, ThreadFactory factory) {
        return new NioEventLoopGroup(threads, factory);
    }

    /** How a channel chooses the size of its reads; by the name that both versions know. */
    @SuppressWarnings("deprecation")
    static ChannelOption<RecvByteBufAllocator> readSizes() {
        return ChannelOption.RCVBUF_ALLOCATOR;
    }
}
