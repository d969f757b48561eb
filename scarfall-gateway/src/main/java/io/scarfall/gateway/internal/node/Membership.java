package io.scarfall.gateway.internal.node;

import io.scarfall.engineio.internal.Causes;
import io.scarfall.engineio.internal.FailureLog;
import io.scarfall.engineio.internal.LogText;
import io.scarfall.gateway.Metrics;
import io.scarfall.presence.NodeId;
import io.scarfall.presence.internal.Beat;
import io.scarfall.presence.internal.NodeAccess;
import io.scarfall.presence.internal.NodeBus;
import io.scarfall.presence.internal.NodeNameTakenException;
import io.scarfall.presence.internal.NodeReaper;
import io.scarfall.presence.internal.Reaped;
import io.scarfall.presence.internal.Transition;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Keeps this node alive in its cluster. It joins, beats, and reaps the sessions of dead nodes. When its epoch is lost, it
 * joins again under a new one. While the store is unreachable, each beat tries again. Thread-safe.
 */
public final class Membership {

    private static final Logger log = LoggerFactory.getLogger(Membership.class);

    /**
     * The longest time between two checks whether a beat is due. Without a lease, or in doubt about it, a beat is due at
     * once.
     */
    private static final long MOST_BETWEEN_LOOKS_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    private static final int LEAST_LOOKS_PER_BEAT = 8;

    private static final int REAPED_AT_ONCE = 500;
    private static final Duration BETWEEN_REAPS = Duration.ofMillis(50);

    /** The first connection takes time: failures before that are not logged. */
    private static final long PATIENCE_NANOS = Duration.ofSeconds(2).toNanos();

    /** How long this node still receives messages under an earlier epoch: other nodes send answers to that epoch. */
    private static final Duration LINGER = Duration.ofMinutes(1);

    private final NodeAccess cluster;
    private final ThisNode node;
    private final Callbacks callbacks;
    private final Metrics.Counter leasesLost;
    private final Metrics.Counter reapedSessions;
    private final Metrics.Counter adoptedLives;
    private final ScheduledExecutorService scheduler;
    private final LongSupplier nanoTime;
    private final AtomicBoolean beating = new AtomicBoolean();
    private final AtomicBoolean reaping = new AtomicBoolean();
    private final CompletableFuture<@Nullable Void> joined = new CompletableFuture<>();
    private final Future<?> beats;
    private final long betweenBeatsNanos;
    private final long startedNanos;
    private final FailureLog failures;
    private final FailureLog refusals;

    /** After this time without a beat, this node is late: other nodes will soon take it for dead. */
    private final long lateNanos;

    /** When the last beat succeeded. */
    private volatile long beatenNanos;

    /** When the last beat began. Confined to the scheduler's thread. */
    private long beatNanos;

    private volatile boolean nameTaken;
    private volatile boolean closed;
    private volatile NodeBus.@Nullable Inbox inbox;

    /** The newest inbox, and those of earlier epochs while messages may still arrive there. */
    private final Set<NodeBus.Inbox> inboxes = ConcurrentHashMap.newKeySet();

    /** Reacts to changes of this node's membership. Called on threads of the store, so nothing here may block. */
    public interface Callbacks {

        /** Another node sent a message. */
        void received(byte[] message);

        /** The node has a new epoch, and must open its sessions under it. */
        void joined();

        /** Whether the store knows all sessions of this node. */
        boolean isSettled();

        /** The store answered, and the node holds its lease. */
        void beat(Beat beat);

        /** A user went offline because a node died or a grace ended. */
        void reaped(Transition transition);
    }

    /**
     * Starts to join: see {@link #joined}.
     *
     * @param nanoTime as {@link System#nanoTime}
     */
    public Membership(
            NodeAccess cluster,
            ThisNode node,
            Callbacks callbacks,
            Metrics metrics,
            ScheduledExecutorService scheduler,
            LongSupplier nanoTime) {
        this.cluster = cluster;
        this.node = node;
        this.callbacks = callbacks;
        this.scheduler = scheduler;
        this.nanoTime = nanoTime;
        leasesLost = metrics.counter("scarfall.leases.lost");
        reapedSessions = metrics.counter("scarfall.reaped.sessions");
        adoptedLives = metrics.counter("scarfall.reaped.adopted");
        long nanos = cluster.settings().beatInterval().toNanos();
        long betweenLooks = Math.min(MOST_BETWEEN_LOOKS_NANOS, nanos / LEAST_LOOKS_PER_BEAT);
        lateNanos = cluster.settings().lease().toNanos() - nanos;
        startedNanos = nanoTime.getAsLong();
        beatenNanos = startedNanos;
        failures =
                new FailureLog(log, "not a member of the cluster, retrying node=" + LogText.of(node.name()), nanoTime);
        refusals = new FailureLog(
                log,
                Level.ERROR,
                "another process holds the name of this node, joining when its lease ends; every node needs a"
                        + " unique SCARFALL_NODE_NAME node=" + LogText.of(node.name()),
                nanoTime);
        betweenBeatsNanos = nanos - betweenLooks / 2;
        beats = scheduler.scheduleWithFixedDelay(this::tick, 0, betweenLooks, TimeUnit.NANOSECONDS);
    }

    /** Completes when the node has joined for the first time. */
    public CompletionStage<@Nullable Void> joined() {
        return joined;
    }

    /** Whether the node holds its lease, as far as its last beat says. */
    public boolean isHealthy() {
        return node.isMember();
    }

    /** Whether another process held the name of this node at the last attempt to join. */
    public boolean isNameTaken() {
        return nameTaken;
    }

    private void tick() {
        long now = nanoTime.getAsLong();
        if (now - beatenNanos > lateNanos) {
            node.storeDoubt().failed();
        }
        boolean due = !node.isMember() || now - beatNanos >= betweenBeatsNanos;
        if (closed || !(node.takeBeatDue() || due) || !beating.compareAndSet(false, true)) {
            return;
        }
        beatNanos = now;
        try {
            NodeId id = node.id();
            CompletionStage<?> done = id == null ? join() : beat(id);
            done.whenComplete((result, error) -> {
                beating.set(false);
                noteHealth(error);
            });
        } catch (Throwable e) { // otherwise the scheduler would never beat again
            beating.set(false);
            noteHealth(e);
        }
    }

    private void noteHealth(@Nullable Throwable error) {
        boolean wasHealthy = node.isMember();
        if (error != null) {
            node.storeDoubt().failed();
        }
        node.become(error == null);
        nameTaken = error != null && Causes.of(error) instanceof NodeNameTakenException;
        if (error == null) {
            if (!wasHealthy) {
                log.info("node is a member node={}", LogText.of(node.id()));
            }
        } else if (nameTaken) {
            refusals.failed(error);
        } else if (wasHealthy || nanoTime.getAsLong() - startedNanos > PATIENCE_NANOS) {
            failures.failed(error);
        }
    }

    /** Joins, and beats at once: only a beat tells which other nodes are live, and the store's time. */
    private CompletionStage<?> join() {
        return cluster.lease()
                .join(node.name())
                .thenCompose(id -> adopting().thenApply(adopted -> id))
                .thenCompose(id -> cluster.bus()
                        .listen(id, callbacks::received)
                        .thenAccept(listening -> become(id, listening))
                        .thenCompose(joined -> cluster.lease().beat(id, callbacks.isSettled())))
                .thenAccept(this::beaten);
    }

    /**
     * Adopts node epochs that the store has forgotten, so that their sessions are reaped. Called regularly, and before
     * this node writes.
     */
    public void adopt() {
        if (!closed) {
            var unused = adopting();
        }
    }

    private CompletionStage<?> adopting() {
        return cluster.reaper().adopt().handle((lives, error) -> {
            if (error != null) {
                log.debug(
                        "could not look for forgotten node epochs error={}",
                        LogText.of(Causes.of(error).toString()));
            } else if (lives > 0) {
                log.info("adopted forgotten node epochs lives={}", lives);
                adoptedLives.add(lives);
            }
            return null;
        });
    }

    private void become(NodeId id, NodeBus.Inbox listening) {
        NodeBus.Inbox before = inbox;
        inbox = listening;
        inboxes.add(listening);
        if (before != null) {
            var unused = scheduler.schedule(() -> close(before), LINGER.toMillis(), TimeUnit.MILLISECONDS);
        }
        node.become(id);
        callbacks.joined();
        joined.complete(null);
        if (closed) {
            close(listening);
        }
    }

    private void close(NodeBus.Inbox listening) {
        inboxes.remove(listening);
        listening.close();
    }

    private boolean beaten(Beat beat) {
        if (beat.renewed()) {
            beatenNanos = nanoTime.getAsLong();
            node.storeDoubt().beaten(beat, node.name(), cluster.settings().lease());
            callbacks.beat(beat);
        } else {
            node.storeDoubt().leaseLost();
        }
        return beat.renewed();
    }

    private CompletionStage<?> beat(NodeId id) {
        return cluster.lease().beat(id, callbacks.isSettled()).thenCompose(beat -> {
            if (!beaten(beat)) {
                log.warn("the lease was lost, joining again node={}", LogText.of(id));
                leasesLost.increment();
                return join();
            }
            if (reaping.compareAndSet(false, true)) {
                reap(id);
            }
            return CompletableFuture.completedFuture(null);
        });
    }

    /** Reaps in portions with pauses between them, so that the crash of a node with many users does not flood the store. */
    private void reap(NodeId id) {
        NodeReaper reaper = cluster.reaper();
        reaper.reap(id, REAPED_AT_ONCE).whenComplete((reaped, error) -> {
            if (error != null) {
                log.debug(
                        "could not remove sessions of dead nodes, retrying at the next beat node={} error={}",
                        LogText.of(id),
                        LogText.of(Causes.of(error).toString()));
                reaping.set(false);
                return;
            }
            report(reaped);
            if (reaped.more() && !closed) {
                var unused = scheduler.schedule(() -> reap(id), BETWEEN_REAPS.toMillis(), TimeUnit.MILLISECONDS);
            } else {
                reaping.set(false);
            }
        });
    }

    private void report(Reaped reaped) {
        if (reaped.sessions() > 0) {
            reapedSessions.add(reaped.sessions());
            log.info(
                    "removed sessions of dead nodes sessions={} offline={}",
                    reaped.sessions(),
                    reaped.transitions().size());
        }
        for (Transition transition : reaped.transitions()) {
            callbacks.reaped(transition);
        }
    }

    /** Leaves the cluster. Other nodes reap sessions that are still open. Completes when the store has answered. */
    public CompletionStage<?> leave() {
        closed = true;
        beats.cancel(false);
        node.become(false);
        List.copyOf(inboxes).forEach(this::close);
        NodeId id = node.id();
        if (id == null) {
            return CompletableFuture.completedFuture(null);
        }
        return cluster.lease().leave(id);
    }
}
