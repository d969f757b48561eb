package io.scarfall.engineio;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Bounds how long a connection that speaks HTTP waits for its client: for a head, for a body, or until it reads an
 * answer. Each connection has one timer. Requests do not reschedule it; when it is due, it checks whether there is more
 * time. Confined to the connection's event loop.
 */
final class RequestTimer {

    /** What the connection waits for, for a limited time. */
    enum Awaited {
        /** The first byte of the first request. */
        FIRST_REQUEST,
        /** The rest of a request's head. */
        HEAD,
        /** The rest of a request's body. */
        BODY,
        /** That the client takes the answer to its last request. */
        READING,
        /** The first byte of a further request. */
        REQUEST,
        /** Nothing: it is the server's turn to answer. */
        NOTHING
    }

    /** Gets the timeouts. */
    interface Listener {

        /**
         * The client was too slow.
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

    /** How many bytes of an answer waited for the client at the last check with progress. */
    private long unreadBytes;

    /** How many checks have found no progress since. */
    private int idleChecks;

    RequestTimer(EngineConfig config, Listener listener) {
        this.config = config;
        this.listener = listener;
    }

    /** Starts the time limit of the first request. */
    void awaitFirstRequest(ChannelHandlerContext ctx) {
        await(ctx, Awaited.FIRST_REQUEST);
    }

    /** A part of a head has come: waits for the rest. */
    void awaitHead(ChannelHandlerContext ctx) {
        if (awaited == Awaited.REQUEST || awaited == Awaited.READING) {
            await(ctx, Awaited.HEAD);
        } else if (awaited == Awaited.FIRST_REQUEST && !isShakingHands(ctx)) {
            awaited = Awaited.HEAD; // its time limit began with the connection
        }
    }

    /** A request's head was read: waits for the body. */
    void awaitBody(ChannelHandlerContext ctx) {
        if (awaited != Awaited.BODY) {
            await(ctx, Awaited.BODY);
        }
    }

    /** A request was answered: waits until the client has read the answer, then for the next request. */
    void awaitRequest(ChannelHandlerContext ctx) {
        unreadBytes = ChannelOutput.unsentBytes(ctx.channel());
        idleChecks = 0;
        awaitReading(ctx);
    }

    private void awaitReading(ChannelHandlerContext ctx) {
        await(ctx, unreadBytes > 0 ? Awaited.READING : Awaited.REQUEST);
    }

    /** Waits for nothing: it is the server's turn. */
    void awaitNothing() {
        awaited = Awaited.NOTHING;
    }

    /** The connection no longer speaks HTTP. */
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
            case READING -> config.slowTimeout().dividedBy(Backlog.CHECKS);
            case BODY -> limits.bodyTimeout();
            default -> limits.headTimeout();
        };
        awaitedUntilNanos = NettyVersion.nanoTime(ctx.executor()) + time.toNanos();
        startTimer(ctx);
    }

    /** Keeps a timer that is due earlier. So on a busy connection no request reschedules it. */
    private void startTimer(ChannelHandlerContext ctx) {
        if (timer != null) {
            if (timerNanos - awaitedUntilNanos <= 0) {
                return;
            }
            timer.cancel(false);
        }
        timerNanos = awaitedUntilNanos;
        long delay = timerNanos - NettyVersion.nanoTime(ctx.executor());
        timer = ctx.executor().schedule(() -> due(ctx), delay, TimeUnit.NANOSECONDS);
    }

    private void due(ChannelHandlerContext ctx) {
        timer = null;
        if (awaited == Awaited.NOTHING || isShakingHands(ctx)) { // the TLS handshake has a timeout of its own
            return;
        }
        if (awaitedUntilNanos - NettyVersion.nanoTime(ctx.executor()) > 0) {
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

    /** Checks how much of an answer the client has taken; returns whether it has taken too little for too long. */
    private boolean isStuck(ChannelHandlerContext ctx) {
        long unread = ChannelOutput.unsentBytes(ctx.channel());
        boolean progressed = unread == 0 || unreadBytes - unread >= Backlog.LEAST_PROGRESS_BYTES;
        if (progressed) {
            unreadBytes = unread;
        }
        idleChecks = progressed ? 0 : idleChecks + 1;
        return idleChecks >= Backlog.CHECKS;
    }
}
