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
 * Closes a connection after a last answer: it shuts down the output, and reads on for a while without looking at the
 * input. If the server closed at once while input is unread, TCP would reset the connection, and the answer could be
 * lost.
 */
final class LingeringClose extends ChannelInboundHandlerAdapter {

    static final long LINGER_MILLIS = 2000;

    private final Object answer;
    private @Nullable Future<?> timeout;
    private boolean isAnswered;

    /** @param answer the last answer to write; this handler takes ownership */
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
                    && ctx.pipeline().get(SslHandler.class) == null) { // TLS first sends an end of its own
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
        ctx.close(); // the connection ends in any case
    }
}
