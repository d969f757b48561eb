package io.scarfall.engineio;

import io.netty.util.concurrent.EventExecutor;
import io.scarfall.engineio.internal.RandomIds;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The sessions of a server by their id. Thread-safe. */
final class SessionRegistry implements SessionGroup {

    private static final Logger log = LoggerFactory.getLogger(SessionRegistry.class);

    /** A drain ends at least this many sessions in a batch, however much time it has. */
    private static final int SMALLEST_BATCH = 250;

    private static final Duration BETWEEN_BATCHES = Duration.ofMillis(50);

    private final EngineConfig config;
    private final EngineListener listener;
    private final Quota quota;
    private final ConnectRate rate;
    private final RandomIds ids = new RandomIds();
    private final Map<String, Session> sessions = new ConcurrentHashMap<>();
    private final Map<EventExecutor, Heartbeats> heartbeats = new ConcurrentHashMap<>();
    private volatile boolean draining;
    private final CompletableFuture<@Nullable Void> empty = new CompletableFuture<>();

    SessionRegistry(EngineConfig config, EngineListener listener) {
        this.config = config;
        this.listener = listener;
        quota = new Quota(config.connections(), Limit.SESSIONS, Limit.SESSIONS_PER_ADDRESS, this::exceeded);
        rate = new ConnectRate(config.connections(), this::exceeded);
    }

    @Override
    public EngineConfig config() {
        return config;
    }

    /** Whether the address of a client may open a session now by its connect rate. */
    boolean mayConnect(Handshake handshake, long nowNanos) {
        return rate.take(AddressBlock.of(handshake.address()), nowNanos);
    }

    /** Reserves a place for a session; false if none is left. {@link #open} or {@link #giveBack} must follow. */
    boolean reserve(Handshake handshake) {
        return quota.take(AddressBlock.of(handshake.address()));
    }

    void giveBack(Handshake handshake) {
        quota.giveBack(AddressBlock.of(handshake.address()));
    }

    @Override
    public void exceeded(Limit limit) {
        try {
            config.limits().accept(limit);
        } catch (RuntimeException e) { // the reaction to the limit must not depend on the listener
            log.error("limit listener failed limit={}", limit, e);
        }
    }

    /** Reports a request that is refused. */
    void refused(Handshake request, int status, String reason) {
        try {
            config.refusals().refused(request, status, reason);
        } catch (RuntimeException e) { // the client must get its answer in any case
            log.error("refusal listener failed status={}", status, e);
        }
    }

    /** Returns an id for a new session. */
    String nextId() {
        return ids.next();
    }

    /** Opens a session whose home is the given loop, which is the caller's. */
    Session open(String id, EventExecutor home, Handshake handshake, Function<Session, Transport> transports) {
        Heartbeats wheel = heartbeats.computeIfAbsent(
                home, loop -> new Heartbeats(loop, config.pingInterval(), config.pingTimeout()));
        Session session = new Session(id, home, handshake, this, wheel, transports);
        sessions.put(id, session); // first: the client may use the id at once, on any connection
        session.begin(listener);
        return session;
    }

    @Nullable
    Session session(String id) {
        return sessions.get(id);
    }

    @Override
    public void remove(EngineSession session) {
        if (sessions.remove(session.id(), session)) {
            giveBack(session.handshake());
            checkEmpty();
        }
    }

    private void checkEmpty() {
        if (draining && sessions.isEmpty()) {
            empty.complete(null);
        }
    }

    /** Refuses new sessions from now on. */
    void stopOpening() {
        draining = true;
    }

    /**
     * Ends all sessions in batches that are spread over a time. Each session ends after all that was sent to it has
     * left.
     *
     * @param timer runs the batches
     * @return completes with the number of sessions, when nothing is left to send to any of them
     */
    CompletionStage<Integer> drain(Duration spread, ScheduledExecutorService timer) {
        stopOpening();
        List<Session> open = all();
        long batches = Math.max(1, spread.dividedBy(BETWEEN_BATCHES));
        int batch = (int) Math.max(SMALLEST_BATCH, (open.size() + batches - 1) / batches);
        CompletableFuture<Integer> done = new CompletableFuture<>();
        endNext(open, 0, batch, timer, done);
        checkEmpty();
        return done.thenCombine(empty, (count, nothing) -> count);
    }

    private static void endNext(
            List<Session> open, int from, int batch, ScheduledExecutorService timer, CompletableFuture<Integer> done) {
        int to = Math.min(open.size(), from + batch);
        open.subList(from, to).forEach(Session::leave);
        if (to == open.size()) {
            done.complete(to);
        } else {
            Runnable next = () -> endNext(open, to, batch, timer, done);
            var unused = timer.schedule(next, BETWEEN_BATCHES.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    /** Whether the server drains or closes, and refuses new sessions. */
    boolean isDraining() {
        return draining;
    }

    List<Session> all() {
        return List.copyOf(sessions.values());
    }

    int count(String transport) {
        int count = 0;
        for (Session session : sessions.values()) {
            if (session.transport().equals(transport)) {
                count++;
            }
        }
        return count;
    }

    int size() {
        return sessions.size();
    }

    /** How many places are reserved, open sessions included. */
    int reserved() {
        return quota.size();
    }
}
