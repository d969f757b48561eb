package io.scarfall.engineio;

import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.scarfall.engineio.internal.InMemory;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts the memory that a connection that speaks HTTP makes the server hold: incomplete heads and TLS records,
 * pipelined requests, the body of a POST, and unread answers. Confined to the connection's event loop.
 */
final class HttpHoldings implements MemoryBudget.Holder {

    private static final Logger log = LoggerFactory.getLogger(HttpHoldings.class);

    /** How much more than its bytes a head takes that has as many headers as the default limit allows. */
    private static final int PARSED_HEAD_BYTES = 16 * 1024;

    private final Channel channel;
    private final SessionRegistry sessions;
    private final int maxUnfinished;

    private MemoryBudget.@Nullable Holding holding;
    private int unfinished;
    private int waiting;
    private boolean isEnded;

    /** The client of the current request; before the first request, the peer of the connection, or null for a proxy. */
    private @Nullable InetSocketAddress client;

    /** The session of the last request that had one. */
    private volatile @Nullable Session session;

    HttpHoldings(Channel channel, SessionRegistry sessions) {
        this.channel = channel;
        this.sessions = sessions;
        HttpLimits limits = sessions.config().http();
        maxUnfinished = limits.maxRequestLineBytes() + limits.maxHeaderBytes() + PARSED_HEAD_BYTES;
        InetSocketAddress peer = InMemory.peer(channel);
        client = sessions.config().trustedProxies().contains(peer) ? null : peer;
    }

    /** A request has begun. */
    void begins(InetSocketAddress address) {
        client = address;
    }

    /** The request belongs to a session. */
    void belongsTo(Session owner) {
        session = owner;
    }

    /**
     * A read ended inside a message. The decoder keeps the whole read; how much it keeps of earlier reads is unknown.
     */
    void unfinished() {
        unfinished = Math.min(unfinished + EventLoops.READ_BYTES, maxUnfinished);
    }

    /** The unfinished message is complete. */
    void finished() {
        unfinished = 0;
    }

    /** A part of a pipelined request waits. */
    void waits(HttpObject part) {
        waiting += bytes(part);
    }

    /** A part of a pipelined request no longer waits. */
    void goesOn(HttpObject part) {
        waiting -= bytes(part);
    }

    /** A waiting part keeps the buffer that it was read into. */
    private static int bytes(HttpObject part) {
        return EventLoops.READ_BYTES + (part instanceof HttpRequest ? PARSED_HEAD_BYTES : 0);
    }

    /** @param request how many bytes the current request holds */
    void report(long request) {
        if (isEnded) {
            return;
        }
        long bytes = unfinished + waiting + request + ChannelOutput.heldBytes(channel);
        if (bytes != 0 || holding != null) {
            holding = sessions.config().memory().report(holding, this, bytes);
        }
    }

    /** The connection no longer speaks HTTP, and holds nothing as such. */
    void end() {
        isEnded = true;
        if (holding != null) {
            holding = sessions.config().memory().report(holding, this, 0);
        }
    }

    @Override
    public @Nullable Long addressBlock() {
        return AddressBlock.ofAny(client);
    }

    @Override
    public boolean isTrusted() {
        Session owner = session;
        return owner != null && owner.isTrusted();
    }

    @Override
    public void evict(Limit limit) {
        channel.eventLoop().execute(() -> {
            sessions.exceeded(limit);
            if (!isEnded) {
                log.debug("connection closed by a limit address={} limit={}", client, limit.word());
                ChannelOutput.cutOff(channel);
            }
        });
    }
}
