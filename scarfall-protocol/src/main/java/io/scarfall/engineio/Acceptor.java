package io.scarfall.engineio;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.epoll.EpollSocketChannelConfig;
import io.netty.handler.codec.haproxy.HAProxyMessageDecoder;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpServerCodec;
import io.scarfall.engineio.internal.InMemory;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Accepts new connections and adds their handlers, or refuses connections beyond a limit. Thread-safe. */
final class Acceptor {

    private static final Logger log = LoggerFactory.getLogger(Acceptor.class);

    /** How many bytes a proxy may send after the addresses, such as the name of the certificate. */
    private static final int MAX_PROXY_EXTRA_BYTES = 4096;

    /**
     * How many refused connections may wait until their clients have read the answer; further ones are closed at once.
     */
    private static final int MAX_LINGERING = 1024;

    /** How many bytes the kernel takes that it has not sent yet: some seconds on a slow mobile link. */
    private static final int MAX_KERNEL_UNSENT_BYTES = 256 * 1024;

    private final SessionRegistry sessions;
    private final EngineConfig config;
    private final EngineRouter router;
    private final HttpDecoderConfig decoding;
    private final @Nullable ServerTls tls;
    private final Quota connections;
    private final Arrivals arrivals;
    private final ByteBuf busy;
    private final AtomicInteger lingering = new AtomicInteger();
    private final ChannelFutureListener leave = closed -> connections().giveBack(block(closed.channel()));
    private final ChannelFutureListener lingered = closed -> lingering().decrementAndGet();

    Acceptor(SessionRegistry sessions, @Nullable ServerTls tls) {
        this.sessions = sessions;
        this.tls = tls;
        config = sessions.config();
        router = new EngineRouter(sessions);
        decoding = new HttpDecoderConfig()
                .setMaxInitialLineLength(config.http().maxRequestLineBytes())
                .setMaxHeaderSize(config.http().maxHeaderBytes())
                .setHeadersFactory(BoundedHeaders.factory(config.http().maxHeaders()));
        connections =
                new Quota(config.connections(), Limit.CONNECTIONS, Limit.CONNECTIONS_PER_ADDRESS, sessions::exceeded);
        arrivals = new Arrivals(config.connections().maxWaiting(), config.http().headTimeout());
        busy = busy(config);
    }

    private Quota connections() {
        return connections;
    }

    private AtomicInteger lingering() {
        return lingering;
    }

    /** The answer to a connection beyond a limit, encoded once: thousands of such connections must cost little. */
    private static ByteBuf busy(EngineConfig config) {
        HttpHeaders headers = new DefaultHttpHeaders();
        headers.set(HttpHeaderNames.RETRY_AFTER, Exchange.RETRY_AFTER_SECONDS);
        config.responseHeaders().add(new ResponseHead(Handshake.UNREAD, headers));
        headers.set(HttpHeaderNames.CONTENT_LENGTH, 0);
        headers.set(HttpHeaderNames.CONNECTION, "close");
        StringBuilder answer = new StringBuilder("HTTP/1.1 503 Service Unavailable\r\n");
        headers.forEach(header -> answer.append(header.getKey())
                .append(": ")
                .append(header.getValue())
                .append("\r\n"));
        return Unpooled.unreleasableBuffer(Unpooled.copiedBuffer(answer.append("\r\n"), StandardCharsets.ISO_8859_1)
                .asReadOnly());
    }

    void accept(Channel channel) {
        if (!connections.take(block(channel))) {
            refuse(channel);
            return;
        }
        channel.closeFuture().addListener(leave);
        arrivals.arrive(channel, () -> begin(channel), () -> {
            sessions.exceeded(Limit.WAITING_CONNECTIONS);
            refuse(channel);
        });
    }

    private void begin(Channel channel) {
        limitUnsent(channel);
        boolean isProxy = config.trustedProxies().contains(InMemory.peer(channel));
        ChannelPipeline pipeline = channel.pipeline();
        if (isProxy && config.proxyProtocol()) {
            pipeline.addLast(new HAProxyMessageDecoder(MAX_PROXY_EXTRA_BYTES));
        }
        if (tls != null) {
            pipeline.addLast(tls.newHandler(channel.alloc(), config.http().tlsHandshakeTimeout()));
        }
        pipeline.addLast(new HttpServerCodec(decoding)).addLast(new HttpConnection(channel, sessions, router));
    }

    /**
     * Limits what the kernel keeps unsent, on systems that can. Otherwise megabytes wait there for a slow client, in
     * front of each heartbeat, and the server learns late what the client has taken.
     */
    private static void limitUnsent(Channel channel) {
        if (channel.config() instanceof EpollSocketChannelConfig epoll) {
            try {
                epoll.setTcpNotSentLowAt(MAX_KERNEL_UNSENT_BYTES);
            } catch (ChannelException e) { // an old kernel, or another one that offers epoll
                log.debug(
                        "kernel cannot limit unsent bytes address={} error={}", channel.remoteAddress(), e.toString());
            }
        }
    }

    /**
     * The address that a connection counts for. A proxy has none: it carries many clients, whose sessions count for
     * their own addresses.
     */
    private @Nullable Long block(Channel channel) {
        InetSocketAddress peer = InMemory.peer(channel);
        return config.trustedProxies().contains(peer) ? null : AddressBlock.of(peer);
    }

    private void refuse(Channel channel) {
        log.debug("connection refused, too many are open address={}", channel.remoteAddress());
        if (tls != null || lingering.incrementAndGet() > MAX_LINGERING) {
            if (tls == null) {
                lingering.decrementAndGet();
            }
            channel.close();
            return;
        }
        channel.closeFuture().addListener(lingered);
        channel.pipeline().addLast(new LingeringClose(busy.duplicate()));
    }

    /** How many connections are open. */
    int size() {
        return connections.size();
    }
}
