package io.scarfall.presence.internal;

import io.scarfall.presence.NodeId;
import java.util.concurrent.CompletionStage;

/**
 * The leases of nodes, which define what nodes are live. A node joins, beats while it runs, and leaves.
 *
 * <p>A lease lasts for the time in the settings, by the clock of the store, never by that of a node. Once it has
 * lapsed, readers ignore the sessions of the node, and another node may begin to reap them. A late beat renews the
 * lease as long as no node has begun to: so after an outage of the store that all nodes survive, no sessions have to
 * be opened again. Once reaping begins, the epoch is lost for good: its beats return {@code renewed = false}, and its
 * writes fail with {@link FencedException}.
 *
 * <p>Every node beats, also the only one of a cluster in memory: there is one way to be live.
 *
 * <p>Thread-safe. Nothing blocks. An unreachable store fails the stage, which alone ends no lease.
 */
public interface NodeLease {

    /**
     * Takes a lease under a new epoch. It is higher than any before, and at least the store's clock in microseconds,
     * so that epochs also grow when the store has lost its data.
     *
     * <p>The earlier life of the same name is superseded: it is no longer live, and its remaining sessions are reaped
     * when its lease would have lapsed, which leaves time to open them again. Processes that share the store need
     * unique names: while another process holds a live lease of the name, the stage fails with {@link
     * NodeNameTakenException}.
     *
     * <p>Not idempotent, and need not be: if the answer is lost, the next epoch supersedes this one. Costs one round
     * trip that grows with the number of nodes only.
     *
     * @param name as in {@link NodeId#name()}; a malformed one fails the stage with {@link IllegalArgumentException}
     */
    CompletionStage<NodeId> join(String name);

    /**
     * Renews the lease for its full length from now. Costs one round trip that grows with the number of nodes only.
     *
     * <p>An implementation keeps the live nodes of the newest beat for readers of the same process, so beats keep
     * them current. Callers beat every {@code beatInterval} of the settings.
     *
     * @param settled whether the store knows all sessions of the node: after a rejoin, only once it has opened them
     *     again. Until then senders learn that its devices may miss messages
     */
    CompletionStage<Beat> beat(NodeId node, boolean settled);

    /** As {@link #beat(NodeId, boolean)} of a node whose sessions the store knows. */
    default CompletionStage<Beat> beat(NodeId node) {
        return beat(node, true);
    }

    /**
     * Ends the lease now; remaining sessions may be reaped at once. Idempotent: leaving twice, or after having been
     * fenced, changes nothing. Costs one round trip.
     */
    CompletionStage<Void> leave(NodeId node);
}
