package io.scarfall.presence.memory;

import io.scarfall.presence.Page;
import io.scarfall.presence.Status;
import io.scarfall.presence.UserPresence;
import io.scarfall.presence.UserSession;
import io.scarfall.presence.internal.Transition;
import io.scarfall.presence.internal.store.Details;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The data of one user. Confined to the lock of its {@link Partition}, except for {@link #where}.
 *
 * <p>The status here is the one that watchers were notified of. It follows the stored sessions, whether their nodes
 * are live or not. {@link #presence} is what readers see; it also looks at the leases.
 */
final class UserEntry {

    /** A session, and the node that holds it. */
    record Held(UserSession session, Node node) {}

    private static final Comparator<UserSession> OLDEST_FIRST =
            Comparator.comparing(UserSession::connectedAt).thenComparing(UserSession::sessionId);

    final String userId;
    final TreeMap<String, Held> sessions = new TreeMap<>();
    Status status = Status.OFFLINE;
    long version;
    Instant lastSeen; // in milliseconds
    private long seenNanos; // the same moment, by the clock that measures graces

    @Nullable
    String email;

    /** Online without a session: when the grace ends. Offline: since when. In nanoseconds. */
    long since;

    private volatile Node.Where where = Node.Where.NOWHERE;

    /** The reaped sessions; read without the lock while there are none. */
    private volatile List<ReapedSession> reaped = List.of();

    UserEntry(String userId, long version, Instant lastSeen, long nanos) {
        this.userId = userId;
        this.version = version;
        seenAt(lastSeen, nanos);
    }

    /** The user was active now. */
    void seenAt(Instant now, long nanos) {
        lastSeen = now.truncatedTo(ChronoUnit.MILLIS);
        seenNanos = nanos;
    }

    /** The user was connected when a node died, unless seen elsewhere after that. */
    void seenUntil(long end, Instant now, long nanos) {
        if (end - seenNanos > 0) {
            seenAt(now.minusNanos(nanos - end), end);
        }
    }

    long seenNanos() {
        return seenNanos;
    }

    /** The nodes of the sessions. Readable without the lock. */
    Node.Where where() {
        return where;
    }

    /** After the first session on a node was added. */
    void arrived(Node node) {
        where = where.plus(node);
    }

    /** After the last session on a node was removed. */
    void departed(Node node) {
        where = where.minus(node);
    }

    /** Remembers a session that is removed. */
    void remember(ReapedSession session, long nanos) {
        List<ReapedSession> all = new ArrayList<>(reaped);
        all.removeIf(one -> !one.isRemembered(nanos));
        all.add(session);
        reaped = List.copyOf(all);
    }

    /** Whether there may be reaped sessions to check. Readable without the lock. */
    boolean remembersReaped() {
        return !reaped.isEmpty();
    }

    /**
     * Whether a reaped session may still be connected.
     *
     * @param isBack whether a node of this name is back
     */
    boolean hasReaped(long nanos, Predicate<String> isBack) {
        List<UserSession> open = sessions.values().stream().map(Held::session).toList();
        return reaped.stream()
                .anyMatch(one -> one.isRemembered(nanos) && !isBack.test(one.nodeName()) && !one.isThere(open));
    }

    /** Whether only the grace keeps the user online. */
    boolean leaving() {
        return status == Status.ONLINE && sessions.isEmpty();
    }

    /**
     * Whether a node that {@link #where} names holds a session. Looks at the sessions only if there are several
     * nodes.
     */
    boolean hasSessionOn(Node node) {
        if (where.isOnOneNode()) {
            return !sessions.isEmpty();
        }
        for (Held held : sessions.values()) {
            if (held.node() == node) {
                return true;
            }
        }
        return false;
    }

    /** What is kept of a session that is opened. */
    UserSession bounded(UserSession session) {
        if (Details.bytes(session) <= Details.SHORT_BYTES) {
            return session;
        }
        int others = 0;
        for (Held held : sessions.values()) {
            int bytes = Details.bytes(held.session());
            if (bytes > Details.SHORT_BYTES && !held.session().sessionId().equals(session.sessionId())) {
                others += bytes;
            }
        }
        return Details.bounded(session, others);
    }

    List<UserSession> liveSessions(long nanos) {
        return sessions.values().stream()
                .filter(held -> held.node().live(nanos))
                .map(Held::session)
                .sorted(OLDEST_FIRST)
                .toList();
    }

    UserPresence presence(long nanos, long graceNanos) {
        int live = 0;
        long seen = seenNanos;
        for (Held held : sessions.values()) {
            Node node = held.node();
            if (node.live(nanos)) {
                live++;
            } else if (node.liveUntil() - seen > 0) {
                seen = node.liveUntil();
            }
        }
        // if all sessions are on dead nodes, the answer is the same as after they are reaped
        long graceEnd = sessions.isEmpty() ? since : seen + graceNanos;
        boolean graced = status == Status.ONLINE && nanos - graceEnd < 0;
        Status present = live > 0 || graced ? Status.ONLINE : Status.OFFLINE;
        return new UserPresence(userId, present, lastSeen, version, email, live);
    }

    Transition transition(Transition.Kind kind) {
        return new Transition(kind, userId, version, lastSeen, email, Page.empty());
    }
}
