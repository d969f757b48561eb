package io.scarfall.engineio;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Closes a connection behind a last answer: ends what the server sends, and reads on for a while without looking at it. A
 * connection that is closed at once while something unread has come is reset, and its answer is lost on the way.
 */
final class LingeringClose extends ChannelInboundHandlerAdapter {

    static final long LINGER_MILLIS = 2000;

    private final Object answer;
    private @Nullable Future<?> timeout;
    private boolean isAnswered;

    /** @param answer what to write; this takes its reference over */
    LingeringClose(Object answer) {
        this.answer = answer;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        if (ctx.channel().isActive()) {
            answer(ctx);
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        answer(ctx);
    }

    private void answer(ChannelHandlerContext ctx) {
        isAnswered = true;
        timeout = ctx.executor().schedule(() -> ctx.close(), LINGER_MILLIS, TimeUnit.MILLISECONDS);
        ctx.channel().config().setAutoRead(true);
        ctx.writeAndFlush(answer).addListener(written -> {
            if (written.isSuccess()
                    && ctx.channel() instanceof DuplexChannel channel
                    && ctx.pipeline().get(SslHandler.class) == null) { // which has an end of its own to tell
                channel.shutdownOutput();
            } else {
                ctx.close();
            }
        });
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ReferenceCountUtil.release(message);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        if (!isAnswered) {
            ReferenceCountUtil.release(answer);
        }
        if (timeout != null) {
            timeout.cancel(false);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close(); // it is over anyhow
    }
}
