package io.scarfall.gateway.internal.link;

import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * The outcome of a frame, as far as its sender knows it.
 *
 * @param answer the answer of the receiving node, in the bits that the frame's {@link Envelope.Body} defines; empty if
 *     the node did not apply the frame; null if the sender will never learn the outcome
 */
public record Outcome(@Nullable BitSet answer) {

    /** The other node did not apply the frame: it did not arrive, or arrived too late. */
    static final Outcome NOT_APPLIED = new Outcome(new BitSet(0));

    /** The other node may or may not have applied the frame. */
    static final Outcome UNKNOWN = new Outcome(null);

    /** Whether the other node applied the frame. Then its answer covers each of its sockets. */
    @SuppressWarnings("ReferenceEquality") // the answer to an applied frame may have no bits either
    public boolean isApplied() {
        return this != NOT_APPLIED && answer != null;
    }
}
