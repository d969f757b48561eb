package io.scarfall.engineio;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * What waits for the peer of a session: how much that may be, and how long the peer may take nothing of it. Confined to the
 * session's home loop.
 *
 * <p>A message that does not fit is not taken; it never ends the session, since other clients decide how much is sent to
 * this one. What the peer must not miss, such as the ack that it waits for, has as much room again: only the peer's own
 * requests fill that. A session ends when its peer has taken nothing for {@link EngineConfig#slowTimeout} while something
 * waited.
 *
 * <p>Nothing is timed while nothing waits. While something does, the wheel of heartbeats has the session look at its
 * transport some times within the timeout.
 */
final class Backlog {

    /** A peer that takes less within the timeout counts as one that takes nothing, unless it takes all that waits. */
    static final int LEAST_PROGRESS_BYTES = 4096;

    /** How often the transport is looked at within the timeout. A process that stood still has lost one look, not all. */
    static final int LOOKS = 8;

    private final MemoryBudget memory;
    private final InetSocketAddress address;
    private final int maxBytes;
    private final long betweenLooksNanos;

    /** The largest message that was taken because nothing waited; what must not be missed has its room beside it. */
    private long largestBytes;

    private boolean isWatched;
    private int idleLooks;
    private long lookAtNanos;

    /** @param address the address of the peer */
    Backlog(EngineConfig config, InetSocketAddress address) {
        memory = config.memory();
        this.address = address;
        maxBytes = config.maxUnsentBytes();
        betweenLooksNanos = Math.max(1, config.slowTimeout().toNanos() / LOOKS);
    }

    /** The limit in whose way a message is; null if a transport can take it now. Where nothing waits it fits. */
    @Nullable
    Limit refusal(Transport transport, long length) {
        if (!fits(transport, length, maxBytes)) {
            return Limit.UNSENT_BYTES;
        }
        largestBytes = Math.max(largestBytes, length);
        return length <= MemoryBudget.SMALL_BYTES ? null : memory.refusal(AddressBlock.ofAny(address), length);
    }

    /** Whether a transport can take now what its peer must not miss. */
    boolean takesNeeded(Transport transport, long length) {
        return fits(transport, length, maxBytes + Math.max(maxBytes, largestBytes));
    }

    private static boolean fits(Transport transport, long length, long bound) {
        if (!exceeds(transport, length, bound)) {
            return true;
        }
        transport.flush(); // what was sent in this pass has not been offered to the peer yet
        return !exceeds(transport, length, bound);
    }

    private static boolean exceeds(Transport transport, long length, long bound) {
        long unsent = transport.unsentBytes();
        return unsent > 0 && unsent + length > bound;
    }

    // How long it waits

    boolean isWatched() {
        return isWatched;
    }

    /** When the transport is to be looked at, while this is watched. */
    long lookAtNanos() {
        return lookAtNanos;
    }

    /** Begins to watch a transport for which something waits. */
    void watch(Transport transport, long nowNanos) {
        transport.hasProgressed(); // before this does not count
        isWatched = true;
        idleLooks = 0;
        lookAtNanos = nowNanos + betweenLooksNanos;
    }

    /** Watches no more, until something waits again. */
    void forget() {
        isWatched = false;
    }

    /** Looks at the transport; answers whether its peer has taken something. */
    boolean look(Transport transport, long nowNanos) {
        boolean progressed = transport.hasProgressed();
        if (transport.unsentBytes() == 0) {
            isWatched = false;
            return true;
        }
        idleLooks = progressed ? 0 : idleLooks + 1;
        long next = lookAtNanos + betweenLooksNanos;
        lookAtNanos = next - nowNanos > 0 ? next : nowNanos + betweenLooksNanos;
        return progressed;
    }

    /** Whether the peer has taken nothing for too long. */
    boolean isStuck() {
        return isWatched && idleLooks >= LOOKS;
    }
}
