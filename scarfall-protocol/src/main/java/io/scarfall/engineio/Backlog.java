package io.scarfall.engineio;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Bounds what waits for the peer of a session: how many bytes, and how long the peer may take none of them. Confined to
 * the session's home loop.
 *
 * <p>A message that does not fit is refused, but never ends the session: other clients decide how much is sent to this
 * one. What the peer must not miss, such as the ack that it waits for, has as much room again, which only the peer's
 * own requests fill. A session ends when something waited for {@link EngineConfig#slowTimeout} and its peer took
 * nothing.
 *
 * <p>While nothing waits, no timer runs. While something waits, the wheel of heartbeats makes the session check its
 * transport several times within the timeout.
 */
final class Backlog {

    /**
     * A peer that takes less than this within the timeout counts as a peer that takes nothing, unless it takes all that
     * waits.
     */
    static final int LEAST_PROGRESS_BYTES = 4096;

    /**
     * How often the transport is checked within the timeout. After a pause of the process only one check is lost, not
     * all.
     */
    static final int CHECKS = 8;

    private final MemoryBudget memory;
    private final InetSocketAddress address;
    private final int maxBytes;
    private final long betweenChecksNanos;

    /**
     * The largest message that was taken because nothing else waited; what the peer must not miss has room in addition
     * to it.
     */
    private long largestBytes;

    private boolean isWatched;
    private int idleChecks;
    private long checkAtNanos;

    /** @param address the address of the peer */
    Backlog(EngineConfig config, InetSocketAddress address) {
        memory = config.memory();
        this.address = address;
        maxBytes = config.maxUnsentBytes();
        betweenChecksNanos = Math.max(1, config.slowTimeout().toNanos() / CHECKS);
    }

    /**
     * The limit that a message exceeds; null if the transport can take the message now. If nothing waits, any message
     * fits.
     */
    @Nullable
    Limit refusal(Transport transport, long length) {
        if (!fits(transport, length, maxBytes)) {
            return Limit.UNSENT_BYTES;
        }
        largestBytes = Math.max(largestBytes, length);
        return length <= MemoryBudget.SMALL_BYTES ? null : memory.refusal(AddressBlock.ofAny(address), length);
    }

    /** Whether a transport can now take a message that its peer must not miss. */
    boolean takesNeeded(Transport transport, long length) {
        return fits(transport, length, maxBytes + Math.max(maxBytes, largestBytes));
    }

    private static boolean fits(Transport transport, long length, long bound) {
        if (!exceeds(transport, length, bound)) {
            return true;
        }
        transport.flush(); // what was sent in this pass of the loop is not written yet
        return !exceeds(transport, length, bound);
    }

    private static boolean exceeds(Transport transport, long length, long bound) {
        long unsent = transport.unsentBytes();
        return unsent > 0 && unsent + length > bound;
    }

    // How long something waits

    boolean isWatched() {
        return isWatched;
    }

    /** When the next check of the transport is due, while it is watched. */
    long checkAtNanos() {
        return checkAtNanos;
    }

    /** Begins to watch a transport whose peer has something to take. */
    void watch(Transport transport, long nowNanos) {
        transport.hasProgressed(); // earlier progress does not count
        isWatched = true;
        idleChecks = 0;
        checkAtNanos = nowNanos + betweenChecksNanos;
    }

    /** Stops watching, until something waits again. */
    void forget() {
        isWatched = false;
    }

    /** Checks the transport; returns whether its peer has taken something. */
    boolean look(Transport transport, long nowNanos) {
        boolean progressed = transport.hasProgressed();
        if (transport.unsentBytes() == 0) {
            isWatched = false;
            return true;
        }
        idleChecks = progressed ? 0 : idleChecks + 1;
        long next = checkAtNanos + betweenChecksNanos;
        checkAtNanos = next - nowNanos > 0 ? next : nowNanos + betweenChecksNanos;
        return progressed;
    }

    /** Whether the peer has taken nothing for too long. */
    boolean isStuck() {
        return isWatched && idleChecks >= CHECKS;
    }
}
