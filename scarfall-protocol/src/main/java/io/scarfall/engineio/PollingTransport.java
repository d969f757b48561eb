package io.scarfall.engineio;

import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Carries packets by HTTP long-polling (Engine.IO protocol 4, "HTTP long-polling"). A GET fetches all packets that were
 * sent, and waits if there are none; a POST brings packets. Requests may come on any connection, and the transport
 * outlives the connections. Confined to the session's home loop.
 */
final class PollingTransport implements Transport {

    private static final Duration RELEASE_DELAY = Duration.ofMillis(100);
    private static final int FRAMING_BYTES = 2;
    private static final Bytes OK = Bytes.utf8("ok");

    /** How much memory a waiting packet takes in addition to its content. */
    private static final int PACKET_OVERHEAD = 96;

    /** A smaller amount that waits from one poll to the next is not reported. */
    private static final int SMALLEST_REPORT = 1024;

    private final Session session;
    private final Deque<EnginePacket> unsent = new ArrayDeque<>(2);
    private long unsentBytes;

    /** How many bytes of answers to polls the network has not taken yet. */
    private long underWayBytes;

    private boolean fetched;
    private boolean flushQueued;
    private @Nullable HttpExchange pendingPoll;
    private @Nullable HttpExchange pendingPost;

    /** Continues with the body of the pending POST, whose packets came while reading was paused. */
    private @Nullable Runnable unread;

    private MemoryBudget.@Nullable Holding holding;
    private boolean releasesPolls;
    private State state = State.OPEN;
    private Runnable whenClosed = () -> {};
    private @Nullable Future<?> closeTimeout;

    private enum State {
        OPEN,
        /**
         * One poll fetches what was sent, and the next poll the CLOSE. Clients that find both in one payload close
         * before they have handled what was sent.
         */
        CLOSING,
        CLOSED
    }

    /** @param opening the request that opens the session; the first packet is its answer */
    PollingTransport(Session session, HttpExchange opening) {
        this.session = session;
        pendingPoll = opening;
    }

    @Override
    public String name() {
        return "polling";
    }

    @Override
    public void send(EnginePacket packet) {
        if (state != State.OPEN) {
            return;
        }
        unsent.add(packet);
        unsentBytes += length(packet);
        if (pendingPoll == null) {
            if (!(packet instanceof EnginePacket.Ping)) { // the heartbeat checks pings itself
                session.waits(this);
            }
            reportHeld();
        } else if (!flushQueued) {
            flushQueued = true;
            FlushQueue.add(session.home(), this::flush);
        }
    }

    /** The length of a packet with its type and separator: messages without data take memory too. */
    private static int length(EnginePacket packet) {
        if (packet instanceof EnginePacket.Text text) {
            return text.data().length() + FRAMING_BYTES;
        }
        return packet instanceof EnginePacket.Binary binary ? binary.data().length() + FRAMING_BYTES : FRAMING_BYTES;
    }

    @Override
    public boolean isWritable() {
        return pendingPoll != null && !flushQueued;
    }

    @Override
    public long unsentBytes() {
        return unsentBytes + underWayBytes;
    }

    /** While an answer is on its way, its connection checks that the peer takes it. */
    @Override
    public boolean hasProgressed() {
        boolean progressed = fetched || underWayBytes > 0;
        fetched = false;
        return progressed;
    }

    @Override
    public void flush() {
        flushQueued = false;
        HttpExchange poll = pendingPoll;
        if (poll != null && !unsent.isEmpty()) {
            pendingPoll = null;
            Bytes payload = PayloadCodec.encode(drain());
            int length = payload.length();
            underWayBytes += length;
            session.sent(this, length);
            poll.reply(HttpExchange.OK, HttpExchange.TEXT, payload, failure -> {
                if (failure == null) {
                    session.execute(() -> left(length));
                } else { // later, because the caller of flush may be about to send
                    session.home().execute(() -> lost(length, failure));
                }
            });
            if (underWayBytes > 0) {
                session.waits(this);
            }
        }
    }

    /** The network has taken an answer to a poll. */
    private void left(int length) {
        underWayBytes -= length;
        fetched = true;
    }

    /** The network will never take an answer to a poll: the peer has missed packets for good. */
    private void lost(int length, CloseReason failure) {
        underWayBytes -= length;
        session.broken(this, failure);
    }

    private List<EnginePacket> drain() {
        List<EnginePacket> packets = new ArrayList<>(unsent);
        unsent.clear();
        unsentBytes = 0;
        reportHeld();
        return packets;
    }

    // What is held, for the budget. A body whose packets wait counts for its connection, which waits for the answer.

    @Override
    public void reportHeld() {
        long bytes = unsentBytes + (long) unsent.size() * PACKET_OVERHEAD;
        bytes = session.heldAbove(this) + (bytes < SMALLEST_REPORT ? 0 : bytes);
        if (bytes != 0 || holding != null) {
            holding = session.config().memory().report(holding, this, bytes);
        }
    }

    @Override
    public @Nullable Long addressBlock() {
        return AddressBlock.ofAny(session.handshake().address());
    }

    @Override
    public boolean isTrusted() {
        return session.isTrusted();
    }

    @Override
    public void evict(Limit limit) {
        session.home().execute(() -> {
            session.exceeded(limit);
            session.broken(this, CloseReason.MEMORY_LIMIT);
            if (state == State.CLOSING) {
                drain();
                finish(EnginePacket.CLOSE);
            }
        });
    }

    @Override
    public void poll(HttpExchange exchange) {
        if (state == State.CLOSED) {
            exchange.refuse(EngineError.SESSION_ID_UNKNOWN);
            return;
        }
        if (pendingPoll != null) {
            exchange.refuse(HttpExchange.BAD_REQUEST);
            session.broken(this, CloseReason.TRANSPORT_ERROR);
            return;
        }
        pendingPoll = exchange;
        if (state == State.CLOSING && unsent.isEmpty()) {
            unsent.add(EnginePacket.NOOP);
            finish(EnginePacket.CLOSE);
            return;
        }
        flush();
        if (releasesPolls && pendingPoll == exchange) {
            session.schedule(() -> releasePoll(exchange), RELEASE_DELAY);
        }
    }

    private void releasePoll(HttpExchange exchange) {
        if (releasesPolls && pendingPoll == exchange) {
            unsent.add(EnginePacket.NOOP);
            flush();
        }
    }

    @Override
    public boolean isUpgradable() {
        return true;
    }

    /** Ends the pending poll now, and later polls after a short time. */
    @Override
    public void releasePolls() {
        releasesPolls = true;
        if (pendingPoll != null) {
            releasePoll(pendingPoll);
        }
    }

    @Override
    public void holdPolls() {
        releasesPolls = false;
    }

    @Override
    public void beginPost(HttpExchange exchange) {
        if (state == State.CLOSED) {
            exchange.refuse(EngineError.SESSION_ID_UNKNOWN);
            return;
        }
        HttpExchange other = pendingPost;
        if (other != null) {
            pendingPost = null;
            exchange.refuse(HttpExchange.BAD_REQUEST);
            other.destroy();
            session.broken(this, CloseReason.TRANSPORT_ERROR);
        } else {
            pendingPost = exchange;
        }
    }

    @Override
    public void post(HttpExchange exchange, Bytes body) {
        if (pendingPost != exchange) {
            return;
        }
        session.received(this, body.length());
        if (body.isUtf8()) {
            read(exchange, body, 0);
        } else {
            refuseMalformed(exchange);
        }
    }

    private void read(HttpExchange exchange, Bytes body, int from) {
        pendingPost = null;
        int next = from;
        try {
            if (!session.isReadingPaused(this)) {
                next = PayloadCodec.decode(body, from, packet -> {
                    receive(packet);
                    return !session.isReadingPaused(this);
                });
            }
        } catch (MalformedPacketException e) {
            refuseMalformed(exchange);
            return;
        }
        if (next < 0) {
            exchange.reply(HttpExchange.OK, HttpExchange.HTML, OK);
        } else {
            int unreadFrom = next;
            pendingPost = exchange;
            unread = () -> read(exchange, body, unreadFrom);
        }
    }

    private void refuseMalformed(HttpExchange exchange) {
        pendingPost = null;
        exchange.refuse(HttpExchange.BAD_REQUEST);
        session.broken(this, CloseReason.PARSE_ERROR);
    }

    @Override
    public void resumeReading() {
        Runnable next = unread;
        unread = null;
        if (next != null) {
            next.run();
        }
    }

    private void receive(EnginePacket packet) {
        if (packet instanceof EnginePacket.Close) {
            if (state == State.CLOSING) {
                finish(EnginePacket.CLOSE); // the peer closes too, and polls no more
            } else {
                releasePolls(); // a peer that closes expects a NOOP, not a CLOSE
            }
        }
        session.receive(this, packet);
    }

    /** A body that is too large is only refused; any other failure ends the session. */
    @Override
    public void refusePost(HttpExchange exchange, int status) {
        if (pendingPost == exchange) {
            pendingPost = null;
            exchange.refuse(status);
            if (status != HttpExchange.TOO_LARGE) {
                session.broken(this, CloseReason.TRANSPORT_ERROR);
            }
        }
    }

    @Override
    public void aborted(HttpExchange exchange) {
        if (pendingPoll == exchange || pendingPost == exchange) {
            session.broken(this, CloseReason.TRANSPORT_ERROR);
        }
    }

    /** A poll that is pending now is an error of the client, which must end its polls before it moves. */
    @Override
    public List<EnginePacket> handOver() {
        if (pendingPoll != null) {
            pendingPoll.refuse(EngineError.BAD_REQUEST);
            pendingPoll = null;
        }
        if (unread != null && pendingPost != null) { // so the client moved before its POST was answered
            pendingPost.refuse(EngineError.BAD_REQUEST);
            unread = null;
            pendingPost = null;
        }
        List<EnginePacket> packets = drain();
        finish(EnginePacket.NOOP);
        return packets;
    }

    @Override
    public void close(boolean graceful, Runnable done) {
        if (state != State.OPEN) {
            return;
        }
        whenClosed = done;
        if (graceful && (pendingPoll == null || !unsent.isEmpty())) {
            state = State.CLOSING;
            flush();
            closeTimeout = session.schedule(() -> finish(EnginePacket.CLOSE), session.closeTimeout());
            return;
        }
        if (!graceful) {
            drain();
        }
        finish(EnginePacket.CLOSE);
    }

    /** Closes the transport, and answers a pending poll with what is left to send and a last packet. */
    private void finish(EnginePacket last) {
        state = State.CLOSED;
        if (closeTimeout != null) {
            closeTimeout.cancel(false);
        }
        unsent.add(last);
        flush();
        drain();
        whenClosed.run();
    }
}
