package io.scarfall.presence.redis;

import io.lettuce.core.resource.NettyCustomizer;
import io.netty.channel.Channel;
import io.netty.handler.flush.FlushConsolidationHandler;

/**
 * Commands that are written in one pass of an event loop leave in one system call: Lettuce would flush after each, or leave
 * flushing to us, for all commands of a connection at once. The only class here that knows Netty.
 */
final class FlushOnce implements NettyCustomizer {

    private static final int FLUSH_AFTER = 256;

    @Override
    public void afterChannelInitialized(Channel channel) {
        channel.pipeline().addFirst(new FlushConsolidationHandler(FLUSH_AFTER, true));
    }
}
