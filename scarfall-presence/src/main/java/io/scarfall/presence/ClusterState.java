package io.scarfall.presence;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The state that the nodes of a cluster share. An application makes one with {@link
 * io.scarfall.presence.memory.MemoryCluster} or {@link io.scarfall.presence.redis.RedisPresenceCluster}, gives it to its
 * gateway, and closes it after the gateway.
 *
 * <p>Each accessor returns the same object every time. Thread-safe; nothing blocks. An application cannot implement this
 * interface: the gateway refuses other implementations with {@link IllegalArgumentException}.
 */
public interface ClusterState extends AutoCloseable {

    /** The times and bounds, the same on all nodes. */
    PresenceSettings settings();

    /** Queries: which users are online, with which sessions, and what changed. */
    Presence presence();

    /** The lists of friends. */
    Roster roster();

    /**
     * Completes when the store was reached for the first time, which may be never; complete already if the store is in
     * memory. Fails with {@link IllegalStateException} if the keys in the store have another layout, such as another number
     * of partitions, or if this is closed first.
     */
    default CompletionStage<@Nullable Void> connected() {
        return CompletableFuture.completedFuture(null);
    }

    /** Closes the connections in the background; operations in progress fail. Idempotent; does not wait. */
    @Override
    void close();
}
