package io.scarfall.presence.internal;

import io.scarfall.presence.NodeId;
import io.scarfall.presence.UserSession;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * The places for a user's sessions, on all nodes together. All nodes agree on the order in which sessions take them:
 * of two sessions that want the last place at once, exactly one gets it. A session may take its place before it is
 * opened, so that a session without a place is never open. The place is reserved for {@link #RESERVED}, and held from
 * then on while the session is open. It is free again when the session is closed, when the place is released, and
 * when the lease of its node has lapsed.
 *
 * <p>Thread-safe. Nothing blocks. An unreachable store fails the stage.
 */
public interface Places {

    /** How long a place is reserved for a session that is not open yet. Longer than any store takes to open one. */
    Duration RESERVED = Duration.ofSeconds(10);

    /**
     * Takes a place for a session. A session that has a place keeps it, so the call may be repeated. Costs one round
     * trip.
     *
     * @param session one that is open, or about to be opened
     * @param places how many the user has; at least 1
     * @param displace if no place is free: whether the sessions that took theirs first lose them
     */
    CompletionStage<Claim> claim(UserSession session, int places, boolean displace);

    /**
     * Releases the place of a session that will not be opened; does nothing if it has none. Not needed for a session
     * that is closed. Costs one round trip.
     *
     * @param session as in {@link #claim}
     */
    CompletionStage<?> release(UserSession session);

    /**
     * The result of a claim. Immutable.
     *
     * @param granted whether the session has a place
     * @param displaced the sessions that lost their places to it; their nodes have to close them
     */
    record Claim(boolean granted, List<Placed> displaced) {

        /** Refused. */
        public static final Claim REFUSED = new Claim(false, List.of());

        /** Copies the list. */
        public Claim {
            displaced = List.copyOf(displaced);
        }
    }

    /** A session with a place, and the node that holds it. */
    record Placed(String sessionId, NodeId node) {}
}
