package io.scarfall.engineio;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Bounds how long a connection that speaks HTTP waits for its client: for a head, a body, or that it reads an answer. One
 * timer per connection, which looks again when it is due instead of being moved by every request. Confined to the
 * connection's event loop.
 */
final class RequestTimer {

    /** What of the client is waited for, and only so long. */
    enum Awaited {
        /** The head of the first request, of which nothing has come. */
        FIRST_REQUEST,
        /** The rest of a request's head. */
        HEAD,
        /** The rest of a request's body. */
        BODY,
        /** That it takes the answer to the last request. */
        READING,
        /** A further request, of which nothing has come. */
        REQUEST,
        /** Nothing: the server has to answer. */
        NOTHING
    }

    /** Is told that a client took too long. */
    interface Listener {

        /**
         * The client has not done in time what was awaited.
         *
         * @param what never {@link Awaited#NOTHING}
         */
        void tooSlow(ChannelHandlerContext ctx, Awaited what);
    }

    private final EngineConfig config;
    private final Listener listener;

    private Awaited awaited = Awaited.FIRST_REQUEST;
    private long awaitedUntilNanos;
    private @Nullable Future<?> timer;
    private long timerNanos;

    /** What of an answer waited for the client when it was looked at last, and how often it had taken nothing since. */
    private long unreadBytes;

    private int idleLooks;

    RequestTimer(EngineConfig config, Listener listener) {
        this.config = config;
        this.listener = listener;
    }

    /** The first request is waited for; its time begins. */
    void awaitFirstRequest(ChannelHandlerContext ctx) {
        await(ctx, Awaited.FIRST_REQUEST);
    }

    /** A part of a head has come, and its rest is waited for. */
    void awaitHead(ChannelHandlerContext ctx) {
        if (awaited == Awaited.REQUEST || awaited == Awaited.READING) {
            await(ctx, Awaited.HEAD);
        } else if (awaited == Awaited.FIRST_REQUEST && !isShakingHands(ctx)) {
            awaited = Awaited.HEAD; // its time has begun with the connection
        }
    }

    /** A request's head was read, and its body is waited for. */
    void awaitBody(ChannelHandlerContext ctx) {
        if (awaited != Awaited.BODY) {
            await(ctx, Awaited.BODY);
        }
    }

    /** A request was answered: now the client has to read, then to send another one. */
    void awaitRequest(ChannelHandlerContext ctx) {
        unreadBytes = ChannelOutput.unsentBytes(ctx.channel());
        idleLooks = 0;
        awaitReading(ctx);
    }

    private void awaitReading(ChannelHandlerContext ctx) {
        await(ctx, unreadBytes > 0 ? Awaited.READING : Awaited.REQUEST);
    }

    /** The client has done its part. */
    void awaitNothing() {
        awaited = Awaited.NOTHING;
    }

    /** The connection speaks HTTP no longer. */
    void stop() {
        awaitNothing();
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }

    private void await(ChannelHandlerContext ctx, Awaited what) {
        awaited = what;
        if (ctx.isRemoved()) {
            return;
        }
        HttpLimits limits = config.http();
        Duration time = switch (what) {
            case REQUEST -> limits.idleTimeout();
            case READING -> config.slowTimeout().dividedBy(Backlog.LOOKS);
            case BODY -> limits.bodyTimeout();
            default -> limits.headTimeout();
        };
        awaitedUntilNanos = ctx.executor().ticker().nanoTime() + time.toNanos();
        startTimer(ctx);
    }

    /** A timer that is due earlier stays: as with every request of a busy connection, there is only more time than before. */
    private void startTimer(ChannelHandlerContext ctx) {
        if (timer != null) {
            if (timerNanos - awaitedUntilNanos <= 0) {
                return;
            }
            timer.cancel(false);
        }
        timerNanos = awaitedUntilNanos;
        long delay = timerNanos - ctx.executor().ticker().nanoTime();
        timer = ctx.executor().schedule(() -> due(ctx), delay, TimeUnit.NANOSECONDS);
    }

    private void due(ChannelHandlerContext ctx) {
        timer = null;
        if (awaited == Awaited.NOTHING || isShakingHands(ctx)) { // which has a time of its own
            return;
        }
        if (awaitedUntilNanos - ctx.executor().ticker().nanoTime() > 0) {
            startTimer(ctx);
        } else if (awaited == Awaited.READING && !isStuck(ctx)) {
            awaitReading(ctx);
        } else {
            listener.tooSlow(ctx, awaited);
        }
    }

    private static boolean isShakingHands(ChannelHandlerContext ctx) {
        SslHandler tls = ctx.pipeline().get(SslHandler.class);
        return tls != null && !tls.handshakeFuture().isDone();
    }

    /** Looks how much of an answer the client has taken; answers whether it takes nothing for too long. */
    private boolean isStuck(ChannelHandlerContext ctx) {
        long unread = ChannelOutput.unsentBytes(ctx.channel());
        boolean progressed = unread == 0 || unreadBytes - unread >= Backlog.LEAST_PROGRESS_BYTES;
        if (progressed) {
            unreadBytes = unread;
        }
        idleLooks = progressed ? 0 : idleLooks + 1;
        return idleLooks >= Backlog.LOOKS;
    }
}
