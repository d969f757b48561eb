package io.scarfall.presence.internal;

import io.scarfall.presence.ClusterState;

/**
 * What a node uses of the state that it shares with other nodes.
 *
 * <p>A node's life: {@link NodeLease#join} → {@link NodeBus#listen} → open, touch and close sessions, with a
 * {@link NodeLease#beat} and then a {@link NodeReaper#reap} every {@code beatInterval} → close the remaining sessions →
 * {@link NodeLease#leave}.
 *
 * <p>Each accessor returns the same object every time. Thread-safe; nothing blocks.
 */
public interface NodeAccess extends ClusterState {

    /**
     * A node's access to this state.
     *
     * @throws IllegalArgumentException if neither {@code MemoryCluster} nor {@code RedisPresenceCluster} made the
     *     state
     */
    static NodeAccess of(ClusterState cluster) {
        if (cluster instanceof NodeAccess access) {
            return access;
        }
        throw new IllegalArgumentException("cluster: " + cluster.getClass().getName()
                + " (expected: one that MemoryCluster or RedisPresenceCluster made)");
    }

    /** Joins, beats, leaves. */
    NodeLease lease();

    /** Removes the sessions of dead nodes. */
    NodeReaper reaper();

    /** Sends messages to other nodes. */
    NodeBus bus();

    /** Writes sessions, finds the nodes of users. */
    PresenceStore store();

    /** Proofs of identity that are no longer valid. */
    Revocations revocations();

    /** How many sessions a user may have on all nodes together. */
    Places places();

    /**
     * How many partitions of the store are known to be unreachable now. The state of their users is unknown; other users are
     * not affected. Does not ask the store; 0 if the store has no partitions.
     */
    default int awayPartitions() {
        return 0;
    }
}
