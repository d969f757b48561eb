package io.scarfall.gateway.internal.session;

import io.scarfall.engineio.internal.FailureLog;
import io.scarfall.engineio.internal.LogText;
import io.scarfall.gateway.Identity;
import io.scarfall.gateway.Metrics;
import io.scarfall.gateway.SessionConfig;
import io.scarfall.gateway.internal.auth.Authenticator;
import io.scarfall.gateway.internal.auth.Expiry;
import io.scarfall.gateway.internal.auth.RevocationList;
import io.scarfall.gateway.internal.node.StoreClock;
import io.scarfall.gateway.internal.node.ThisNode;
import io.scarfall.gateway.internal.notice.FriendNotifier;
import io.scarfall.gateway.internal.reply.Failure;
import io.scarfall.presence.NodeId;
import io.scarfall.presence.Roster;
import io.scarfall.presence.UserSession;
import io.scarfall.presence.internal.Places;
import io.scarfall.presence.internal.PresenceStore;
import io.scarfall.presence.internal.Revocation.Target;
import io.scarfall.presence.internal.Transition;
import io.scarfall.socketio.DisconnectReason;
import io.scarfall.socketio.Socket;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Iterator;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Keeps the store in step with the sessions of this node. Opens, touches and closes sessions there, and repeats writes that
 * failed or may be lost. Thread-safe, except for methods that must run on a home loop.
 *
 * <p>All writes about one session are called on its socket's home loop, and the store keeps the order of the calls. So a
 * close that is called while the open is in progress takes effect after it. A session is opened again when the node lost its
 * lease, or when the store lost data. This never happens after its close, because the home loop knows whether the socket is
 * still there. Failed writes are repeated when the store answers the next beat.
 */
public final class SessionSync {

    private static final Logger log = LoggerFactory.getLogger(SessionSync.class);

    private static final int REWRITTEN_AT_ONCE = 512;

    private static final Failure TOO_MANY_SESSIONS = Failure.of(Authenticator.tooManySessions());

    private static final CompletionStage<@Nullable Object> DONE = CompletableFuture.completedStage(null);

    private final FailureLog rosterFailures = new FailureLog(
            log, Level.ERROR, "roster failed to refresh friends, continuing with the known ones", System::nanoTime);

    private final PresenceStore store;
    private final Roster roster;
    private final ThisNode node;
    private final LiveSessions sessions;
    private final FriendNotifier notifier;
    private final UserHooks hooks;
    private final RevocationList revocations;
    private final SessionPlaces places;
    private final StoreClock storeClock;
    private final Duration tokenWarning;
    private final Clock clock;
    private final LongSupplier nanoTime;
    private final SessionCloser closer;
    private final SessionAudit audit;
    private final long touchIntervalNanos;

    /** Sessions that must be opened in the store again. */
    private final Set<LiveSession> unwritten = ConcurrentHashMap.newKeySet();

    private final AtomicInteger rewriting = new AtomicInteger();

    /**
     * @param revocations the revocations that this node knows
     * @param tokenWarning how long before its token expires a client gets a warning
     * @param nanoTime as {@link System#nanoTime}
     * @param later runs a task after a while, which limits the pace of audits
     */
    public SessionSync(
            PresenceStore store,
            Roster roster,
            ThisNode node,
            LiveSessions sessions,
            FriendNotifier notifier,
            UserHooks hooks,
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
        this.sessions = sessions;
        this.notifier = notifier;
        this.hooks = hooks;
        this.revocations = revocations;
        this.places = places;
        this.storeClock = storeClock;
        this.tokenWarning = tokenWarning;
        this.clock = clock;
        this.nanoTime = nanoTime;
        touchIntervalNanos = config.touchInterval().toNanos();
        closer = new SessionCloser(store, sessions, notifier, hooks, storeClock, config, nanoTime);
        audit = new SessionAudit(store, node, sessions, new Repairs(), config, metrics, clock, nanoTime, later);
    }

    // State.

    /** The number of sessions that must be opened in the store again. */
    public int unwrittenCount() {
        return unwritten.size();
    }

    /** Whether the store knows all sessions of this node, as far as its answers say. */
    public boolean hasWrittenAll() {
        return unwritten.isEmpty() && rewriting.get() == 0;
    }

    /** The number of ended sessions whose close must be retried. */
    public int unclosedCount() {
        return closer.unclosedCount();
    }

    // Opening.

    /**
     * Makes an admitted socket the session of a user. From now on it gets what is sent to the user, and the write to the
     * store starts at once. So a sender that sees the user online reaches the socket. Call it on the home loop.
     *
     * @param shownMillis when the token was shown, by the store's clock
     * @param hasPlace whether the session has its place already, if places are bounded
     * @return completes on any thread when the store knows the session, or the write has failed; never fails. By then the
     *     session may have ended, or must end, see {@link LiveSession#ending} and {@link LiveSession#refusal}
     */
    public CompletionStage<LiveSession> open(Socket socket, Identity identity, long shownMillis, boolean hasPlace) {
        assert socket.isHome();
        Expiry expiry = new Expiry(socket, clock, tokenWarning, socket::disconnectSession);
        LiveSession session = new LiveSession(socket, identity, shownMillis, now(), nanoTime.getAsLong(), expiry);
        if (hasPlace) {
            session.placed();
        }
        sessions.add(session);
        endIfRevoked(session);
        refreshRoster(identity.userId());
        return write(session, !hasPlace).handle((done, error) -> session);
    }

    /** Ends the session if its token was revoked after it was verified. */
    private void endIfRevoked(LiveSession session) {
        if (revocations.refuses(session.identity(), session.shownMillis())) {
            session.end(LiveSessions.REVOKED);
        }
    }

    /** Milliseconds, as in the store, so that the same object serves both. */
    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }

    private void refreshRoster(String userId) {
        try {
            roster.refresh(userId).whenComplete((done, error) -> {
                if (error != null) {
                    log.debug("could not refresh friends user={} error={}", LogText.of(userId), LogText.of(error));
                }
            });
        } catch (RuntimeException e) { // the roster may be code of the embedder
            rosterFailures.failed("user=" + LogText.of(userId), e);
        }
    }

    /**
     * Replaces the token of a session by a later one of the same user. Call it on the home loop.
     *
     * @param shownMillis when the token was shown, by the store's clock
     */
    public void renew(LiveSession session, Identity later, long shownMillis) {
        session.renew(later, shownMillis);
        endIfRevoked(session);
    }

    /**
     * Writes a session to the store, whether the store knows it or not. Call it on the home loop.
     *
     * @param claims whether the session needs a place
     */
    private CompletionStage<?> write(LiveSession session, boolean claims) {
        NodeId self = node.id();
        if (self == null) {
            unwritten.add(session);
            session.answered();
            return CompletableFuture.failedFuture(new IllegalStateException("the node has not joined"));
        }
        if (!claims || !places.areBounded()) {
            return open(session, self);
        } else if (session.hasPlace()) { // opens it first: its place is no longer reserved
            return open(session, self).thenCompose(opened -> claimPlace(session, self));
        } else if (places.refuseNew()) {
            return claimPlace(session, self)
                    .handle((claim, error) -> error != null || claim.granted())
                    .thenCompose(goesOn -> goesOn ? openPlaced(session, self) : DONE);
        }
        return open(session, self).thenCombine(claimPlace(session, self), (opened, claim) -> claim);
    }

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
        long began = SessionCloser.writeBegins(storeClock);
        return store.open(session.store(self, nanoTime.getAsLong())).whenComplete((transition, error) -> {
            session.answered();
            if (error == null) {
                session.opened(transition.kind());
                SessionCloser.charge(session.limits(), transition);
                notifier.notify(transition, session.takeUnacknowledgedSince());
            } else {
                session.unacknowledged(began);
                log.debug(
                        "could not open a session in the store, retrying session={} error={}",
                        session.socket().id(),
                        LogText.of(error));
                reopen(session);
            }
        });
    }

    private CompletionStage<Places.Claim> claimPlace(LiveSession session, NodeId self) {
        UserSession record = session.record(self);
        return places.claim(record, session.hasPlace()).whenComplete((claim, error) -> {
            if (error != null) {
                log.debug(
                        "could not claim a place, retrying session={} error={}", record.sessionId(), LogText.of(error));
                reopen(session);
            } else if (claim.granted()) {
                session.placed();
                claim.displaced().forEach(placed -> displace(record.userId(), placed));
            } else {
                session.refuse(session.hasPlace() ? SessionPlaces.replaced() : TOO_MANY_SESSIONS);
            }
        });
    }

    private void displace(String userId, Places.Placed placed) {
        Target session = Target.session(userId, placed.sessionId());
        if (node.is(placed.node())) {
            var unused = sessions.displace(session);
        } else {
            places.displace(placed.node(), session);
        }
    }

    /** Whether events of a session must wait until {@link #announced} has completed. */
    public boolean hasListeners() {
        return !hooks.isEmpty();
    }

    /**
     * The client of an open session knows that it is connected. Call it on the home loop.
     *
     * @return completes on any thread when the application's listeners have returned; never fails
     */
    public CompletionStage<?> announced(LiveSession session) {
        return hooks.connected(session);
    }

    // Touching.

    /** The user was active. Call it on the home loop. */
    public void touch(LiveSession session) {
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
                log.debug(
                        "could not write the activity of a session session={} error={}",
                        stored.sessionId(),
                        LogText.of(error));
            } else if (!known) {
                reopen(session);
            }
        });
        refreshRoster(stored.userId());
    }

    // Closing.

    /** The socket is about to leave, and is still in its rooms. Call it on the home loop. */
    public void leaving(Socket socket, DisconnectReason reason) {
        LiveSession session = LiveSessions.of(socket);
        if (session != null) {
            hooks.disconnecting(session, reason);
        }
    }

    /** The socket has left. Call it on the home loop. */
    public void close(Socket socket, DisconnectReason reason) {
        LiveSession session = LiveSessions.of(socket);
        if (session != null) {
            closer.close(session, reason);
            unwritten.remove(session);
        }
    }

    /** As {@link SessionCloser#migrate}. */
    public void migrate(Duration grace) {
        closer.migrate(grace);
    }

    /** As {@link SessionCloser#drain}. */
    public CompletionStage<@Nullable Void> drain() {
        return closer.drain();
    }

    // Writing again.

    /**
     * Opens a session again and makes the next beat due at once. Call it when the store does not list the session's user as
     * online.
     */
    public void repair(LiveSession session) {
        reopen(session);
        node.beatSoon();
    }

    /** Makes the next {@link #writeAgain} open a session again, if it is still there. */
    private void reopen(LiveSession session) {
        unwritten.add(session);
        if (!sessions.contains(session.socket().id())) {
            unwritten.remove(session);
        }
    }

    /** Opens all sessions again. Call it when the node has a new epoch, or when the store may have lost data. */
    public void reopenAll() {
        unwritten.addAll(sessions.all());
        writeAgain();
    }

    /** Repeats failed writes, a bounded number at a time. Call it when the store has answered. */
    public void writeAgain() {
        audit.runIfDoubted();
        closer.closeAgain();
        int left = unwritten.size(); // a session whose write fails is added again, and waits for the next call
        Iterator<LiveSession> next = unwritten.iterator();
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
            Failure refusal = session.refusal();
            if (refusal != null) {
                session.socket().execute(() -> session.end(refusal));
            }
            if (rewriting.decrementAndGet() < REWRITTEN_AT_ONCE / 2 && error == null && !unwritten.isEmpty()) {
                writeAgain();
            }
        });
    }

    // Comparing.

    /** Compares the sessions of this node with those that the store lists for it, and repairs differences. */
    public void cleanUp() {
        audit.run();
    }

    /** As {@link #cleanUp}, after the store may have lost writes: closes stored sessions without a socket, idle or not. */
    public void cleanUpInDoubt() {
        audit.runInDoubt();
    }

    /** The repairs that an audit may make. */
    private final class Repairs implements SessionAudit.Repairs {

        @Override
        public Set<String> leaving() {
            return closer.leaving();
        }

        @Override
        public void reopen(LiveSession session) {
            SessionSync.this.reopen(session);
        }

        @Override
        public void closeWithoutSocket(UserSession stored) {
            closer.closeWithoutSocket(stored);
        }

        @Override
        public void writeAgain() {
            SessionSync.this.writeAgain();
        }
    }
}
