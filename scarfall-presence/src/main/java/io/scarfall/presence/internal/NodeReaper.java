package io.scarfall.presence.internal;

import io.scarfall.presence.NodeId;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Removes the sessions of dead nodes, and takes users offline whose grace has ended: no session's own node will do
 * that. Every node calls it after each of its beats. The first one does the work; if it stops, another one continues.
 *
 * <p>A node is dead when its lease lapsed, when it left, or when it was superseded. Reaping begins with fencing it,
 * so that a late write of it cannot bring back what was reaped.
 *
 * <p>After an outage of the store, or a pause of the whole machine, every lease has lapsed, and the first node to
 * beat would reap all others. So a node treats lapsed leases as dead only after it has held its own for the full
 * length of a lease without a gap. In that time the others beat again.
 *
 * <p>Thread-safe. Nothing blocks.
 */
public interface NodeReaper {

    /**
     * How long a reaped session is remembered, see {@link Placement#hasReaped}: its node may only be cut off from the
     * store.
     */
    Duration REMEMBERED = Duration.ofMinutes(1);

    /**
     * Does some of the work that is due.
     *
     * <p>Exactly one call removes a session, also when several nodes reap at once, so each transition is returned
     * once; its caller sends the notices. Costs a few round trips, and as much work in the store as it removes.
     *
     * @param by the calling node; while it does not hold its lease, it reaps nothing
     * @param limit the most sessions and graces of this call, 1 to {@link io.scarfall.presence.PresenceSettings#MAX_PAGE}: the caller
     *     pauses between calls, so that the crash of a full node causes no storm
     */
    CompletionStage<Reaped> reap(NodeId by, int limit);

    /**
     * Looks for sessions of nodes that the store no longer knows, for example because it lost a part of its data:
     * they would stay for ever. It notes the epochs of these nodes as fenced, so that {@link #reap} removes their
     * sessions one lease later. A node among them that still runs learns it from its next beat, and has time to join
     * and to open its sessions again. A node calls this after it joined and before it writes, and then every few
     * minutes. Costs one short script per partition, some at a time, and reads nothing about users. The default does
     * nothing.
     *
     * @return how many epochs were found
     */
    default CompletionStage<Integer> adopt() {
        return CompletableFuture.completedFuture(0);
    }
}
