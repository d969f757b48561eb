package io.scarfall.engineio;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;

/** Reads what waits in a channel for its peer. Call these functions on the event loop of the channel. */
final class ChannelOutput {

    /** How much memory a waiting buffer takes in addition to its content. */
    private static final int BUFFER_OVERHEAD = 256;

    private ChannelOutput() {}

    /** How many bytes of the channel the peer has not taken. */
    static long unsentBytes(Channel channel) {
        ChannelOutboundBuffer pending = channel.unsafe().outboundBuffer();
        return pending == null ? 0 : Math.max(0, pending.totalPendingWriteBytes() - pending.currentProgress());
    }

    /** How much memory the channel holds for the peer, in bytes. */
    static long heldBytes(Channel channel) {
        ChannelOutboundBuffer pending = channel.unsafe().outboundBuffer();
        long unsent = pending == null ? 0 : pending.totalPendingWriteBytes();
        return unsent == 0 ? 0 : unsent + (long) pending.size() * BUFFER_OVERHEAD;
    }

    /**
     * Closes a channel. If the peer does not read, this bypasses TLS, which would first wait for the peer to read the
     * end of the TLS session.
     */
    static void cutOff(Channel channel) {
        if (channel.isWritable()) {
            channel.close();
        } else {
            channel.unsafe().close(channel.unsafe().voidPromise());
        }
    }
}
