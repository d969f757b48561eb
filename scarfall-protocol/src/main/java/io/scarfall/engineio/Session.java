package io.scarfall.engineio;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.scarfall.engineio.internal.LogText;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A session: its heartbeat, the bounds of what waits for its peer, and the move from one transport to another. Confined
 * to its home loop, except for what {@link EngineSession} marks as thread-safe. Transports hand it what they receive.
 */
final class Session implements EngineSession, Liveness.Owner, ReadingPause.Owner, Upgrade.Owner {

    private static final Logger log = LoggerFactory.getLogger(EngineSession.class);

    private static final Duration LEAVE_TIMEOUT = Duration.ofMillis(500);

    private static final int BACKLOG_BYTES = 64 * 1024;

    private final String id;
    private final EventExecutor home;
    private final Handshake handshake;
    private final EngineConfig config;
    private final SessionGroup group;
    private final Liveness liveness;
    private final Backlog backlog;

    /** Why the session ended; null while it is open. */
    private volatile @Nullable CloseReason ended;

    private volatile Transport transport;

    /** The move to another transport, while it is in progress. */
    private @Nullable Upgrade upgrade;

    /** Null until reading was paused for the first time. */
    private @Nullable ReadingPause pause;

    private volatile boolean trusted;

    /** Null until the application has returned it. */
    private @Nullable SessionListener listener;

    /** How many bytes are held for the peer above the transport. */
    private long heldAbove;

    /**
     * Makes a session whose home is the loop of the caller. {@link #begin} must follow.
     *
     * @param transports makes the first transport
     */
    Session(
            String id,
            EventExecutor home,
            Handshake handshake,
            SessionGroup group,
            Heartbeats heartbeats,
            Function<Session, Transport> transports) {
        assert home.inEventLoop();
        this.id = id;
        this.home = home;
        this.handshake = handshake;
        this.group = group;
        config = group.config();
        trusted = config.maxUntrustedBytes() >= config.maxPayloadBytes();
        heldAbove = handshake.heldBytes();
        backlog = new Backlog(config, handshake.address());
        liveness = new Liveness(this, home, heartbeats, backlog, config);
        transport = transports.apply(this);
    }

    /** Sends the handshake, then hands the session to the application. */
    void begin(EngineListener engineListener) {
        transport.send(new EnginePacket.Open(config.openPayload(id, transport.isUpgradable())));
        transport.flush();
        liveness.restart();
        transport.reportHeld();
        SessionListener opened;
        try {
            opened = engineListener.opened(this);
        } catch (RuntimeException e) {
            end(CloseReason.TRANSPORT_ERROR, false);
            throw e;
        }
        listener = opened;
        if (ended != null) { // the application closed the session before it returned the listener
            reportClosed(opened, ended);
        }
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public Handshake handshake() {
        return handshake;
    }

    @Override
    public String transport() {
        return transport.name();
    }

    @Override
    public boolean isOpen() {
        return ended == null;
    }

    @Override
    public EventExecutor home() {
        return home;
    }

    @Override
    public boolean isHome() {
        return home.inEventLoop();
    }

    @Override
    public void execute(Runnable task) {
        if (isHome()) {
            task.run();
        } else {
            home.execute(task);
        }
    }

    @Override
    public Future<?> schedule(Runnable task, Duration delay) {
        return home.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
    }

    @Override
    public boolean send(Bytes message, List<Bytes> attachments) {
        return send(message, attachments, false);
    }

    @Override
    public boolean sendBinary(Bytes message) {
        return send(null, List.of(message), false);
    }

    @Override
    public boolean sendNeeded(Bytes message, List<Bytes> attachments) {
        return send(message, attachments, true);
    }

    private boolean send(@Nullable Bytes text, List<Bytes> attachments, boolean isNeeded) {
        if (!isHome()) {
            home.execute(() -> send(text, attachments, isNeeded));
            return isOpen();
        }
        long length = text == null ? 0 : text.length();
        for (Bytes attachment : attachments) {
            length += attachment.length();
        }
        if (!isOpen() || !(isNeeded ? hasRoomForNeeded(length) : hasRoom(length))) {
            return false;
        }
        if (text != null) {
            transport.send(new EnginePacket.Text(text));
        }
        for (Bytes attachment : attachments) {
            transport.send(new EnginePacket.Binary(attachment));
        }
        if (length
                > MemoryBudget.SMALL_BYTES) { // so that the budget counts what waits before the caller sends to further
            // sessions
            transport.flush();
        }
        return true;
    }

    private boolean hasRoom(long length) {
        Limit exceeded = backlog.refusal(transport, length);
        if (exceeded != null) {
            exceeded(exceeded);
        }
        return exceeded == null;
    }

    /**
     * Whether there is room for what the peer must not miss. If not, the peer has left too much unread, and its session
     * ends.
     */
    private boolean hasRoomForNeeded(long length) {
        if (backlog.takesNeeded(transport, length)) {
            return true;
        }
        exceeded(Limit.UNSENT_BYTES);
        end(CloseReason.TOO_SLOW, false);
        return false;
    }

    @Override
    public boolean isBacklogged() {
        return transport.unsentBytes() > BACKLOG_BYTES;
    }

    @Override
    public boolean isWritable() {
        return isOpen() && transport.isWritable();
    }

    @Override
    public void pauseReading() {
        assert isHome();
        if (isOpen()) {
            pause().pause();
        }
    }

    @Override
    public void resumeReading() {
        assert isHome();
        if (pause != null) {
            pause.resume();
        }
    }

    @Override
    public Runnable holdReading() {
        assert isHome();
        return isOpen() ? pause().hold() : () -> {};
    }

    private ReadingPause pause() {
        ReadingPause known = pause;
        if (known == null) {
            known = new ReadingPause(this);
            pause = known;
        }
        return known;
    }

    @Override
    public boolean isReadingPaused() {
        return pause != null && pause.isPaused();
    }

    @Override
    public void readingResumed() {
        liveness.resumed();
        transport.resumeReading();
    }

    @Override
    public void close(CloseReason reason) {
        execute(() -> end(reason, reason != CloseReason.SERVER_SHUTTING_DOWN));
    }

    /**
     * The time limit for the peer to fetch its last packets. A client that polls has a pending poll, or sends the next
     * within a round trip, so a server that shuts down waits only a short time.
     */
    Duration closeTimeout() {
        Duration longest = config.closeTimeout();
        return ended == CloseReason.SERVER_SHUTTING_DOWN && longest.compareTo(LEAVE_TIMEOUT) > 0
                ? LEAVE_TIMEOUT
                : longest;
    }

    /** Ends the session because the server shuts down, after all that was sent has left. Thread-safe. */
    void leave() {
        execute(() -> end(CloseReason.SERVER_SHUTTING_DOWN, transport.unsentBytes() > 0));
    }

    @Override
    public void trust() {
        trusted = true;
    }

    @Override
    public boolean isTrusted() {
        return trusted;
    }

    @Override
    public void holds(long change) {
        assert isHome();
        heldAbove += change;
        transport.reportHeld();
    }

    @Override
    public boolean mayHold(int bytes) {
        if (trusted || bytes <= config.maxUntrustedBytes()) {
            return true;
        }
        exceeded(Limit.UNTRUSTED_BYTES);
        return false;
    }

    @Override
    public void exceeded(Limit limit) {
        group.exceeded(limit);
    }

    // Transports, the registry and HTTP handlers call what follows, on the home loop.

    EngineConfig config() {
        return config;
    }

    /** How large a message, or the body of a POST, may be at this moment. Any thread. */
    int maxMessageBytes() {
        return trusted ? config.maxPayloadBytes() : config.maxUntrustedBytes();
    }

    /** Counts a message that is too large. Any thread. */
    void tooLarge(long length) {
        exceeded(length > config.maxPayloadBytes() ? Limit.PAYLOAD : Limit.UNTRUSTED_BYTES);
    }

    /** A transport received bytes. */
    void received(Transport from, long bytes) {
        config.traffic().received(from.name(), bytes);
    }

    /** A transport sent bytes. */
    void sent(Transport by, long bytes) {
        config.traffic().sent(by.name(), bytes);
    }

    /** How many bytes are held above a transport, and count together with what the transport holds. */
    long heldAbove(Transport which) {
        return which == transport ? heldAbove : 0;
    }

    /** Whether a transport must hand on no packets for now. */
    boolean isReadingPaused(Transport which) {
        return isReadingPaused() && which == transport;
    }

    /** Handles a packet that a transport received. */
    void receive(Transport from, EnginePacket packet) {
        assert isHome();
        if (upgrade != null && upgrade.isBy(from)) {
            upgrade.receive(packet);
        } else if (from == transport && isOpen() && listener != null) {
            try {
                receive(listener, packet);
            } catch (MalformedPacketException e) {
                log.debug("malformed packet sid={} error={}", LogText.sid(id), LogText.of(e.getMessage()));
                if (e.limit() != null) {
                    exceeded(e.limit());
                }
                end(CloseReason.PARSE_ERROR, false);
            } catch (RuntimeException e) { // only this session ends, and no other of its loop
                log.error("listener failed sid={}", LogText.sid(id), e);
                end(CloseReason.TRANSPORT_ERROR, false);
            }
        }
    }

    private void receive(SessionListener receiver, EnginePacket packet) {
        if (!(packet instanceof EnginePacket.Pong)) {
            liveness.heard();
        }
        if (packet instanceof EnginePacket.Text text) {
            receiver.text(text.data());
        } else if (packet instanceof EnginePacket.Binary binary) {
            receiver.binary(binary.data());
        } else if (packet instanceof EnginePacket.Pong) {
            liveness.restart();
        } else if (packet instanceof EnginePacket.Close) {
            end(CloseReason.TRANSPORT_CLOSE, false);
        } else if (packet instanceof EnginePacket.Ping) {
            log.debug("unexpected ping from a client, closing sid={}", LogText.sid(id));
            end(CloseReason.TRANSPORT_ERROR, false);
        }
    }

    /** A transport has broken, and receives nothing more. */
    void broken(Transport which, CloseReason reason) {
        assert isHome();
        if (upgrade != null && upgrade.isBy(which)) {
            upgrade.drop();
        } else if (which == transport) {
            end(reason, false);
        }
    }

    private void end(CloseReason reason, boolean graceful) {
        assert isHome();
        if (!isOpen()) {
            return;
        }
        ended = reason;
        log.debug("session closed sid={} reason={}", LogText.sid(id), reason);
        liveness.stop();
        if (!graceful) {
            dropUpgrade();
        }
        // Until it has closed, an upgrade may go on: the client fetches what was sent by one of the two transports.
        transport.close(graceful, () -> {
            dropUpgrade();
            group.remove(this);
        });
        if (pause != null && pause.forget()) { // so that the peer's own close is seen
            transport.resumeReading();
        }
        holds(-handshake.heldBytes());
        if (listener != null) {
            reportClosed(listener, reason);
        }
    }

    private void reportClosed(SessionListener receiver, CloseReason reason) {
        try {
            receiver.closed(reason);
        } catch (RuntimeException e) {
            log.error("listener failed sid={}", LogText.sid(id), e);
        }
    }

    /** A transport has something that waits for the peer. */
    void waits(Transport which) {
        if (which == transport && isOpen()) {
            liveness.waits();
        }
    }

    /** Whether a transport can take an answer of its own protocol, such as a pong of WebSocket. */
    boolean hasRoomForAnswer(Transport which, int length) {
        return which == transport && isOpen() && hasRoomForNeeded(length);
    }

    @Override
    public Transport inUse() {
        return transport;
    }

    @Override
    public void silent() {
        end(CloseReason.PING_TIMEOUT, false);
    }

    @Override
    public void stuck() {
        exceeded(Limit.SLOW_TIMEOUT);
        end(CloseReason.TOO_SLOW, false);
    }

    /** The transport for an HTTP request. It cannot change while it handles the request on the home loop. */
    Transport forRequest() {
        assert isHome();
        liveness.check();
        return transport;
    }

    // Upgrade

    /** Whether the client may probe another transport. */
    boolean isUpgradable() {
        return isOpen() && upgrade == null && transport.isUpgradable();
    }

    void probe(Transport candidate) {
        assert isUpgradable();
        upgrade = new Upgrade(this, transport, candidate, config);
    }

    private void dropUpgrade() {
        if (upgrade != null) {
            upgrade.drop();
        }
    }

    @Override
    public void upgradeEnded(Transport next) {
        Transport before = transport;
        upgrade = null;
        if (next == before) {
            return;
        }
        transport = next;
        backlog.forget(); // until the new transport reports that something waits
        Upgrade.handOver(before, next);
        if (!isOpen()) {
            next.close(true, () -> {});
        }
    }

    @Override
    public String toString() {
        return "EngineSession[" + transport.name() + "]";
    }
}
