package io.scarfall.gateway.internal.link;

import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * What became of a frame, as its sender knows it.
 *
 * @param answer the answer of the receiving node, whose bits mean what the frame's {@link Envelope.Body} says; empty if the
 *     node did not apply the frame, null if the sender never learns it
 */
public record Outcome(@Nullable BitSet answer) {

    /** The other node has not applied the frame: the frame did not arrive, or not in time. */
    static final Outcome NOT_APPLIED = new Outcome(new BitSet(0));

    /** The other node may have applied the frame, or not. */
    static final Outcome UNKNOWN = new Outcome(null);

    /** Whether the other node has applied the frame, so that its answer speaks for each of its sockets. */
    @SuppressWarnings("ReferenceEquality") // an answer may have no bits either
    public boolean isApplied() {
        return this != NOT_APPLIED && answer != null;
    }
}
