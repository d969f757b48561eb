package io.scarfall.presence.redis;

import io.lettuce.core.resource.NettyCustomizer;
import io.netty.channel.Channel;
import io.netty.handler.flush.FlushConsolidationHandler;

/**
 * Flushes the commands that are written in one pass of an event loop by one system call. Lettuce itself flushes after
 * each command, or not at all. The only class here that uses Netty's channels.
 */
final class FlushOnce implements NettyCustomizer {

    private static final int FLUSH_AFTER = 256;

    @Override
    public void afterChannelInitialized(Channel channel) {
        channel.pipeline().addFirst(new FlushConsolidationHandler(FLUSH_AFTER, true));
    }
}
