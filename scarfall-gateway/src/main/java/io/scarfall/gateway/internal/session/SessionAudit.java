package io.scarfall.gateway.internal.session;

import io.scarfall.engineio.internal.LogText;
import io.scarfall.gateway.Metrics;
import io.scarfall.gateway.SessionConfig;
import io.scarfall.gateway.internal.node.ThisNode;
import io.scarfall.presence.NodeId;
import io.scarfall.presence.Page;
import io.scarfall.presence.UserSession;
import io.scarfall.presence.internal.PresenceStore;
import java.time.Clock;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares the sessions of this node with those that the store lists for it. A session that the store lacks is opened again.
 * A stored session without a socket here is closed when it has long been idle, or at once after the store was in doubt. One
 * audit runs at a time. Thread-safe; nothing blocks.
 */
final class SessionAudit {

    private static final Logger log = LoggerFactory.getLogger(SessionAudit.class);

    private static final int PAGE = 1_000;

    /** A write that began at most this long before the audit may not have been in the store when the audit read it. */
    private static final long UNDER_WAY_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final PresenceStore store;
    private final ThisNode node;
    private final LiveSessions sessions;
    private final Repairs repairs;
    private final SessionConfig config;
    private final Clock clock;
    private final LongSupplier nanoTime;
    private final Executor later;
    private final Metrics.Counter foundIdle;
    private final Metrics.Counter foundWithoutSocket;
    private final Metrics.Counter foundLost;
    private final AtomicBoolean running = new AtomicBoolean();

    /** Whether the store may have lost writes since the last complete audit. */
    private final AtomicBoolean doubted = new AtomicBoolean();

    /** Repairs the differences that an audit finds. */
    interface Repairs {

        /** The ids of sessions that have ended here, while the store has not confirmed their close. */
        Set<String> leaving();

        /** The store lacks a session, or its entry is old: opens it again. */
        void reopen(LiveSession session);

        /** A stored session has no socket here: closes it. */
        void closeWithoutSocket(UserSession stored);

        /** Writes the sessions that must be opened again. */
        void writeAgain();
    }

    /** @param later runs a task after a while, which limits the pace of an audit with many sessions */
    SessionAudit(
            PresenceStore store,
            ThisNode node,
            LiveSessions sessions,
            Repairs repairs,
            SessionConfig config,
            Metrics metrics,
            Clock clock,
            LongSupplier nanoTime,
            Executor later) {
        this.store = store;
        this.node = node;
        this.sessions = sessions;
        this.repairs = repairs;
        this.config = config;
        this.clock = clock;
        this.nanoTime = nanoTime;
        this.later = later;
        foundIdle = metrics.counter("scarfall.cleanup", "found", "idle");
        foundWithoutSocket = metrics.counter("scarfall.cleanup", "found", "socketless");
        foundLost = metrics.counter("scarfall.cleanup", "found", "lost");
    }

    /** Starts an audit, unless one is running. */
    void run() {
        NodeId self = node.id();
        if (self != null && running.compareAndSet(false, true)) {
            new Walk(self, doubted.getAndSet(false)).next(null);
        }
    }

    /**
     * As {@link #run}, after the store was in doubt: closes stored sessions without a socket, idle or not. It is repeated
     * until an audit is complete.
     */
    void runInDoubt() {
        doubted.set(true);
        run();
    }

    /** Repeats an audit in doubt that was not complete. */
    void runIfDoubted() {
        if (doubted.get()) {
            run();
        }
    }

    /** One pass through the store's sessions of this node. */
    private final class Walk {

        private final NodeId self;
        private final boolean inDoubt;
        private final Set<String> known = new HashSet<>();
        private final List<LiveSession> before = List.copyOf(sessions.all());
        private final Set<String> mine = new HashSet<>(repairs.leaving());
        private final long beganNanos = nanoTime.getAsLong();
        private final Instant idleSince = clock.instant().minus(config.idleTimeout());
        private int idle;
        private int socketless;
        private int lost;
        private boolean complete = true;

        Walk(NodeId self, boolean inDoubt) {
            this.self = self;
            this.inDoubt = inDoubt;
            before.forEach(session -> mine.add(session.socket().id())); // includes sessions that leave during the audit
        }

        void next(@Nullable String cursor) {
            store.sessionsOf(self, cursor, PAGE).whenComplete((page, error) -> {
                if (error != null) {
                    log.warn("clean-up of sessions failed, retrying later error={}", LogText.of(error));
                    doubted.compareAndSet(false, inDoubt);
                    running.set(false);
                    return;
                }
                look(page);
            });
        }

        private void look(Page<UserSession> page) {
            complete &= page.complete();
            for (UserSession session : page.items()) {
                known.add(session.sessionId());
                if (!mine.contains(session.sessionId()) && !sessions.contains(session.sessionId())) {
                    lookAtSocketless(session);
                }
            }
            String cursor = page.nextCursor();
            if (cursor != null) {
                later.execute(() -> next(cursor));
            } else {
                openUnknown();
                running.set(false);
            }
        }

        private void lookAtSocketless(UserSession session) {
            if (session.lastActivity().isBefore(idleSince)) {
                idle++;
            } else if (inDoubt) {
                socketless++;
            } else {
                return;
            }
            repairs.closeWithoutSocket(session);
        }

        private void openUnknown() {
            long now = nanoTime.getAsLong();
            long oldNanos = config.sessionExpiry().dividedBy(2).toNanos();
            for (LiveSession session : before) {
                if (!sessions.contains(session.socket().id())) {
                    continue; // it has left during the audit
                }
                boolean unknown = !known.contains(session.socket().id());
                if (unknown || now - session.storedNanos() >= oldNanos) {
                    repairs.reopen(session);
                }
                if (unknown && complete && beganNanos - session.storedNanos() > UNDER_WAY_NANOS) {
                    lost++; // a more recent write may not have been in the store yet
                }
            }
            if (!complete) {
                doubted.compareAndSet(false, inDoubt); // compares the missing part when it is reachable again
            }
            repairs.writeAgain();
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
}
