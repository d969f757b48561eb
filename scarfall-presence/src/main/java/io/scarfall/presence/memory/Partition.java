package io.scarfall.presence.memory;

import io.scarfall.presence.PresenceSettings;
import io.scarfall.presence.Status;
import io.scarfall.presence.TransitionFeed.StatusChange;
import io.scarfall.presence.UserPresence;
import io.scarfall.presence.UserSession;
import io.scarfall.presence.internal.FencedException;
import io.scarfall.presence.internal.NodeReaper;
import io.scarfall.presence.internal.Places;
import io.scarfall.presence.internal.Transition;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A share of the users and all their data. What one script changes at once in Redis, one method changes here under
 * one lock.
 *
 * <p>Fencing needs no more than that lock. A reaper fences the node first and then visits every partition; a write
 * checks the fence while it holds the lock. So the write either came before the visit, which then finds its session,
 * or it comes after and is refused.
 *
 * <p>Thread-safe. {@link #where} takes no lock.
 */
final class Partition {

    /** How many offline users one change may forget, so that no change pays for many. */
    private static final int FORGET_PER_CHANGE = 4;

    private static final long REMEMBERED_NANOS = NodeReaper.REMEMBERED.toNanos();

    private final Time time;
    private final MemoryTransitionFeed feed;
    private final AtomicLong onlineCount;
    private final long leaseNanos;
    private final long graceNanos;
    private final long retentionNanos;
    private final int maxOffline;

    private final ConcurrentMap<String, UserEntry> users = new ConcurrentHashMap<>();
    private final TreeMap<String, UserEntry> online = new TreeMap<>();
    private final TreeSet<UserEntry> leaving = new TreeSet<>(Partition::byEndOfGrace);
    private final LinkedHashMap<String, UserEntry> offline =
            new LinkedHashMap<>(); // the user who left earliest comes first
    private final Map<Node, TreeMap<String, UserEntry>> byNode = new HashMap<>();
    private final PlaceBook places = new PlaceBook();
    private long forgottenVersion;

    /**
     * @param onlineCount counts the online users of all partitions
     * @param maxOffline how many offline users this partition keeps
     */
    Partition(PresenceSettings settings, int maxOffline, Time time, MemoryTransitionFeed feed, AtomicLong onlineCount) {
        this.time = time;
        this.feed = feed;
        this.onlineCount = onlineCount;
        this.leaseNanos = settings.lease().toNanos();
        this.graceNanos = settings.offlineGrace().toNanos();
        this.retentionNanos = settings.offlineRetention().toNanos();
        this.maxOffline = maxOffline;
    }

    // ---- writes

    synchronized Transition open(Node node, UserSession session) {
        checkFence(node);
        long nanos = time.nanos();
        Instant now = time.now();
        UserEntry user = users.get(session.userId());
        UserEntry.Held earlier = user == null ? null : user.sessions.get(session.sessionId());
        if (user == null) {
            user = new UserEntry(session.userId(), forgottenVersion, now, nanos);
            users.put(user.userId, user);
        }
        if (user.leaving()) {
            leaving.remove(user);
        }
        user.sessions.put(session.sessionId(), new UserEntry.Held(user.bounded(session), node));
        link(user, node); // first, so that a user who stays on the node never leaves it in between
        if (earlier != null) {
            unlink(user, earlier.node(), 1);
        }
        user.seenAt(now, nanos);
        if (session.email() != null) {
            user.email = session.email();
        }
        Transition transition =
                user.status == Status.ONLINE ? user.transition(Transition.Kind.UNCHANGED) : comeOnline(user, now);
        forget(nanos, FORGET_PER_CHANGE);
        return transition;
    }

    synchronized boolean touch(Node node, UserSession session) {
        checkFence(node);
        UserEntry user = users.get(session.userId());
        UserEntry.Held held = user == null ? null : user.sessions.get(session.sessionId());
        if (user == null || held == null || held.node() != node) {
            return false;
        }
        Instant now = time.now();
        user.seenAt(now, time.nanos());
        user.sessions.put(session.sessionId(), new UserEntry.Held(held.session().activeAt(now), node));
        return true;
    }

    synchronized Transition close(Node node, UserSession session, Duration grace) {
        checkFence(node);
        long nanos = time.nanos();
        Instant now = time.now();
        UserEntry user = users.get(session.userId());
        if (user == null) {
            return new UserEntry(session.userId(), 0, now, nanos).transition(Transition.Kind.UNCHANGED);
        }
        UserEntry.Held held = user.sessions.get(session.sessionId());
        if (held == null || !isSameNode(held.node(), node)) {
            return user.transition(Transition.Kind.UNCHANGED);
        }
        user.sessions.remove(session.sessionId());
        unlink(user, held.node(), 1);
        places.release(session.userId(), session.sessionId());
        user.seenAt(now, nanos);
        Transition transition = settle(user, nanos, nanos + grace.toNanos(), now);
        forget(nanos, FORGET_PER_CHANGE);
        return transition;
    }

    /** See {@link Places#claim}. */
    synchronized Places.Claim claim(Node node, UserSession session, int places, boolean displace) {
        checkFence(node);
        long nanos = time.nanos();
        UserEntry user = users.get(session.userId());
        return this.places.claim(
                node, session, places, displace, nanos, id -> user != null && user.sessions.containsKey(id));
    }

    /** See {@link Places#release}. */
    synchronized void release(UserSession session) {
        places.release(session.userId(), session.sessionId());
    }

    // ---- what is due

    /**
     * Takes users offline whose grace has ended.
     *
     * @return how many, at most {@code limit}
     */
    synchronized int endGraces(int limit, List<Transition> transitions) {
        long nanos = time.nanos();
        int ended = 0;
        while (ended < limit && !leaving.isEmpty() && nanos - leaving.first().since >= 0) {
            UserEntry user = leaving.first();
            leaving.remove(user);
            transitions.add(goOffline(user, nanos, time.now()));
            ended++;
        }
        return ended;
    }

    /**
     * Removes sessions of a fenced node.
     *
     * @return how many, at most {@code limit}; fewer only if none remain here
     */
    synchronized int reap(Node node, int limit, List<Transition> transitions) {
        assert node.fenced() : "a write could still bring sessions back";
        long nanos = time.nanos();
        Instant now = time.now();
        int removed = 0;
        TreeMap<String, UserEntry> here;
        while (removed < limit && (here = byNode.get(node)) != null) {
            UserEntry user = here.firstEntry().getValue();
            removed += removeSessions(user, node, limit - removed, now, nanos);
            user.seenUntil(node.liveUntil(), now, nanos);
            Transition transition = settle(user, nanos, user.seenNanos() + graceNanos, now);
            if (transition.changed()) {
                transitions.add(transition);
            }
        }
        return removed;
    }

    /** Forgets offline users beyond the bound, or after their retention. */
    synchronized void forget(int limit) {
        forget(time.nanos(), limit);
    }

    // ---- reads

    /** The nodes on which the user has sessions. Takes no lock. */
    Node.Where where(String userId) {
        UserEntry user = users.get(userId);
        return user == null ? Node.Where.NOWHERE : user.where();
    }

    /**
     * See {@link io.scarfall.presence.internal.Placement#hasReaped}. Takes no lock while no reaped session is
     * remembered.
     *
     * @param isBack whether a node of this name is back
     */
    boolean hasReaped(String userId, long nanos, Predicate<String> isBack) {
        UserEntry user = users.get(userId);
        if (user == null || !user.remembersReaped()) {
            return false;
        }
        synchronized (this) {
            return user.hasReaped(nanos, isBack);
        }
    }

    synchronized UserPresence presence(String userId) {
        long nanos = time.nanos();
        UserEntry user = users.get(userId);
        return user == null || isExpired(user, nanos) ? UserPresence.unknown(userId) : user.presence(nanos, graceNanos);
    }

    synchronized List<UserSession> liveSessions(String userId) {
        UserEntry user = users.get(userId);
        return user == null ? List.of() : user.liveSessions(time.nanos());
    }

    /**
     * Lists the online users, in the order of their ids.
     *
     * @param after the user before the first; {@code null} to begin
     * @return whether there are more than the listing has room for
     */
    synchronized boolean online(@Nullable String after, PageItems<UserPresence> listing) {
        long nanos = time.nanos();
        for (UserEntry user : tail(online, after).values()) {
            if (!listing.visit(user.userId, "")) {
                return true;
            }
            UserPresence presence = user.presence(nanos, graceNanos);
            if (presence.online()) {
                listing.add(presence);
            }
        }
        return false;
    }

    /**
     * Lists the sessions of a node, in the order of user and session ids.
     *
     * @param afterUser the user of the session before the first; {@code null} to begin
     * @param afterSession the session before the first; {@code null} to begin
     * @return whether there are more than the listing has room for
     */
    synchronized boolean sessionsOf(
            Node node, @Nullable String afterUser, @Nullable String afterSession, PageItems<UserSession> listing) {
        TreeMap<String, UserEntry> all = byNode.get(node);
        if (all == null) {
            return false;
        }
        NavigableMap<String, UserEntry> rest = afterUser == null ? all : all.tailMap(afterUser, true);
        for (UserEntry user : rest.values()) {
            String after = user.userId.equals(afterUser) ? afterSession : null;
            for (UserEntry.Held held : tail(user.sessions, after).values()) {
                if (held.node() != node) {
                    continue;
                }
                if (!listing.visit(user.userId, held.session().sessionId())) {
                    return true;
                }
                listing.add(held.session());
            }
        }
        return false;
    }

    // ---- under the lock

    private static void checkFence(Node node) {
        if (node.fenced()) {
            throw new FencedException(node.id());
        }
    }

    /** Whether both are lives of one node; the writer is the later one, because joining fences the earlier. */
    private static boolean isSameNode(Node holder, Node writer) {
        return holder.id().name().equals(writer.id().name());
    }

    /** After a session was added. */
    private void link(UserEntry user, Node node) {
        node.sessions().incrementAndGet();
        if (!user.where().isOn(node)) {
            byNode.computeIfAbsent(node, n -> new TreeMap<>()).put(user.userId, user);
            user.arrived(node);
        }
    }

    /** After sessions were removed. */
    private void unlink(UserEntry user, Node node, int removed) {
        node.sessions().addAndGet(-removed);
        if (!user.hasSessionOn(node)) {
            byNode.computeIfPresent(node, (n, here) -> {
                here.remove(user.userId);
                return here.isEmpty() ? null : here;
            });
            user.departed(node);
        }
    }

    private int removeSessions(UserEntry user, Node node, int limit, Instant now, long nanos) {
        int removed = 0;
        Iterator<UserEntry.Held> sessions = user.sessions.values().iterator();
        while (removed < limit && sessions.hasNext()) {
            UserEntry.Held held = sessions.next();
            if (held.node() == node) {
                sessions.remove();
                if (!node.hasLeft()) {
                    user.remember(reaped(held, now, nanos), nanos);
                }
                removed++;
            }
        }
        unlink(user, node, removed);
        return removed;
    }

    private ReapedSession reaped(UserEntry.Held held, Instant now, long nanos) {
        Node node = held.node();
        Instant lastBeat = now.minusNanos(nanos - node.liveUntil() + leaseNanos);
        return new ReapedSession(
                held.session().sessionId(),
                node.id().name(),
                held.session().device(),
                lastBeat,
                nanos + REMEMBERED_NANOS);
    }

    /** Derives the status after sessions were removed. */
    private Transition settle(UserEntry user, long nanos, long graceEnd, Instant now) {
        if (!user.sessions.isEmpty()) {
            return user.transition(Transition.Kind.UNCHANGED);
        }
        if (nanos - graceEnd < 0) {
            user.since = graceEnd;
            leaving.add(user);
            return user.transition(Transition.Kind.UNCHANGED);
        }
        return goOffline(user, nanos, now);
    }

    private Transition comeOnline(UserEntry user, Instant now) {
        offline.remove(user.userId);
        online.put(user.userId, user);
        onlineCount.incrementAndGet();
        return change(user, Status.ONLINE, now, Transition.Kind.CAME_ONLINE);
    }

    private Transition goOffline(UserEntry user, long nanos, Instant now) {
        online.remove(user.userId);
        onlineCount.decrementAndGet();
        user.since = nanos;
        offline.put(user.userId, user);
        return change(user, Status.OFFLINE, now, Transition.Kind.WENT_OFFLINE);
    }

    private Transition change(UserEntry user, Status status, Instant now, Transition.Kind kind) {
        user.status = status;
        user.version = Math.max(user.version + 1, Time.micros(now));
        feed.append(new StatusChange(user.userId, status, user.version, user.lastSeen, user.email));
        return user.transition(kind);
    }

    private boolean isExpired(UserEntry user, long nanos) {
        return user.status == Status.OFFLINE && nanos - user.since >= retentionNanos;
    }

    private void forget(long nanos, int limit) {
        Iterator<UserEntry> eldest = offline.values().iterator();
        for (int i = 0; i < limit && eldest.hasNext(); i++) {
            UserEntry user = eldest.next();
            if (offline.size() <= maxOffline && !isExpired(user, nanos)) {
                return;
            }
            eldest.remove();
            users.remove(user.userId);
            forgottenVersion = Math.max(forgottenVersion, user.version); // versions also grow for a user who comes back
        }
    }

    private static int byEndOfGrace(UserEntry one, UserEntry other) {
        int byTime = Long.signum(one.since - other.since); // not compare: nanoseconds may wrap
        return byTime != 0 ? byTime : one.userId.compareTo(other.userId);
    }

    private static <V> NavigableMap<String, V> tail(NavigableMap<String, V> map, @Nullable String after) {
        return after == null ? map : map.tailMap(after, false);
    }
}
