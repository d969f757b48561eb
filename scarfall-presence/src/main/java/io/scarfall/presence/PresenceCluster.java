package io.scarfall.presence;

import io.scarfall.presence.node.NodeBus;
import io.scarfall.presence.node.NodeLease;

/**
 * The state that nodes share, by all of its sides: what a gateway is given, and all that it has to be given, to be one
 * of several nodes or the only one.
 *
 * <p>Each accessor answers the same object every time; all of them are thread-safe. Whoever made the cluster closes it,
 * where there is something to close.
 *
 * <p>A node's life: {@link NodeLease#join} → {@link NodeBus#listen} → open, touch and close sessions, with a
 * {@link NodeLease#beat} and then a {@link NodeReaper#reap} every {@code beatInterval} → close what is left →
 * {@link NodeLease#leave}.
 */
public interface PresenceCluster {

    /** The times and bounds. */
    PresenceSettings settings();

    /** Joins, beats, leaves. */
    NodeLease lease();

    /** Settles what dead nodes left. */
    NodeReaper reaper();

    /** Reaches other nodes. */
    NodeBus bus();

    /** Writes sessions, finds users. */
    PresenceStore store();

    /** Answers questions. */
    Presence presence();

    /** Who lists whom. */
    Roster roster();

    /** Which proofs of identity count no more. */
    Revocations revocations();

    /** How many sessions a user may have on all nodes together. */
    Places places();

    /**
     * How many of the store's partitions cannot be reached at this moment, as far as is known. Their users are unknown, and the
     * others are not affected. Does not ask the store; 0 where the store has no partitions.
     */
    default int awayPartitions() {
        return 0;
    }
}
