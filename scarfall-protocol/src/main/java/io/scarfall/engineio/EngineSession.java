package io.scarfall.engineio;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.scarfall.engineio.packet.Bytes;
import io.scarfall.engineio.packet.EnginePacket;
import io.scarfall.engineio.packet.Limit;
import io.scarfall.engineio.packet.MalformedPacketException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client: its state, its heartbeat, and the move from one transport to another (<a
 * href="https://socket.io/docs/v4/engine-io-protocol/">Engine.IO protocol 4</a>).
 *
 * <p>A session is confined to its home loop, the event loop that opened it. Methods marked "thread-safe" may be called
 * anywhere and do their work there, in the order of the calls of one thread.
 */
public final class EngineSession {

    private static final Logger log = LoggerFactory.getLogger(EngineSession.class);

    private static final Duration LEAVE_TIMEOUT = Duration.ofMillis(500);

    /** A request head up to this size is part of what a session costs; what is more counts as held. */
    static final int USUAL_HEAD_BYTES = 4 * 1024;

    private static final int BACKLOG_BYTES = 64 * 1024;

    private final String id;
    private final EventExecutor home;
    private final Handshake handshake;
    private final EngineConfig config;
    private final SessionRegistry registry;
    private final Heartbeats heartbeats;
    private final Heartbeat heartbeat;
    private final SessionListener listener;
    private final Backlog backlog;

    /** Why the session ended; null while it is open. */
    private volatile @Nullable CloseReason ended;

    private volatile Transport transport;

    /** The move to another transport, while it is under way. */
    private @Nullable Upgrade upgrade;

    private boolean readingPaused;
    private volatile boolean trusted;

    /** What is held for the peer above the transport. */
    private long heldAbove;

    /** How many holds are not released, see {@link #holdReading}. */
    private int readingHolds;

    /**
     * Opens a session on the current event loop, which becomes its home: sends the handshake, then tells the listener.
     *
     * @param transports makes the first transport
     */
    EngineSession(
            String id,
            EventExecutor home,
            Handshake handshake,
            SessionRegistry registry,
            Heartbeats heartbeats,
            Function<EngineSession, Transport> transports,
            EngineListener engineListener) {
        assert home.inEventLoop();
        this.id = id;
        this.home = home;
        this.handshake = handshake;
        this.registry = registry;
        this.heartbeats = heartbeats;
        config = registry.config();
        trusted = config.maxUntrustedBytes() >= config.maxPayloadBytes();
        heldAbove = headBytes();
        backlog = new Backlog(config);
        heartbeat = new Heartbeat(config, this::woken);
        transport = transports.apply(this);
        registry.add(this); // first: who knows the id may use it at once, on any connection
        transport.send(new EnginePacket.Open(openPayload(transport)));
        transport.flush();
        restartHeartbeat();
        transport.reportHeld();
        try {
            listener = engineListener.opened(this);
        } catch (RuntimeException e) {
            end(CloseReason.TRANSPORT_ERROR, false);
            throw e;
        }
        if (ended != null) { // the listener closed it at once, before it could be told
            tellClosed(ended);
        }
    }

    /** The part of the handshake, which is kept as long as the session, that is more than usual. */
    private long headBytes() {
        return Math.max(0, handshake.length() - USUAL_HEAD_BYTES);
    }

    private Bytes openPayload(Transport first) {
        boolean upgradable = config.allowsWebSocket() && first.isUpgradable();
        return Bytes.utf8("{\"sid\":\"" + id + "\",\"upgrades\":" + (upgradable ? "[\"websocket\"]" : "[]")
                + ",\"pingInterval\":" + config.pingInterval().toMillis()
                + ",\"pingTimeout\":" + config.pingTimeout().toMillis()
                + ",\"maxPayload\":" + config.maxPayloadBytes() + "}");
    }

    /** The id, a secret between the client and this server. Thread-safe. */
    public String id() {
        return id;
    }

    /** The request that opened the session. Thread-safe. */
    public Handshake handshake() {
        return handshake;
    }

    /** The name of the transport in use, {@code polling} or {@code websocket}. Thread-safe. */
    public String transport() {
        return transport.name();
    }

    /** Whether the session has not ended. Thread-safe. */
    public boolean isOpen() {
        return ended == null;
    }

    /** The home loop. Thread-safe. */
    public EventExecutor home() {
        return home;
    }

    /** Whether the caller is on the home loop. */
    public boolean isHome() {
        return home.inEventLoop();
    }

    /** Runs a task on the home loop: at once if the caller is there, else soon and in the order of the calls. */
    public void execute(Runnable task) {
        if (isHome()) {
            task.run();
        } else {
            home.execute(task);
        }
    }

    /** Runs a task on the home loop after a while. Thread-safe. */
    public Future<?> schedule(Runnable task, Duration delay) {
        return home.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
    }

    /**
     * Sends a text message. Thread-safe.
     *
     * @param message well-formed UTF-8, without U+001E if the client may be polling
     * @return on the home loop, whether the transport took it: it does not where too much waits for the peer already, see
     *     {@link EngineConfig#maxUnsentBytes}; elsewhere, whether the session was open
     */
    public boolean send(Bytes message) {
        return send(message, List.of());
    }

    /** Sends a binary message, with the result of {@link #send(Bytes)}. Thread-safe. */
    public boolean sendBinary(Bytes message) {
        if (!isHome()) {
            home.execute(() -> sendBinary(message));
            return isOpen();
        }
        if (!hasRoom(message.length())) {
            return false;
        }
        transport.send(new EnginePacket.Binary(message));
        sent(message.length());
        return true;
    }

    /**
     * Sends a text message and the binary messages that belong to it, all or none and with nothing in between, with the
     * result of {@link #send(Bytes)}. Thread-safe.
     */
    public boolean send(Bytes message, List<Bytes> attachments) {
        if (!isHome()) {
            home.execute(() -> send(message, attachments));
            return isOpen();
        }
        if (!hasRoom(length(message, attachments))) {
            return false;
        }
        transmit(message, attachments);
        return true;
    }

    /**
     * Sends what the peer must not miss, as {@link #send(Bytes, List)} does, such as the answer to a request of it. It is
     * taken, or ends the session: for that {@link EngineConfig#maxUnsentBytes} more may wait, which nobody but the peer can
     * fill. Thread-safe.
     */
    public boolean sendNeeded(Bytes message, List<Bytes> attachments) {
        if (!isHome()) {
            home.execute(() -> sendNeeded(message, attachments));
            return isOpen();
        }
        if (!hasRoomForNeeded(length(message, attachments))) {
            return false;
        }
        transmit(message, attachments);
        return true;
    }

    private static long length(Bytes message, List<Bytes> attachments) {
        long length = message.length();
        for (Bytes attachment : attachments) {
            length += attachment.length();
        }
        return length;
    }

    private void transmit(Bytes message, List<Bytes> attachments) {
        transport.send(new EnginePacket.Text(message));
        for (Bytes attachment : attachments) {
            transport.send(new EnginePacket.Binary(attachment));
        }
        sent(length(message, attachments));
    }

    /** Offers what is large to the peer at once, so that the budget knows what waits before more is sent to others. */
    private void sent(long length) {
        if (length > MemoryBudget.SMALL_BYTES) {
            transport.flush();
        }
    }

    private boolean hasRoom(long length) {
        if (!isOpen()) {
            return false;
        }
        if (!backlog.takes(transport, length)) {
            exceeded(Limit.UNSENT_BYTES);
            return false;
        }
        return hasMemory(length);
    }

    private boolean hasMemory(long length) {
        Limit exceeded = length <= MemoryBudget.SMALL_BYTES
                ? null
                : config.memory().refusal(AddressBlock.ofAny(handshake.address()), length);
        if (exceeded != null) {
            exceeded(exceeded);
        }
        return exceeded == null;
    }

    /** Whether something can be sent that the peer must not miss; it ends the session of a peer that left too much unread. */
    private boolean hasRoomForNeeded(long length) {
        if (!isOpen()) {
            return false;
        }
        if (!backlog.takesNeeded(transport, length)) {
            exceeded(Limit.UNSENT_BYTES);
            end(CloseReason.TOO_SLOW, false);
            return false;
        }
        return true;
    }

    /** Whether more than 64 KB wait for the peer to read. Belongs on the home loop. */
    public boolean isBacklogged() {
        return transport.unsentBytes() > BACKLOG_BYTES;
    }

    /** Whether a message would leave at once, rather than wait for the peer. Belongs on the home loop. */
    public boolean isWritable() {
        return isOpen() && transport.isWritable();
    }

    /**
     * Takes no more packets of the peer until {@link #resumeReading}: little is read of what it sends on, and then its
     * network tells it to wait; a POST of it is answered when its packets were taken. Its silence is no fault meanwhile. A
     * second call does nothing. Belongs on the home loop.
     */
    public void pauseReading() {
        assert isHome();
        readingPaused = isOpen();
    }

    /** Takes packets again; without a pause before it does nothing. Belongs on the home loop. */
    public void resumeReading() {
        assert isHome();
        if (readingPaused) {
            readingPaused = false;
            resumed();
        }
    }

    /**
     * Pauses reading as {@link #pauseReading} does, independently of it and of other holds: the session takes packets again
     * when every hold is released and no pause is left. Belongs on the home loop.
     *
     * @return releases the hold; thread-safe, and a second run does nothing
     */
    public Runnable holdReading() {
        assert isHome();
        if (!isOpen()) {
            return () -> {};
        }
        readingHolds++;
        AtomicBoolean released = new AtomicBoolean();
        return () -> {
            if (released.compareAndSet(false, true)) {
                execute(this::releaseReading);
            }
        };
    }

    private void releaseReading() {
        if (isOpen()) {
            readingHolds--;
            resumed();
        }
    }

    private boolean isReadingPaused() {
        return readingPaused || readingHolds > 0;
    }

    private void resumed() {
        if (isReadingPaused()) {
            return;
        }
        if (heartbeat.resume(now())) {
            wake();
        }
        transport.resumeReading();
    }

    /** Ends the session after what was sent has left. Thread-safe. */
    public void close(CloseReason reason) {
        execute(() -> end(reason, reason != CloseReason.SERVER_SHUTTING_DOWN));
    }

    /**
     * How long the peer may take to fetch its last packets. A client that polls has a poll under way, or sends the next one within a round trip: a
     * server that shuts down does not wait longer for others.
     */
    Duration closeTimeout() {
        Duration longest = config.closeTimeout();
        return ended == CloseReason.SERVER_SHUTTING_DOWN && longest.compareTo(LEAVE_TIMEOUT) > 0
                ? LEAVE_TIMEOUT
                : longest;
    }

    /** Ends the session because the server shuts down, after what was sent has left, if there is any. Thread-safe. */
    void leave() {
        execute(() -> end(CloseReason.SERVER_SHUTTING_DOWN, transport.unsentBytes() > 0));
    }

    /**
     * Lifts {@link EngineConfig#maxUntrustedBytes} for this peer: the application knows who it is. Where memory runs short,
     * peers that are not trusted are closed first. Thread-safe.
     */
    public void trust() {
        trusted = true;
    }

    /** Whether the application knows who the peer is; always, where there is no bound for others. Thread-safe. */
    public boolean isTrusted() {
        return trusted;
    }

    /**
     * Tells that the application holds more bytes that this peer sent, such as events that wait. Belongs on the home loop.
     *
     * @param change how many more; negative for those that it holds no longer, also after the session has ended
     */
    public void holds(long change) {
        assert isHome();
        heldAbove += change;
        transport.reportHeld();
    }

    /** Whether the application may hold so many bytes of a packet that is not complete; counts it if not. */
    public boolean mayHold(int bytes) {
        if (trusted || bytes <= config.maxUntrustedBytes()) {
            return true;
        }
        exceeded(Limit.UNTRUSTED_BYTES);
        return false;
    }

    /** Tells the {@link LimitListener} of the server that this client ran into a limit. Thread-safe. */
    public void exceeded(Limit limit) {
        registry.exceeded(limit);
    }

    // What follows is called by transports, the registry and the HTTP handler, on the home loop.

    EngineConfig config() {
        return config;
    }

    /** How large a message, or the body of a POST, may be now. Any thread. */
    int maxMessageBytes() {
        return trusted ? config.maxPayloadBytes() : config.maxUntrustedBytes();
    }

    /** Counts a message that is too large. Any thread. */
    void tooLarge(long length) {
        exceeded(length > config.maxPayloadBytes() ? Limit.PAYLOAD : Limit.UNTRUSTED_BYTES);
    }

    /** Bytes of the peer came by a transport. */
    void received(Transport from, long bytes) {
        config.traffic().received(from.name(), bytes);
    }

    /** Bytes for the peer went by a transport. */
    void sent(Transport by, long bytes) {
        config.traffic().sent(by.name(), bytes);
    }

    /** What is held above a transport, and counts with what it holds itself. */
    long heldAbove(Transport which) {
        return which == transport ? heldAbove : 0;
    }

    /** Whether a transport is to hand on no more packets for now. */
    boolean isReadingPaused(Transport which) {
        return isReadingPaused() && which == transport;
    }

    /** Takes a packet that a transport received. */
    void receive(Transport from, EnginePacket packet) {
        assert isHome();
        if (upgrade != null && upgrade.candidate() == from) {
            receiveProbe(upgrade, packet);
        } else if (from == transport && isOpen()) {
            try {
                receive(packet);
            } catch (MalformedPacketException e) {
                log.debug("malformed packet sid={} error={}", LogText.sid(id), LogText.of(e.getMessage()));
                if (e.limit() != null) {
                    exceeded(e.limit());
                }
                end(CloseReason.PARSE_ERROR, false);
            } catch (RuntimeException e) { // costs this session, and no other that its transport or loop serves
                log.error("listener failed sid={}", LogText.sid(id), e);
                end(CloseReason.TRANSPORT_ERROR, false);
            }
        }
    }

    private void receive(EnginePacket packet) {
        if (heartbeat.awaitsPong() && !(packet instanceof EnginePacket.Pong)) {
            heartbeat.extend(now());
        }
        if (packet instanceof EnginePacket.Text text) {
            listener.text(text.data());
        } else if (packet instanceof EnginePacket.Binary binary) {
            listener.binary(binary.data());
        } else if (packet instanceof EnginePacket.Pong) {
            restartHeartbeat();
        } else if (packet instanceof EnginePacket.Close) {
            end(CloseReason.TRANSPORT_CLOSE, false);
        } else if (packet instanceof EnginePacket.Ping) {
            log.debug("heartbeat in the wrong direction sid={}", LogText.sid(id));
            end(CloseReason.TRANSPORT_ERROR, false);
        }
    }

    /** A transport can receive nothing more. */
    void broken(Transport which, CloseReason reason) {
        assert isHome();
        if (upgrade != null && upgrade.candidate() == which) {
            dropUpgrade();
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
        heartbeats.remove(heartbeat);
        if (!graceful) {
            dropUpgrade();
        }
        // Until then an upgrade may go on: the client fetches what was sent by the one transport or by the other.
        transport.close(graceful, () -> {
            dropUpgrade();
            registry.remove(this);
        });
        if (isReadingPaused()) { // to see the peer's own close
            readingPaused = false;
            readingHolds = 0;
            transport.resumeReading();
        }
        holds(-headBytes());
        if (listener != null) { // null until it was told of the session
            tellClosed(reason);
        }
    }

    private void tellClosed(CloseReason reason) {
        try {
            listener.closed(reason);
        } catch (RuntimeException e) {
            log.error("listener failed sid={}", LogText.sid(id), e);
        }
    }

    /** Something waits for the peer of a transport. */
    void waits(Transport which) {
        if (which == transport && isOpen() && !backlog.isWatched()) {
            backlog.watch(transport, now());
            wake();
        }
    }

    /** Whether a transport can take the answer to what its peer has sent on the level of the transport. */
    boolean hasRoomForAnswer(Transport which, int length) {
        return which == transport && hasRoomForNeeded(length);
    }

    private void wake() {
        long lookAt = backlog.lookAtNanos();
        boolean looks = backlog.isWatched() && lookAt - heartbeat.atNanos() < 0;
        heartbeats.wake(heartbeat, looks ? lookAt : heartbeat.atNanos());
    }

    private void woken() {
        if (now() - heartbeat.atNanos() >= 0) {
            heartbeatDue();
        }
        if (isOpen() && backlog.isWatched() && now() - backlog.lookAtNanos() >= 0) {
            lookAtBacklog();
        }
        if (isOpen()) {
            wake();
        }
    }

    private void lookAtBacklog() {
        if (backlog.look(transport, now())) {
            heartbeat.extend(now()); // the ping is behind what the peer is taking
        } else if (backlog.isStuck()) {
            exceeded(Limit.SLOW_TIMEOUT);
            end(CloseReason.TOO_SLOW, false);
        }
    }

    private void restartHeartbeat() {
        heartbeat.restart(now());
        wake();
    }

    private void heartbeatDue() {
        if (isReadingPaused()) {
            heartbeat.pingUnread(now());
            transport.send(EnginePacket.PING);
            return;
        }
        if (heartbeat.ping(now())) {
            transport.send(EnginePacket.PING);
        }
        endIfSilent();
        heartbeat.awaitSilence();
    }

    /** Where something waits the ping may be behind it: then a peer that takes of it lives. */
    private void endIfSilent() {
        if (!heartbeat.isSilent(now()) || isReadingPaused()) {
            return;
        }
        if (backlog.isWatched() && backlog.look(transport, now())) {
            heartbeat.extend(now());
        } else {
            end(CloseReason.PING_TIMEOUT, false);
        }
    }

    private long now() {
        return home.ticker().nanoTime();
    }

    // Requests by HTTP: whether one fits is decided here, on the home loop, where the transport cannot change
    // meanwhile.

    void poll(HttpExchange exchange) {
        endIfSilent();
        transport.poll(exchange);
    }

    void beginPost(HttpExchange exchange) {
        endIfSilent();
        transport.beginPost(exchange);
    }

    void post(HttpExchange exchange, Bytes body) {
        transport.post(exchange, body);
    }

    void refusePost(HttpExchange exchange, int status) {
        transport.refusePost(exchange, status);
    }

    void aborted(HttpExchange exchange) {
        transport.aborted(exchange);
    }

    // Upgrade

    /** Whether another transport may be probed. */
    boolean isUpgradable() {
        return isOpen() && upgrade == null && transport.isUpgradable();
    }

    void probe(Transport candidate) {
        assert isUpgradable();
        upgrade = new Upgrade(transport, candidate, schedule(this::dropUpgrade, config.upgradeTimeout()));
    }

    private void receiveProbe(Upgrade probed, EnginePacket packet) {
        if (packet instanceof EnginePacket.Upgrade) {
            upgrade = null;
            probed.end();
            moveTo(probed.candidate());
        } else if (probed.candidate().unsentBytes()
                > config.maxUnsentBytes()) { // it probes and probes, and does not read
            exceeded(Limit.UNSENT_BYTES);
            dropUpgrade();
        } else if (!probed.answer(packet)) {
            dropUpgrade();
        }
    }

    private void moveTo(Transport to) {
        Transport from = transport;
        transport = to;
        backlog.forget(); // until the new transport says that something waits
        for (EnginePacket unsent : from.handOver()) {
            to.send(unsent);
        }
        from.reportHeld();
        to.reportHeld();
        if (!isOpen()) {
            to.close(true, () -> {});
        }
    }

    private void dropUpgrade() {
        Upgrade dropped = upgrade;
        if (dropped != null) {
            upgrade = null;
            dropped.drop();
        }
    }

    @Override
    public String toString() {
        return "EngineSession[" + transport.name() + "]";
    }
}
