/**
 * Presence in the memory of one process: the default without Redis, and the store for tests of other modules.
 *
 * <p>Start at {@link io.scarfall.presence.memory.MemoryCluster}. Several nodes may share one; leases, fences and
 * reaping then work as between processes. Everything about a user changes in {@code Partition}, as one script does it
 * in Redis.
 */
@NullMarked
package io.scarfall.presence.memory;

import org.jspecify.annotations.NullMarked;
