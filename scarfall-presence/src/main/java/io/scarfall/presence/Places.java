package io.scarfall.presence;

import io.scarfall.presence.node.NodeId;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * The places that a user has for sessions, on all nodes together. A session that is open takes one, in an order that all
 * nodes agree on: of two that want the last place at once, exactly one gets it. A place is free again when its session is
 * closed, and as soon as the lease of its node has lapsed.
 *
 * <p>Thread-safe. Nothing blocks. An unreachable store fails the stage.
 */
public interface Places {

    /**
     * Takes a place for a session; one that has a place keeps it, so the call may be repeated. Costs one round trip.
     *
     * @param session which the store has open under its node and epoch; if it has not, the stage fails with {@link
     *     IllegalStateException}
     * @param places how many the user has; at least 1
     * @param displace whether those who took theirs first lose them, if there is none
     */
    CompletionStage<Claim> claim(UserSession session, int places, boolean displace);

    /**
     * What came of it.
     *
     * @param granted whether the session has a place
     * @param displaced the sessions that have lost theirs to it, and are to be closed by whoever holds them
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
