package io.scarfall.gateway.internal.user;

import io.scarfall.engineio.internal.LogText;
import io.scarfall.gateway.Identity;
import io.scarfall.gateway.Metrics;
import io.scarfall.gateway.SessionConfig;
import io.scarfall.gateway.TokenRefusedException;
import io.scarfall.gateway.internal.auth.Authenticator;
import io.scarfall.gateway.internal.auth.Expiry;
import io.scarfall.gateway.internal.auth.RevocationList;
import io.scarfall.gateway.internal.control.LocalSessions;
import io.scarfall.gateway.internal.control.SessionPlaces;
import io.scarfall.gateway.internal.delivery.LocalUsers;
import io.scarfall.gateway.internal.limit.SessionLimits;
import io.scarfall.gateway.internal.node.StoreClock;
import io.scarfall.gateway.internal.node.ThisNode;
import io.scarfall.presence.NodeId;
import io.scarfall.presence.Page;
import io.scarfall.presence.Roster;
import io.scarfall.presence.UserSession;
import io.scarfall.presence.internal.FencedException;
import io.scarfall.presence.internal.Places;
import io.scarfall.presence.internal.PresenceStore;
import io.scarfall.presence.internal.Revocation;
import io.scarfall.presence.internal.Revocation.Target;
import io.scarfall.presence.internal.Transition;
import io.scarfall.socketio.Attribute;
import io.scarfall.socketio.DisconnectReason;
import io.scarfall.socketio.Socket;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The authenticated sockets of this node, and the presence that follows from them: opens, touches and closes their sessions
 * in the store. Thread-safe, but for what says that it belongs on a home loop.
 *
 * <p>All writes about one session are called on its socket's home loop, and the store keeps the order of the calls. So a
 * close that is called while the open is still on its way takes effect behind it, and a session that is opened again
 * (because the node lost its lease, or the store its data) is not opened after its close: on the home loop it is known
 * whether the socket is still there. What the store did not take is written again when it answers the next beat.
 */
public final class LiveSessions implements LocalSessions {

    private static final Logger log = LoggerFactory.getLogger(LiveSessions.class);

    private static final Attribute<LiveSession> SESSION = Attribute.named("session");

    private static final int REWRITTEN_AT_ONCE = 512;
    private static final int PAGE = 1_000;

    private static final long UNDER_WAY_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final PresenceStore store;
    private final Roster roster;
    private final ThisNode node;
    private final LocalUsers users;
    private final PresenceNotifier notifier;
    private final RevocationList revocations;
    private final SessionPlaces places;
    private final StoreClock storeClock;
    private final SessionConfig config;
    private final Duration tokenWarning;
    private final Clock clock;
    private final LongSupplier nanoTime;
    private final Executor later;
    private final long touchIntervalNanos;
    private final Metrics.Counter foundIdle;
    private final Metrics.Counter foundWithoutSocket;
    private final Metrics.Counter foundLost;

    private final Map<String, LiveSession> sessions = new ConcurrentHashMap<>();

    /** Those that the store is to be told of again. */
    private final Set<LiveSession> unsettled = ConcurrentHashMap.newKeySet();

    /** Those whose close the store did not take. */
    private final Map<String, Unclosed> unclosed = new ConcurrentHashMap<>();

    /** No write is unheard of. */
    static final long HEARD = Long.MAX_VALUE;

    /** A session that the store was asked to close, and since when, in its own clock, it may have done so without being heard. */
    private record Unclosed(LostSession lost, long unheardSince) {}

    /**
     * A session whose socket has left.
     *
     * @param grace how long the user stays online, from when it left; null for that of the store
     * @param leftNanos as {@link System#nanoTime}
     */
    private record LostSession(
            UserSession stored,
            @Nullable SessionLimits limits,
            @Nullable Duration grace,
            long leftNanos) {

        String id() {
            return stored.sessionId();
        }

        /** What is left of the grace. */
        @Nullable
        Duration graceAt(long nanos) {
            if (grace == null) {
                return null;
            }
            Duration left = grace.minusNanos(nanos - leftNanos);
            return left.isNegative() ? Duration.ZERO : left;
        }
    }

    /** The ids of those that were closed here, and of which the store has not taken that yet. */
    private final Set<String> leaving = ConcurrentHashMap.newKeySet();

    private final AtomicInteger rewriting = new AtomicInteger();
    private final AtomicInteger closing = new AtomicInteger();
    private final AtomicBoolean auditing = new AtomicBoolean();

    /** Whether the store may have lost writes since the last audit that went through. */
    private final AtomicBoolean doubted = new AtomicBoolean();

    private final CompletableFuture<@Nullable Void> drained = new CompletableFuture<>();
    private volatile boolean draining;

    /** How long users stay online whose sockets are sent to other nodes; null while none are. */
    private volatile @Nullable Duration migration;

    /**
     * @param revocations what has been revoked, as far as this node knows
     * @param tokenWarning how long before the end of its token a client is told
     * @param nanoTime as {@link System#nanoTime}
     * @param later runs a task after a while, so that audits go at a pace
     */
    public LiveSessions(
            PresenceStore store,
            Roster roster,
            ThisNode node,
            LocalUsers users,
            PresenceNotifier notifier,
            RevocationList revocations,
            SessionPlaces places,
            StoreClock storeClock,
            SessionConfig config,
            Duration tokenWarning,
            Metrics metrics,
            Clock clock,
            LongSupplier nanoTime,
            Executor later) {
        this.store = store;
        this.roster = roster;
        this.node = node;
        this.users = users;
        this.notifier = notifier;
        this.revocations = revocations;
        this.places = places;
        this.storeClock = storeClock;
        this.config = config;
        this.tokenWarning = tokenWarning;
        this.clock = clock;
        this.nanoTime = nanoTime;
        this.later = later;
        foundIdle = metrics.counter("scarfall.cleanup", "found", "idle");
        foundWithoutSocket = metrics.counter("scarfall.cleanup", "found", "socketless");
        foundLost = metrics.counter("scarfall.cleanup", "found", "lost");
        touchIntervalNanos = config.touchInterval().toNanos();
    }

    /** The session of a socket; null if it is not authenticated. Belongs on the home loop. */
    public static @Nullable LiveSession of(Socket socket) {
        return socket.get(SESSION);
    }

    /** How many sessions there are on this node. */
    public int size() {
        return sessions.size();
    }

    /** How many sessions the store is to be told of again. */
    public int unsettledCount() {
        return unsettled.size();
    }

    /** Whether the store knows all sessions of this node. */
    public boolean isSettled() {
        return unsettled.isEmpty() && rewriting.get() == 0;
    }

    /** How many sessions have ended, and the store did not take that yet. */
    public int unclosedCount() {
        return unclosed.size();
    }

    /**
     * Makes a socket that was admitted that of a user: from now on it gets what is sent to the user, and from the same moment
     * on the store is told, so that a sender who sees the user online reaches the socket. Belongs on the home loop.
     *
     * @return completes when the store knows the session or has failed to take it, on any thread; never fails. By then the
     *     session may have ended, or has to, see {@link LiveSession#ending} and {@link LiveSession#refusal}
     */
    CompletionStage<LiveSession> open(Socket socket, Admission.Grant grant) {
        assert socket.isHome();
        Identity identity = grant.identity();
        Expiry expiry = new Expiry(socket, clock, tokenWarning, socket::disconnectSession);
        LiveSession session =
                new LiveSession(socket, identity, grant.shownMillis(), now(), nanoTime.getAsLong(), expiry);
        if (grant.isPlaced()) {
            session.placed();
        }
        socket.set(SESSION, session);
        sessions.put(socket.id(), session);
        users.add(identity.userId(), socket);
        endIfRevoked(session);
        refreshRoster(identity.userId());
        return write(session, !grant.isPlaced()).handle((done, error) -> session);
    }

    /** It may have been revoked since it was verified. */
    private void endIfRevoked(LiveSession session) {
        if (revocations.refuses(session.identity(), session.shownMillis())) {
            session.end(TokenRefusedException.revoked());
        }
    }

    /** As the store keeps times, so that each is one object here and there. */
    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }

    private void refreshRoster(String userId) {
        try {
            roster.refresh(userId).whenComplete((done, error) -> {
                if (error != null) {
                    log.debug("roster not refreshed user={} error={}", LogText.of(userId), LogText.of(error));
                }
            });
        } catch (RuntimeException e) { // a roster may be the embedder's
            log.error("roster failed user={}", LogText.of(userId), e);
        }
    }

    /** Goes on with a later proof of the same identity. Belongs on the home loop. */
    void renew(LiveSession session, Admission.Grant later) {
        session.renew(later.identity(), later.shownMillis());
        endIfRevoked(session);
    }

    /**
     * From now on sockets are sent to other nodes: a user whose last socket does not say goodbye but breaks, or is closed by
     * this node, stays online for a while. Who is not back by then goes offline, which any node of the cluster tells.
     */
    public void migrate(Duration grace) {
        migration = grace;
    }

    /** The socket has left. Belongs on the home loop. */
    void close(Socket socket, DisconnectReason reason) {
        LiveSession session = of(socket);
        if (session == null) {
            return;
        }
        closing.incrementAndGet(); // before the session is gone, or a drain would end too early
        leaving.add(socket.id()); // and an audit would find it without a socket
        session.close();
        sessions.remove(socket.id());
        unsettled.remove(session);
        users.remove(session.userId(), socket);
        UserSession stored = session.stored();
        if (stored == null) {
            leaving.remove(socket.id());
            closed();
        } else {
            close(new LostSession(stored, SessionLimits.of(socket), grace(reason), nanoTime.getAsLong()), HEARD);
        }
    }

    /**
     * How long a user stays online whose last socket left; null for as long as the store says. A client whose connection
     * was lost is often back at once; one that said goodbye, or that the server sent away, is not awaited.
     */
    private @Nullable Duration grace(DisconnectReason reason) {
        Duration migrating = migration;
        return switch (reason) {
            case CLIENT_NAMESPACE_DISCONNECT -> null;
            case TRANSPORT_CLOSE, TRANSPORT_ERROR, PING_TIMEOUT ->
                migrating == null || migrating.compareTo(config.offlineGrace()) < 0 ? config.offlineGrace() : migrating;
            default -> migrating;
        };
    }

    private void closeAgain(LostSession lost, long unheardSince) {
        closing.incrementAndGet();
        close(lost, unheardSince);
    }

    /** The store's time, which this node may see a millisecond ahead, as both clocks that it is made of are cut to those. */
    private long writeBegins() {
        return storeClock.millis() - 1;
    }

    /**
     * @param unheardSince since when the store may have closed it without being heard, in its own clock; {@link #HEARD} if
     *     this is the first try
     */
    private void close(LostSession lost, long unheardSince) {
        UserSession stored = lost.stored();
        long began = Math.min(unheardSince, writeBegins());
        Duration grace = lost.graceAt(nanoTime.getAsLong());
        CompletionStage<Transition> taken = grace == null ? store.close(stored) : store.close(stored, grace);
        taken.whenComplete((transition, error) -> {
            if (error == null) {
                leaving.remove(stored.sessionId());
                charge(lost.limits(), transition);
                notifier.notify(transition, unheardSince);
            } else if (isFenced(error)) { // what is fenced will be reaped
                leaving.remove(stored.sessionId());
            } else {
                unclosed.put(stored.sessionId(), new Unclosed(lost, began));
                log.debug("session not closed session={} error={}", stored.sessionId(), LogText.of(error));
            }
            closed();
        });
    }

    private static void charge(@Nullable SessionLimits limits, Transition transition) {
        if (limits != null && transition.changed()) {
            limits.chargeChange(transition.userId(), transition.watchers().total());
        }
    }

    private void closed() {
        closing.decrementAndGet();
        checkDrained();
    }

    private static boolean isFenced(Throwable error) {
        return error instanceof FencedException
                || (error instanceof CompletionException && error.getCause() instanceof FencedException);
    }

    /**
     * Tells the store of a session, whether it knows it or not. Belongs on the home loop.
     *
     * @param claims whether the session needs a place
     */
    private CompletionStage<?> write(LiveSession session, boolean claims) {
        NodeId self = node.id();
        if (self == null) {
            unsettled.add(session);
            session.answered();
            return CompletableFuture.failedFuture(new IllegalStateException("the node has not joined"));
        }
        if (!claims || !places.areBounded()) {
            return open(session, self);
        } else if (session.hasPlace()) { // first it must be open again: its place is no longer kept for it
            return open(session, self).thenCompose(opened -> claimPlace(session, self));
        } else if (places.refuseNew()) {
            return claimPlace(session, self)
                    .handle((claim, error) -> error != null || claim.granted())
                    .thenCompose(goesOn -> goesOn ? openPlaced(session, self) : DONE);
        }
        return open(session, self).thenCombine(claimPlace(session, self), (opened, claim) -> claim);
    }

    private static final CompletionStage<@Nullable Object> DONE = CompletableFuture.completedStage(null);

    private CompletionStage<@Nullable Object> openPlaced(LiveSession session, NodeId self) {
        CompletableFuture<@Nullable Object> done = new CompletableFuture<>();
        session.socket().execute(() -> {
            if (session.isOpen()) {
                open(session, self).whenComplete((opened, error) -> done.complete(opened));
            } else {
                places.release(session.record(self));
                done.complete(null);
            }
        });
        return done;
    }

    private CompletionStage<Transition> open(LiveSession session, NodeId self) {
        long began = writeBegins();
        return store.open(session.store(self, nanoTime.getAsLong())).whenComplete((transition, error) -> {
            session.answered();
            if (error == null) {
                charge(session.limits(), transition);
                notifier.notify(transition, session.heard());
            } else {
                session.unheard(began);
                log.debug(
                        "session not opened session={} error={}",
                        session.socket().id(),
                        LogText.of(error));
                retryLater(session);
            }
        });
    }

    private CompletionStage<Places.Claim> claimPlace(LiveSession session, NodeId self) {
        UserSession record = session.record(self);
        return places.claim(record, session.hasPlace()).whenComplete((claim, error) -> {
            if (error != null) {
                log.debug("no place claimed session={} error={}", record.sessionId(), LogText.of(error));
                retryLater(session);
            } else if (claim.granted()) {
                session.placed();
                claim.displaced().forEach(placed -> displace(record.userId(), placed));
            } else {
                session.refuse(session.hasPlace() ? SessionPlaces.replaced() : Authenticator.tooManySessions());
            }
        });
    }

    private void displace(String userId, Places.Placed placed) {
        Target session = Target.session(userId, placed.sessionId());
        if (places.isHere(placed.node())) {
            var unused = displace(session);
        } else {
            places.displace(placed.node(), session);
        }
    }

    // What is ended from afar.

    private @Nullable LiveSession find(Target session) {
        LiveSession found = session.sessionId() == null ? null : sessions.get(session.sessionId());
        return found != null && found.userId().equals(session.id()) ? found : null;
    }

    @Override
    public @Nullable Identity identity(Target session) {
        LiveSession found = find(session);
        return found == null ? null : found.identity();
    }

    @Override
    public CompletionStage<Integer> end(Collection<Revocation> revoked) {
        Set<Socket> concerned = new HashSet<>();
        Set<String> tokens = new HashSet<>();
        for (Revocation one : revoked) {
            if (one.target().kind() == Revocation.Kind.USER) {
                concerned.addAll(users.of(one.target().id()));
            } else {
                tokens.add(one.target().id());
            }
        }
        if (!tokens.isEmpty()) { // seldom, so no index of tokens is kept for it
            for (LiveSession session : sessions.values()) {
                if (tokens.contains(session.identity().tokenId())) {
                    concerned.add(session.socket());
                }
            }
        }
        AtomicInteger ended = new AtomicInteger();
        return Socket.forEachAtHome(concerned, socket -> {
                    LiveSession session = of(socket);
                    if (session != null
                            && revoked.stream()
                                    .anyMatch(
                                            one -> RevocationList.ends(one, session.identity(), session.shownMillis()))
                            && session.end(TokenRefusedException.revoked())) {
                        ended.incrementAndGet();
                    }
                })
                .thenApply(done -> ended.get());
    }

    @Override
    public CompletionStage<Boolean> end(Target session) {
        return end(session, TokenRefusedException.revoked());
    }

    @Override
    public CompletionStage<Boolean> displace(Target session) {
        return end(session, SessionPlaces.replaced());
    }

    private CompletionStage<Boolean> end(Target target, TokenRefusedException why) {
        LiveSession session = find(target);
        CompletableFuture<Boolean> open = new CompletableFuture<>();
        if (session == null) {
            open.complete(false);
        } else {
            session.socket().execute(() -> open.complete(session.end(why)));
        }
        return open;
    }

    /** The store does not know that the user of a session is online: it is told again, and asked what it knows. */
    void doubt(LiveSession session) {
        retryLater(session);
        node.doubt();
    }

    /** Whether the store may take users for offline who are connected to another node. */
    boolean isBlind() {
        return node.storeDoubt().isBlind();
    }

    private void retryLater(LiveSession session) {
        unsettled.add(session);
        if (!sessions.containsKey(session.socket().id())) {
            unsettled.remove(session);
        }
    }

    /** Notes that a user did something. Belongs on the home loop. */
    void active(LiveSession session) {
        long now = nanoTime.getAsLong();
        if (now - session.touchedNanos() < touchIntervalNanos) {
            return;
        }
        session.touched(now(), now);
        UserSession stored = session.stored();
        if (stored == null) {
            return;
        }
        store.touch(stored).whenComplete((known, error) -> {
            if (error != null) {
                log.debug("session not touched session={} error={}", stored.sessionId(), LogText.of(error));
            } else if (!known) {
                retryLater(session);
            }
        });
        refreshRoster(stored.userId());
    }

    // Repairs.

    /** Opens all sessions anew: the node lives under a new epoch. */
    public void reopenAll() {
        unsettled.addAll(sessions.values());
        settle();
    }

    /** Writes what the store did not take before, some at a time; to be called when the store has answered. */
    public void settle() {
        if (doubted.get()) {
            cleanUp();
        }
        for (Unclosed one : List.copyOf(unclosed.values())) {
            if (unclosed.remove(one.lost().id(), one)) {
                closeAgain(one.lost(), one.unheardSince());
            }
        }
        int left = unsettled.size(); // those that fail come back, and wait for the next call
        Iterator<LiveSession> next = unsettled.iterator();
        while (left-- > 0 && next.hasNext() && rewriting.get() < REWRITTEN_AT_ONCE) {
            LiveSession session = next.next();
            next.remove();
            rewriting.incrementAndGet();
            session.socket().execute(() -> rewrite(session));
        }
    }

    private void rewrite(LiveSession session) {
        if (!session.isOpen()) {
            rewriting.decrementAndGet();
            return;
        }
        write(session, true).whenComplete((done, error) -> {
            TokenRefusedException refusal = session.refusal();
            if (refusal != null) {
                session.socket().execute(() -> session.end(refusal));
            }
            if (rewriting.decrementAndGet() < REWRITTEN_AT_ONCE / 2 && error == null && !unsettled.isEmpty()) {
                settle();
            }
        });
    }

    /**
     * Compares the sockets of this node with what the store has of it, both ways. What the store lacks is opened again; what
     * has no socket, and has been idle for long, is closed.
     */
    public void cleanUp() {
        NodeId self = node.id();
        if (self != null && auditing.compareAndSet(false, true)) {
            new Audit(self, doubted.getAndSet(false)).next(null);
        }
    }

    /** The same at once, since the store may have lost what it was told: what has no socket is closed, idle or not. */
    public void audit() {
        doubted.set(true);
        cleanUp();
    }

    /** One walk through the store's sessions of this node. */
    private final class Audit {

        private final NodeId self;
        private final boolean doubt;
        private final Set<String> known = new HashSet<>();
        private final List<LiveSession> before = List.copyOf(sessions.values());
        private final Set<String> mine = new HashSet<>(leaving);
        private final long beganNanos = nanoTime.getAsLong();
        private final Instant idleSince = clock.instant().minus(config.idleTimeout());
        private int idle;
        private int socketless;
        private int lost;
        private boolean complete = true;

        Audit(NodeId self, boolean doubt) {
            this.self = self;
            this.doubt = doubt;
            before.forEach(session -> mine.add(session.socket().id())); // of which some leave meanwhile
        }

        void next(@Nullable String cursor) {
            store.sessionsOf(self, cursor, PAGE).whenComplete((page, error) -> {
                if (error != null) {
                    log.warn("clean-up failed error={}", LogText.of(error));
                    doubted.compareAndSet(false, doubt);
                    auditing.set(false);
                    return;
                }
                look(page);
            });
        }

        private void look(Page<UserSession> page) {
            complete &= page.complete();
            for (UserSession session : page.items()) {
                known.add(session.sessionId());
                if (!mine.contains(session.sessionId()) && !sessions.containsKey(session.sessionId())) {
                    lookAtSocketless(session);
                }
            }
            String cursor = page.nextCursor();
            if (cursor != null) {
                later.execute(() -> next(cursor));
            } else {
                openUnknown();
                auditing.set(false);
            }
        }

        private void lookAtSocketless(UserSession session) {
            if (session.lastActivity().isBefore(idleSince)) {
                idle++;
            } else if (doubt) {
                socketless++;
            } else {
                return;
            }
            closeAgain(new LostSession(session, null, null, nanoTime.getAsLong()), HEARD);
        }

        private void openUnknown() {
            long now = nanoTime.getAsLong();
            long oldNanos = config.sessionExpiry().dividedBy(2).toNanos();
            for (LiveSession session : before) {
                if (!sessions.containsKey(session.socket().id())) {
                    continue; // it has left meanwhile
                }
                boolean unknown = !known.contains(session.socket().id());
                if (unknown || now - session.storedNanos() >= oldNanos) {
                    retryLater(session);
                }
                if (unknown && complete && beganNanos - session.storedNanos() > UNDER_WAY_NANOS) {
                    lost++; // else its opening may have been on its way
                }
            }
            if (!complete) {
                doubted.compareAndSet(false, doubt); // what is away is looked at when it is back
            }
            settle();
            report();
        }

        private void report() {
            foundIdle.add(idle);
            foundWithoutSocket.add(socketless);
            foundLost.add(lost);
            if (idle + socketless + lost > 0) {
                log.info("clean-up repaired sessions idle={} socketless={} lost={}", idle, socketless, lost);
            }
        }
    }

    /** Completes when all sockets have left and the store has answered to that. To be called when they are being closed. */
    public CompletionStage<@Nullable Void> drain() {
        draining = true;
        checkDrained();
        return drained;
    }

    private void checkDrained() {
        if (draining && sessions.isEmpty() && closing.get() == 0) {
            drained.complete(null);
        }
    }
}
