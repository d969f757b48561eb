package io.scarfall.gateway;

import io.scarfall.engineio.MemoryBudget;

/**
 * How much memory a gateway may hold for clients: unfinished input and unsent output, on both ports together. Immutable.
 *
 * @param maxHeldBytes for all clients together; a quarter of the maximum heap or of the maximum direct memory, whichever is
 *     smaller. Beyond it the connections that hold most are closed, those without authentication first
 * @param maxHeldBytesPerAddress for all clients of one address, loopback included; a quarter of {@code maxHeldBytes}. IPv6
 *     addresses count by their first 64 bits
 * @param maxUnauthenticatedBytes the largest message, POST body and unfinished packet with attachments of a client that is not
 *     authenticated; 16 KB. Services without keys do not authenticate, and have no such bound
 */
public record MemoryLimits(long maxHeldBytes, long maxHeldBytesPerAddress, int maxUnauthenticatedBytes) {

    /** The default of {@code maxUnauthenticatedBytes}. */
    public static final int UNAUTHENTICATED_BYTES = 16 * 1024;

    public static final MemoryLimits DEFAULT = of(MemoryBudget.defaultBytes());

    public MemoryLimits {
        Check.range("maxHeldBytes", maxHeldBytes, 1, Long.MAX_VALUE);
        Check.range("maxHeldBytesPerAddress", maxHeldBytesPerAddress, 1, maxHeldBytes);
        Check.range("maxUnauthenticatedBytes", maxUnauthenticatedBytes, 1, Integer.MAX_VALUE);
    }

    /** The defaults for a bound of all clients together. */
    public static MemoryLimits of(long maxHeldBytes) {
        return new MemoryLimits(maxHeldBytes, MemoryBudget.defaultBytesPerAddress(maxHeldBytes), UNAUTHENTICATED_BYTES);
    }

    public MemoryLimits withMaxHeldBytesPerAddress(long value) {
        return new MemoryLimits(maxHeldBytes, value, maxUnauthenticatedBytes);
    }

    public MemoryLimits withMaxUnauthenticatedBytes(int value) {
        return new MemoryLimits(maxHeldBytes, maxHeldBytesPerAddress, value);
    }

    /** The budget that both ports share. */
    MemoryBudget budget() {
        return new MemoryBudget(maxHeldBytes, maxHeldBytesPerAddress);
    }
}
