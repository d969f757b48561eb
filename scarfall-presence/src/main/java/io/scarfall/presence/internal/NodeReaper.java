package io.scarfall.presence.internal;

import io.scarfall.presence.NodeId;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Makes happen what no session's own node will: it removes the sessions of dead nodes, and takes users offline whose
 * grace is over. Every node asks it after each of its beats; whoever comes first does the work, and another goes on
 * where one stopped.
 *
 * <p>A node is dead when its lease lapsed, or when it left or was superseded. Reaping begins with fencing it, so
 * nothing that it still sends brings back what was reaped.
 *
 * <p>After an outage of the store, or a pause of the whole machine, every lease has lapsed and the first to beat would
 * reap everybody. So a node declares others dead by their lapsed lease only after it has held its own, without a gap,
 * for a full length of a lease; in that time the others beat again.
 *
 * <p>Thread-safe. Nothing blocks.
 */
public interface NodeReaper {

    /**
     * For how long it is remembered that a session was reaped, see {@link Placement#hasReaped}: its node may only be cut off.
     */
    Duration REMEMBERED = Duration.ofMinutes(1);

    /**
     * Does some of what is due.
     *
     * <p>Each session is removed by one call only, also when nodes reap at the same time, so each transition is
     * answered once; the caller tells the watchers. Costs a few round trips, and as much work in the store as it
     * removes.
     *
     * @param by the node that asks; it reaps nothing while it does not hold its lease
     * @param limit the most sessions and graces that are settled by this call, 1 to {@link PresenceSettings#MAX_PAGE}:
     *     the caller waits between calls, so that the crash of a full node is no storm
     */
    CompletionStage<Reaped> reap(NodeId by, int limit);

    /**
     * Looks for what nodes left of whom the store knows nothing any more, as when it lost a part of its data: nobody would
     * reap that. Their lives are noted as those of nodes that were fenced, so {@link #reap} removes what they left, a lease
     * later: one that runs after all learns that by its next beat, and has the time to join and to open its sessions
     * again. To be called by a node that has joined before it writes anything, and then every few minutes. Costs one
     * short script per partition, some at a time, and reads nothing about users. Here it does nothing.
     *
     * @return how many lives were found
     */
    default CompletionStage<Integer> adopt() {
        return CompletableFuture.completedFuture(0);
    }
}
