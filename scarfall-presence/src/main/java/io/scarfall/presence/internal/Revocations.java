package io.scarfall.presence.internal;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * What has been revoked, for all nodes: one list in the order of the versions. It holds ids and times, and no credential.
 *
 * <p>A node keeps a copy: it reads what is new at each beat, so that what it was not told of reaches it all the same. Whoever
 * opens a session asks for its targets besides, for what came since the last beat.
 *
 * <p>Thread-safe. Nothing blocks. An unreachable store fails the stage.
 */
public interface Revocations {

    /**
     * Puts a target on the list; one that is on it already moves to its end. Costs one round trip. A failed stage may have
     * taken effect or not, and may be repeated.
     *
     * @param keep after what time the list may forget it, at most {@link PresenceSettings#MAX_TIME}: when all that it could
     *     concern is over
     * @param most how many entries the list may have; beyond it the stage fails with {@link TooManyRevocationsException}
     */
    CompletionStage<Revocation> revoke(Revocation.Target target, Duration keep, int most);

    /** Those of these targets that are on the list, in any order. Costs one pipelined round trip. */
    CompletionStage<List<Revocation>> of(Collection<Revocation.Target> targets);

    /**
     * What is on the list behind a version, the earliest first. Costs one round trip.
     *
     * @param version 0 for the beginning
     * @param limit the most that are wanted, 1 to {@link PresenceSettings#MAX_PAGE}; as many mean that there may be more
     */
    CompletionStage<List<Revocation>> since(long version, int limit);

    /**
     * Puts back what a store has lost, with the versions that it had; what is on the list stays as it is. Costs one
     * pipelined round trip.
     *
     * @param keep as in {@link #revoke}, from now
     */
    CompletionStage<Void> restore(Collection<Revocation> known, Duration keep);
}
