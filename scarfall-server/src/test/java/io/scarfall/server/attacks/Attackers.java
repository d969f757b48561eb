package io.scarfall.server.attacks;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Connections that attack a port until this is closed. An attacker whose connection ends reconnects after 200 ms. */
final class Attackers implements AutoCloseable {

    private static final long BACK_AFTER_MILLIS = 200;
    private static final Pattern SID = Pattern.compile("\"sid\":\"([^\"]+)\"");

    private final MultiThreadIoEventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);
    private final InetSocketAddress server;
    private final @Nullable SslContext tls;
    private final List<Way> ways;
    private final IntFunction<String> tokens;
    private final AtomicLong connected = new AtomicLong();
    private final AtomicLong ended = new AtomicLong();
    private volatile boolean isOver;

    /** @param tokens the token of each attacker's user, by the attacker's number */
    Attackers(int count, int port, @Nullable SslContext tls, List<Way> ways, IntFunction<String> tokens) {
        server = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        this.tls = tls;
        this.ways = ways;
        this.tokens = tokens;
        for (int i = 0; i < count; i++) {
            connect(i);
        }
    }

    /** How many connections were opened, and how many of them ended. */
    String summary() {
        return connected + " connections, " + ended + " ended";
    }

    private void connect(int number) {
        if (isOver) {
            return;
        }
        new Bootstrap()
                .group(loops)
                .channel(NioSocketChannel.class)
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        connections.add(channel);
                        if (tls != null) {
                            channel.pipeline().addLast(tls.newHandler(channel.alloc()));
                        }
                        channel.pipeline().addLast(new Attacker(number));
                    }
                })
                .connect(server)
                .addListener(made -> {
                    if (!made.isSuccess()) {
                        comeBack(number);
                    }
                });
    }

    private void comeBack(int number) {
        if (!isOver) {
            var unused = loops.schedule(() -> connect(number), BACK_AFTER_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    /** Closes the connections before the loops: a busy loop without a quiet period can end without closing its channels. */
    @Override
    public void close() {
        isOver = true;
        connections.close().awaitUninterruptibly(10, TimeUnit.SECONDS);
        loops.shutdownGracefully(0, 10, TimeUnit.SECONDS).awaitUninterruptibly(10, TimeUnit.SECONDS);
    }

    private final class Attacker extends SimpleChannelInboundHandler<ByteBuf> {

        private final int number;
        private final Way way;
        private final StringBuilder answer = new StringBuilder();
        private boolean attacks;

        Attacker(int number) {
            this.number = number;
            way = ways.get(number % ways.size());
        }

        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            connected.incrementAndGet();
            if (way.isPolling()) {
                ctx.writeAndFlush(
                        Way.ascii("GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: localhost\r\n\r\n"));
            } else if (way.isWebSocket()) {
                ctx.writeAndFlush(Way.ascii("GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: localhost\r\n"
                        + "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"));
            } else {
                attack(ctx, "");
            }
        }

        @Override
        protected void channelRead0(ChannelHandlerContext ctx, ByteBuf bytes) {
            if (attacks) {
                return;
            }
            answer.append(bytes.toString(StandardCharsets.ISO_8859_1));
            Matcher sid = SID.matcher(answer);
            if (sid.find()) {
                attack(ctx, sid.group(1));
            }
        }

        private void attack(ChannelHandlerContext ctx, String sid) {
            attacks = true;
            ctx.writeAndFlush(way.bytes(number, sid, tokens.apply(number)));
            if (way == Way.NEVER_READ) {
                ctx.channel().config().setAutoRead(false);
                stayAlive(ctx);
            }
        }

        /** Writes heartbeats: an attacker that does not read notices only by a failed write that the server closed it. */
        private void stayAlive(ChannelHandlerContext ctx) {
            if (ctx.channel().isActive()) {
                ctx.writeAndFlush(Way.text("3")).addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
                var unused = ctx.executor().schedule(() -> stayAlive(ctx), 1, TimeUnit.SECONDS);
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            ended.incrementAndGet();
            comeBack(number);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close();
        }
    }
}
