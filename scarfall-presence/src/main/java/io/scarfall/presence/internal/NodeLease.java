package io.scarfall.presence.internal;

import io.scarfall.presence.NodeId;
import java.util.concurrent.CompletionStage;

/**
 * Who is a live node. A node joins, beats while it runs, and leaves.
 *
 * <p>A lease lasts for the time in the settings, by the clock of the store and never of a node. Once it has lapsed,
 * readers ignore the sessions of the node, and another node may begin to reap them. A beat that comes late, but before
 * anybody began, renews the lease as if nothing had happened: after an outage of the store that all nodes outlived,
 * none has to open its sessions again. From the moment when reaping begins, and for good, the epoch is lost: its beats
 * say {@code renewed = false} and its writes are refused with {@link FencedException}.
 *
 * <p>Every node beats, also the only one of an in-memory cluster: there is one way of being alive.
 *
 * <p>Thread-safe. Nothing blocks. A store that cannot be reached fails the stage; no lease is lost by that alone.
 */
public interface NodeLease {

    /**
     * Takes a lease under a new epoch, higher than any given before and at least the store's clock in microseconds, so
     * that epochs grow also when the store has lost its data.
     *
     * <p>An earlier life of the same name is superseded: it is no longer live, and what sessions it has left are reaped
     * when its lease would have lapsed, which leaves the time to open them again. Where several processes share the store, names have to be
     * unique: a name whose lease is live and held by another process fails the stage with {@link NodeNameTakenException}, until that lease is
     * over.
     *
     * <p>Not idempotent, and need not be: an epoch whose answer was lost is superseded by the next. Costs one round
     * trip that grows with the number of nodes only.
     *
     * @param name as in {@link NodeId#name()}; a malformed one fails the stage with {@link IllegalArgumentException}
     */
    CompletionStage<NodeId> join(String name);

    /**
     * Renews the lease for its full length from now. Costs one round trip that grows with the number of nodes only.
     *
     * <p>An implementation remembers the live nodes of the newest beat for the readers of the same process, so the beat
     * is also what keeps them current; callers beat every {@code beatInterval} of the settings.
     *
     * @param settled whether the store knows all sessions of the node: after it has joined once more, not before it has opened
     *     them again. Until then senders are told that its devices may miss messages
     */
    CompletionStage<Beat> beat(NodeId node, boolean settled);

    /** As {@link #beat(NodeId, boolean)} of a node whose sessions the store knows. */
    default CompletionStage<Beat> beat(NodeId node) {
        return beat(node, true);
    }

    /**
     * Ends the lease now; sessions that are left may be reaped at once. Idempotent: leaving twice, or after having been
     * fenced, changes nothing. Costs one round trip.
     */
    CompletionStage<Void> leave(NodeId node);
}
