package io.scarfall.gateway.internal.revocation;

import io.scarfall.engineio.internal.Causes;
import io.scarfall.engineio.internal.LogText;
import io.scarfall.gateway.ControlConfig;
import io.scarfall.gateway.Ended;
import io.scarfall.gateway.Identity;
import io.scarfall.gateway.Metrics;
import io.scarfall.gateway.internal.auth.AuthenticatedSockets;
import io.scarfall.gateway.internal.auth.RevocationList;
import io.scarfall.gateway.internal.link.NodeLinks;
import io.scarfall.gateway.internal.node.StoreClock;
import io.scarfall.gateway.internal.node.ThisNode;
import io.scarfall.gateway.internal.session.LiveSessions;
import io.scarfall.presence.NodeId;
import io.scarfall.presence.internal.DataLostException;
import io.scarfall.presence.internal.NodeAccess;
import io.scarfall.presence.internal.PresenceStore;
import io.scarfall.presence.internal.Revocation;
import io.scarfall.presence.internal.Revocation.Target;
import io.scarfall.presence.internal.Revocations;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Revokes users, sessions and tokens on all nodes. Thread-safe; nothing blocks.
 *
 * <p>A revocation is written to the store first, and holds from then on. Then this node ends its affected sessions, and
 * orders every other node to do the same. A node that an order does not reach finds the revocation itself. At every beat it
 * reads new entries of the store's list, and before it opens a session it asks the store for revocations of the user and
 * token. So a node that was cut off, or down, needs no order.
 *
 * <p>To revoke a session, the node that holds it revokes the session's token: otherwise the client could reconnect with it
 * at once.
 */
public final class Revoker {

    private static final Logger log = LoggerFactory.getLogger(Revoker.class);

    private static final int PAGE = 1_000;

    /** With more new revocations than this, one pass over all sessions looks for all of them. */
    private static final int ONE_BY_ONE = 16;

    private static final int REMEMBERED = 1_024;
    private static final long FORGET_INTERVAL_MILLIS = TimeUnit.MINUTES.toMillis(1);
    private static final long SECOND_MICROS = 1_000_000;

    private final Revocations store;
    private final PresenceStore presence;
    private final RevocationList known;
    private final LiveSessions sessions;
    private final AuthenticatedSockets sockets;
    private final NodeLinks links;
    private final ThisNode self;
    private final StoreClock clock;
    private final ControlConfig config;
    private final ScheduledExecutorService timers;
    private final Metrics.Counter ended;

    /** The revocations that were carried out lately, so that a repeated order gets the same answer. */
    private final Map<Revocation, CompletableFuture<Integer>> recent = new LinkedHashMap<>();

    /** The position up to which the store's list was read and carried out. */
    private final AtomicLong seen = new AtomicLong();

    private final AtomicBoolean looking = new AtomicBoolean();
    private final CompletableFuture<@Nullable Void> upToDate = new CompletableFuture<>();
    private volatile Set<NodeId> live = Set.of();
    private volatile long forgotMillis;

    /**
     * The caller must call {@link #readNew} after every beat.
     *
     * @param timers may be set from event loops
     */
    public Revoker(
            NodeAccess cluster,
            RevocationList known,
            LiveSessions sessions,
            AuthenticatedSockets sockets,
            NodeLinks links,
            ThisNode self,
            StoreClock clock,
            ControlConfig config,
            ScheduledExecutorService timers,
            Metrics metrics) {
        store = cluster.revocations();
        presence = cluster.store();
        this.known = known;
        this.sessions = sessions;
        this.sockets = sockets;
        this.links = links;
        this.self = self;
        this.clock = clock;
        this.config = config;
        this.timers = timers;
        ended = metrics.counter("scarfall.sessions.revoked");
        metrics.gauge("scarfall.revocations", known::size);
    }

    /**
     * Revokes a user, a session or a token, and ends the sessions that this covers. It may be repeated.
     *
     * <p>Revoking a user covers all tokens issued before this moment. Tokens have only the second of their issue, so all
     * tokens of the present second are covered. The stage completes when that second is over: tokens issued later are
     * admitted.
     *
     * @return the sessions that ended. The stage fails if the store did not acknowledge the revocation, which may or may not
     *     hold: the caller should retry
     */
    public CompletionStage<Ended> revoke(Target target) {
        CompletionStage<Revocation> written;
        try {
            written = store.revoke(target, config.revocationExpiry(), config.maxRevocations());
        } catch (RuntimeException e) {
            written = CompletableFuture.failedFuture(e);
        }
        return written.thenCompose(revocation -> {
            log.info(
                    "revoked kind={} user={} session={} version={}",
                    target.kind(),
                    target.kind() == Revocation.Kind.TOKEN ? null : LogText.of(target.id()),
                    LogText.of(target.sessionId()),
                    revocation.version());
            return others(target).thenCompose(others -> spread(revocation, others));
        });
    }

    private CompletionStage<Ended> spread(Revocation revocation, Set<NodeId> others) {
        List<String> unconfirmed = new ArrayList<>();
        CompletableFuture<Integer> total = carryOut(revocation)
                .exceptionally(error -> {
                    log.debug("revocation not carried out here error={}", LogText.of(error));
                    return 0; // the next beat carries it out
                })
                .toCompletableFuture();
        for (NodeId node : others) {
            total = total.thenCombine(
                    links.revoke(node, revocation), (sum, answer) -> sum + noted(answer, node, unconfirmed));
        }
        return total.thenApply(sum -> new Ended(sum, unconfirmed)).thenCompose(result -> later(revocation, result));
    }

    private static int noted(OptionalInt answer, NodeId node, List<String> unconfirmed) {
        if (answer.isEmpty()) {
            unconfirmed.add(node.name()); // needs no lock: the stages run one after the other
        }
        return answer.orElse(0);
    }

    /** Completes when the second of a revocation of a user is over. */
    private CompletionStage<Ended> later(Revocation revocation, Ended result) {
        if (revocation.target().kind() != Revocation.Kind.USER) {
            return CompletableFuture.completedFuture(result);
        }
        long micros = SECOND_MICROS - Math.floorMod(revocation.version(), SECOND_MICROS);
        CompletableFuture<Ended> over = new CompletableFuture<>();
        timers.schedule(() -> over.complete(result), micros, TimeUnit.MICROSECONDS);
        return over;
    }

    /**
     * All other nodes of the last beat. For a user or session, also nodes that have joined since and hold a session of the
     * user.
     */
    private CompletionStage<Set<NodeId>> others(Target target) {
        Set<NodeId> others = new HashSet<>(live);
        others.removeIf(self::is);
        if (target.kind() == Revocation.Kind.TOKEN) {
            return CompletableFuture.completedFuture(others);
        }
        return presence.nodesOf(List.of(target.id())).handle((placement, error) -> {
            if (error == null) {
                placement.nodesOf(target.id()).stream()
                        .filter(node -> !self.is(node))
                        .forEach(others::add);
            }
            return others;
        });
    }

    // Ending sessions of this node.

    /**
     * Ends the sessions of this node that a revocation covers. Repeated orders have no effect, but after a failure the next
     * order tries again.
     *
     * @return the number of connections that ended
     */
    public CompletionStage<Integer> carryOut(Revocation revocation) {
        CompletableFuture<Integer> outcome = new CompletableFuture<>();
        synchronized (recent) {
            CompletableFuture<Integer> before = recent.putIfAbsent(revocation, outcome);
            if (before != null) {
                return before;
            }
            if (recent.size() > REMEMBERED) {
                recent.remove(recent.keySet().iterator().next());
            }
        }
        CompletionStage<Integer> done;
        try {
            done = carryOutNow(revocation);
        } catch (RuntimeException e) {
            done = CompletableFuture.failedFuture(e);
        }
        done.whenComplete((count, error) -> {
            if (error == null) {
                outcome.complete(count);
            } else {
                synchronized (recent) {
                    recent.remove(revocation);
                }
                outcome.completeExceptionally(error);
            }
        });
        return outcome;
    }

    private CompletionStage<Integer> carryOutNow(Revocation revocation) {
        if (revocation.target().kind() == Revocation.Kind.SESSION) {
            return endSession(revocation.target());
        }
        known.learn(revocation); // before the search for sockets, as RevocationList requires
        return end(List.of(revocation));
    }

    private CompletionStage<Integer> end(Collection<Revocation> revoked) {
        return sessions.end(revoked).thenCombine(sockets.end(revoked), (some, more) -> {
            ended.add(some + more);
            return some + more;
        });
    }

    /** Revokes the token of a session of this node, and ends the session. */
    private CompletionStage<Integer> endSession(Target session) {
        Identity identity = sessions.identity(session);
        if (identity == null) {
            return CompletableFuture.completedFuture(0);
        }
        String tokenId = identity.tokenId();
        CompletionStage<Integer> byToken = tokenId == null
                ? CompletableFuture.completedFuture(0)
                : store.revoke(Target.token(tokenId), config.revocationExpiry(), config.maxRevocations())
                        .thenCompose(revocation -> {
                            others(revocation.target())
                                    .thenAccept(others -> others.forEach(node -> {
                                        var unused = links.revoke(node, revocation);
                                    }));
                            return carryOut(revocation);
                        });
        return byToken.thenCompose(count -> sessions.end(session).thenApply(open -> count + (open ? 1 : 0)));
    }

    // Revocations that this node finds in the store.

    /**
     * Asks the store whether a token has been revoked, and ends its sessions if so. When the stage completes, this node's
     * list contains the store's answer. The stage never fails: while the store is unreachable, this node's list decides.
     *
     * @return whether the store has answered
     */
    public CompletionStage<Boolean> check(Identity identity) {
        List<Target> targets = new ArrayList<>(2);
        targets.add(Target.user(identity.userId()));
        String tokenId = identity.tokenId();
        if (tokenId != null) {
            targets.add(Target.token(tokenId));
        }
        CompletionStage<List<Revocation>> found;
        try {
            found = store.of(targets);
        } catch (RuntimeException e) {
            found = CompletableFuture.failedFuture(e);
        }
        return found.thenCompose(this::take).handle((done, error) -> {
            if (error != null) {
                log.debug(
                        "could not ask the store for revocations user={} error={}",
                        LogText.of(identity.userId()),
                        LogText.of(error));
            }
            return error == null;
        });
    }

    /** Completes when this node has read the store's list for the first time. */
    public CompletionStage<@Nullable Void> upToDate() {
        return upToDate;
    }

    /**
     * Writes this node's revocations again, and reads the list from its beginning. Call it when the store may have lost
     * revocations.
     */
    public void rereadAll() {
        seen.set(0);
        restore(known.all(), 0);
    }

    /**
     * Reads new entries of the store's list, and carries them out. Call it after every beat.
     *
     * @param live the live nodes
     */
    public void readNew(Set<NodeId> live) {
        this.live = live;
        forget();
        if (looking.compareAndSet(false, true)) {
            look(seen.get());
        }
    }

    private void forget() {
        long now = clock.millis();
        if (Math.abs(now - forgotMillis) >= FORGET_INTERVAL_MILLIS) {
            forgotMillis = now;
            known.forget(TimeUnit.MILLISECONDS.toMicros(
                    now - config.revocationExpiry().toMillis()));
        }
    }

    private void restore(List<Revocation> all, int from) {
        if (from < all.size()) {
            int to = Math.min(all.size(), from + PAGE);
            store.restore(all.subList(from, to), config.revocationExpiry()).whenComplete((done, error) -> {
                if (error == null) {
                    restore(all, to);
                } else {
                    log.warn(
                            "could not write revocations to the store again left={} error={}",
                            all.size() - from,
                            LogText.of(error));
                }
            });
        }
    }

    private void look(long from) {
        CompletionStage<List<Revocation>> read;
        try {
            read = store.since(from, PAGE);
        } catch (RuntimeException e) {
            read = CompletableFuture.failedFuture(e);
        }
        read.thenCompose(page -> take(page).thenApply(done -> page)).whenComplete((page, error) -> {
            if (error != null) {
                log.debug(
                        "could not read revocations, retrying at the next beat error={}", LogText.of(Causes.of(error)));
                if (Causes.of(error) instanceof DataLostException) {
                    rereadAll();
                }
                looking.set(false);
                return;
            }
            long to = page.isEmpty() ? from : page.get(page.size() - 1).version();
            boolean goesOn = seen.compareAndSet(from, to); // otherwise the next beat reads from the beginning
            if (goesOn && page.size() == PAGE) {
                look(to);
            } else {
                looking.set(false);
                if (goesOn) {
                    upToDate.complete(null);
                }
            }
        });
    }

    /** Carries out revocations that are new to this node. The stage fails if some must be retried. */
    private CompletionStage<@Nullable Void> take(List<Revocation> some) {
        List<CompletableFuture<?>> done = new ArrayList<>();
        List<Revocation> fresh = new ArrayList<>(0);
        for (Revocation one : some) {
            if (one.target().kind() == Revocation.Kind.SESSION) {
                done.add(carryOut(one).toCompletableFuture());
            } else if (!known.knows(one)) {
                fresh.add(one);
            }
        }
        if (fresh.size() <= ONE_BY_ONE) {
            fresh.forEach(one -> done.add(carryOut(one).toCompletableFuture()));
        } else {
            fresh.forEach(known::learn);
            done.add(end(fresh).toCompletableFuture());
        }
        return CompletableFuture.allOf(done.toArray(CompletableFuture[]::new));
    }
}
