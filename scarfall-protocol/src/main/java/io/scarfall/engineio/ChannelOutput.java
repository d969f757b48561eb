package io.scarfall.engineio;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;

/** What waits in a channel for its peer. Its functions belong on the channel's event loop. */
final class ChannelOutput {

    /** What a buffer that waits takes beside its content. */
    private static final int BUFFER_OVERHEAD = 256;

    private ChannelOutput() {}

    /** How many bytes the peer has not taken. */
    static long unsentBytes(Channel channel) {
        ChannelOutboundBuffer pending = channel.unsafe().outboundBuffer();
        return pending == null ? 0 : Math.max(0, pending.totalPendingWriteBytes() - pending.currentProgress());
    }

    /** How many bytes are held for the peer. */
    static long heldBytes(Channel channel) {
        ChannelOutboundBuffer pending = channel.unsafe().outboundBuffer();
        long unsent = pending == null ? 0 : pending.totalPendingWriteBytes();
        return unsent == 0 ? 0 : unsent + (long) pending.size() * BUFFER_OVERHEAD;
    }

    /** Closes a channel; past TLS if the peer does not read, since TLS would wait for it to read of the end. */
    static void cutOff(Channel channel) {
        if (channel.isWritable()) {
            channel.close();
        } else {
            channel.unsafe().close(channel.unsafe().voidPromise());
        }
    }
}
