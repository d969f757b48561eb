package io.scarfall.gateway.internal.session;

import io.scarfall.engineio.internal.Causes;
import io.scarfall.engineio.internal.LogText;
import io.scarfall.gateway.SessionConfig;
import io.scarfall.gateway.internal.limit.SessionLimits;
import io.scarfall.gateway.internal.node.StoreClock;
import io.scarfall.gateway.internal.notice.FriendNotifier;
import io.scarfall.presence.UserSession;
import io.scarfall.presence.internal.FencedException;
import io.scarfall.presence.internal.PresenceStore;
import io.scarfall.presence.internal.Transition;
import io.scarfall.socketio.DisconnectReason;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes ended sessions in the store, and retries if the store did not apply a close. Thread-safe, except for methods that
 * must run on a home loop.
 */
final class SessionCloser {

    private static final Logger log = LoggerFactory.getLogger(SessionCloser.class);

    private final PresenceStore store;
    private final LiveSessions sessions;
    private final FriendNotifier notifier;
    private final UserHooks hooks;
    private final StoreClock storeClock;
    private final SessionConfig config;
    private final LongSupplier nanoTime;

    /** The ids of sessions that have ended here, while the store has not confirmed their close. */
    private final Set<String> leaving = ConcurrentHashMap.newKeySet();

    /** Ended sessions whose close failed. */
    private final Map<String, Unclosed> unclosed = new ConcurrentHashMap<>();

    /** The number of closes without an answer. */
    private final AtomicInteger closing = new AtomicInteger();

    private final CompletableFuture<@Nullable Void> drained = new CompletableFuture<>();
    private volatile boolean draining;

    /** How long users stay online whose sockets this node moves to other nodes; null while it moves none. */
    private volatile @Nullable Duration migration;

    /**
     * An ended session whose close must be retried.
     *
     * @param unacknowledgedSince since when, by the store's clock, the store may have applied a close whose answer was lost
     */
    private record Unclosed(EndedSession ended, long unacknowledgedSince) {}

    /**
     * A session whose socket has left.
     *
     * @param grace how long the user stays online, counted from when the socket left; null for the store's grace
     * @param leftNanos as {@link System#nanoTime}
     */
    private record EndedSession(
            UserSession stored,
            @Nullable SessionLimits limits,
            @Nullable Duration grace,
            long leftNanos) {

        String id() {
            return stored.sessionId();
        }

        /** The rest of the grace. */
        @Nullable
        Duration graceAt(long nanos) {
            if (grace == null) {
                return null;
            }
            Duration left = grace.minusNanos(nanos - leftNanos);
            return left.isNegative() ? Duration.ZERO : left;
        }
    }

    SessionCloser(
            PresenceStore store,
            LiveSessions sessions,
            FriendNotifier notifier,
            UserHooks hooks,
            StoreClock storeClock,
            SessionConfig config,
            LongSupplier nanoTime) {
        this.store = store;
        this.sessions = sessions;
        this.notifier = notifier;
        this.hooks = hooks;
        this.storeClock = storeClock;
        this.config = config;
        this.nanoTime = nanoTime;
    }

    /** The number of ended sessions whose close must be retried. */
    int unclosedCount() {
        return unclosed.size();
    }

    /** The ids of sessions that have ended here, while the store has not confirmed their close. */
    Set<String> leaving() {
        return leaving;
    }

    /**
     * From now on this node moves sockets to other nodes. If a user's last socket breaks, or this node closes it, the user
     * stays online for the grace. There is none after the client's own {@code disconnect}. A user who does not reconnect in
     * time goes offline, and any node of the cluster notifies the user's friends.
     */
    void migrate(Duration grace) {
        migration = grace;
    }

    /** The socket of a session has left. Call it on the home loop. */
    void close(LiveSession session, DisconnectReason reason) {
        String id = session.socket().id();
        closing.incrementAndGet(); // before the session is removed: otherwise a drain could end too early
        leaving.add(id); // before as well: otherwise an audit could find it without a socket
        session.close();
        sessions.remove(session);
        UserSession stored = session.stored();
        if (stored == null) {
            leaving.remove(id);
            ended(session, reason, null);
        } else {
            EndedSession ended = new EndedSession(stored, session.limits(), grace(reason), nanoTime.getAsLong());
            close(ended, FriendNotifier.ALL_ACKNOWLEDGED)
                    .whenComplete(
                            (transition, error) -> ended(session, reason, error == null ? transition.kind() : null));
        }
    }

    /** Only then does a drain end: the application's listeners need what the gateway closes next. */
    private void ended(LiveSession session, DisconnectReason reason, Transition.@Nullable Kind kind) {
        if (hooks.isEmpty()) {
            closed();
        } else {
            hooks.disconnected(session, reason, kind).whenComplete((called, never) -> closed());
        }
    }

    /**
     * How long a user stays online after the last socket left; null for the store's grace. A client whose connection broke
     * often reconnects at once. A client that disconnected by itself, or that the server disconnected, does not.
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

    /** Closes a stored session that has no socket here. */
    void closeWithoutSocket(UserSession stored) {
        closing.incrementAndGet();
        close(new EndedSession(stored, null, null, nanoTime.getAsLong()), FriendNotifier.ALL_ACKNOWLEDGED)
                .whenComplete((transition, error) -> closed());
    }

    /** Retries failed closes. Call it when the store has answered. */
    void closeAgain() {
        for (Unclosed one : List.copyOf(unclosed.values())) {
            if (unclosed.remove(one.ended().id(), one)) {
                closing.incrementAndGet();
                close(one.ended(), one.unacknowledgedSince()).whenComplete((transition, error) -> closed());
            }
        }
    }

    /** @param unacknowledgedSince see {@link Unclosed}; {@link FriendNotifier#ALL_ACKNOWLEDGED} if this is the first try */
    private CompletionStage<Transition> close(EndedSession ended, long unacknowledgedSince) {
        UserSession stored = ended.stored();
        long began = Math.min(unacknowledgedSince, writeBegins(storeClock));
        Duration grace = ended.graceAt(nanoTime.getAsLong());
        CompletionStage<Transition> taken = grace == null ? store.close(stored) : store.close(stored, grace);
        return taken.whenComplete((transition, error) -> {
            if (error == null) {
                leaving.remove(stored.sessionId());
                charge(ended.limits(), transition);
                notifier.notify(transition, unacknowledgedSince);
            } else if (isFenced(error)) { // other nodes reap the sessions of a fenced epoch
                leaving.remove(stored.sessionId());
            } else {
                unclosed.put(stored.sessionId(), new Unclosed(ended, began));
                log.debug("session not closed session={} error={}", stored.sessionId(), LogText.of(error));
            }
        });
    }

    private static boolean isFenced(Throwable error) {
        return Causes.of(error) instanceof FencedException;
    }

    private void closed() {
        closing.decrementAndGet();
        checkDrained();
    }

    /**
     * Completes when all sockets have left and the store has answered each close. Call it after the sockets began to close.
     */
    CompletionStage<@Nullable Void> drain() {
        draining = true;
        checkDrained();
        return drained;
    }

    private void checkDrained() {
        if (draining && sessions.isEmpty() && closing.get() == 0) {
            drained.complete(null);
        }
    }

    /**
     * The store's time when a write begins. This node's value may be a millisecond ahead, because both clocks behind it are
     * rounded down to milliseconds.
     */
    static long writeBegins(StoreClock storeClock) {
        return storeClock.millis() - 1;
    }

    /** Charges a user for a change of status. */
    static void charge(@Nullable SessionLimits limits, Transition transition) {
        if (limits != null && transition.changed()) {
            limits.chargeChange(transition.userId(), transition.watcherCount());
        }
    }
}
