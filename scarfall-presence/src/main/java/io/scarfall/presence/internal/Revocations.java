package io.scarfall.presence.internal;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * The list of revocations for all nodes, ordered by version. It holds ids and times, and no credential.
 *
 * <p>A node keeps a copy, and reads new entries at each beat, so that an order that did not reach it takes effect
 * too. A node that opens a session also asks for its targets, because of entries since the last beat.
 *
 * <p>Thread-safe. Nothing blocks. An unreachable store fails the stage.
 */
public interface Revocations {

    /**
     * Adds a target; one that is on the list moves to its end. Costs one round trip. A failed stage may have taken
     * effect or not, and may be repeated.
     *
     * @param keep how long the list keeps the entry, at most {@link io.scarfall.presence.PresenceSettings#MAX_TIME}: until everything that
     *     it applies to has expired
     * @param most how many entries the list may have; beyond it the stage fails with {@link
     *     TooManyRevocationsException}
     */
    CompletionStage<Revocation> revoke(Revocation.Target target, Duration keep, int most);

    /** The entries for these targets, in any order. Costs one pipelined round trip. */
    CompletionStage<List<Revocation>> of(Collection<Revocation.Target> targets);

    /**
     * The entries after a version, the earliest first. Costs one round trip.
     *
     * @param version 0 for the beginning
     * @param limit the most entries, 1 to {@link io.scarfall.presence.PresenceSettings#MAX_PAGE}; if there are as many, there may be more
     */
    CompletionStage<List<Revocation>> since(long version, int limit);

    /**
     * Restores entries that a store has lost, with their versions; existing entries do not change. Costs one
     * pipelined round trip.
     *
     * @param keep as in {@link #revoke}, from now
     */
    CompletionStage<Void> restore(Collection<Revocation> known, Duration keep);
}
