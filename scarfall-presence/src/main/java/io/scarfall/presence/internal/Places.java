package io.scarfall.presence.internal;

import io.scarfall.presence.NodeId;
import io.scarfall.presence.UserSession;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * The places that a user has for sessions, on all nodes together. Sessions take them in an order that all nodes agree on: of
 * two that want the last place at once, exactly one gets it. A session may take its place before it is opened, so that one
 * that gets none is never open: the place is kept for it for {@link #RESERVED}, and after that for as long as it is open. A
 * place is free again when its session is closed or the place is given back, and as soon as the lease of its node has
 * lapsed.
 *
 * <p>Thread-safe. Nothing blocks. An unreachable store fails the stage.
 */
public interface Places {

    /** How long a place is kept for a session that is not open yet. Longer than any store takes to open one. */
    Duration RESERVED = Duration.ofSeconds(10);

    /**
     * Takes a place for a session; one that has a place keeps it, so the call may be repeated. Costs one round trip.
     *
     * @param session which is open, or is to be opened at once
     * @param places how many the user has; at least 1
     * @param displace whether those who took theirs first lose them, if there is none
     */
    CompletionStage<Claim> claim(UserSession session, int places, boolean displace);

    /**
     * Gives the place of a session back that is not going to be opened; does nothing if it has none. A session that is
     * closed needs no such call. Costs one round trip.
     *
     * @param session as in {@link #claim}
     */
    CompletionStage<?> release(UserSession session);

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
