/**
 * Presence in the memory of one process: the default without Redis, and the one that tests of other modules use.
 *
 * <p>Start at {@link io.scarfall.presence.memory.MemoryCluster}. Several nodes may share one, and then leases, fences
 * and reaping are as real as between processes. Below it, {@code Partition} is where everything about a user changes,
 * as one script does it in Redis.
 */
@NullMarked
package io.scarfall.presence.memory;

import org.jspecify.annotations.NullMarked;
