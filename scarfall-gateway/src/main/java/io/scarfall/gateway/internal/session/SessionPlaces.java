package io.scarfall.gateway.internal.session;

import io.scarfall.engineio.internal.LogText;
import io.scarfall.gateway.ControlConfig;
import io.scarfall.gateway.ControlConfig.WhenFull;
import io.scarfall.gateway.GatewayLimit;
import io.scarfall.gateway.internal.limit.LimitCounter;
import io.scarfall.gateway.internal.link.NodeLinks;
import io.scarfall.gateway.internal.reply.Failure;
import io.scarfall.presence.NodeId;
import io.scarfall.presence.UserSession;
import io.scarfall.presence.internal.Places;
import io.scarfall.presence.internal.Places.Claim;
import io.scarfall.presence.internal.Revocation.Target;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The places for each user's sessions on all nodes together, if their number is bounded. Thread-safe; nothing blocks. */
public final class SessionPlaces {

    /** The code for the end of a session when another one took its place. */
    private static final String SESSION_REPLACED = "session_replaced";

    private static final Logger log = LoggerFactory.getLogger(SessionPlaces.class);

    private static final int MAX_UNCONFIRMED = 10_000;

    private final Places places;
    private final NodeLinks links;
    private final ControlConfig config;
    private final LimitCounter limits;

    /** Sessions that have lost their place, with the nodes that have not confirmed their end. */
    private final Map<Target, NodeId> unconfirmed = new ConcurrentHashMap<>();

    public SessionPlaces(Places places, NodeLinks links, ControlConfig config, LimitCounter limits) {
        this.places = places;
        this.links = links;
        this.config = config;
        this.limits = limits;
    }

    /** Whether places are bounded. */
    public boolean areBounded() {
        return config.maxUserSessions() > 0;
    }

    /**
     * Whether places are bounded and a session without a place is refused. Then a session claims its place before it is
     * opened.
     */
    public boolean refuseNew() {
        return areBounded() && config.whenFull() == WhenFull.REFUSE_NEW;
    }

    /** Gives back the place of a session that will not be opened. */
    public void release(UserSession session) {
        try {
            places.release(session).whenComplete((done, error) -> {
                if (error != null) { // the store frees the place after a while
                    log.debug(
                            "could not give back a place session={} error={}",
                            session.sessionId(),
                            LogText.of(error.toString()));
                }
            });
        } catch (RuntimeException e) {
            log.debug("could not give back a place session={} error={}", session.sessionId(), LogText.of(e.toString()));
        }
    }

    /**
     * Claims a place for a session that is open or about to be opened. If no place is free, the oldest session may have to
     * end. A session that had a place, and lost it while its node was cut off, does not take one from another session.
     */
    public CompletionStage<Claim> claim(UserSession session, boolean hadPlace) {
        boolean displace = config.whenFull() == WhenFull.END_OLDEST && !hadPlace;
        try {
            return places.claim(session, config.maxUserSessions(), displace).whenComplete((claim, error) -> {
                if (error == null && (!claim.granted() || !claim.displaced().isEmpty())) {
                    limits.crossed(GatewayLimit.USER_SESSIONS);
                }
            });
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** The reason for the end of a session that has lost its place. */
    static Failure replaced() {
        return Failure.ofSession("another session of the user took the place of this one", SESSION_REPLACED, true);
    }

    /** Orders another node to end a session that has lost its place. The order is repeated until the node confirms it. */
    public void displace(NodeId node, Target session) {
        links.displace(node, session).thenAccept(answer -> {
            if (answer.isEmpty() && unconfirmed.size() < MAX_UNCONFIRMED) {
                unconfirmed.put(session, node);
            }
        });
    }

    /** Repeats orders that other nodes did not answer. Call it after every beat. */
    public void repeatOrders(Set<NodeId> live) {
        unconfirmed.forEach((session, node) -> {
            if (unconfirmed.remove(session, node) && live.contains(node)) {
                log.debug(
                        "repeating an order to end a session that lost its place session={} node={}",
                        session.sessionId(),
                        LogText.of(node));
                displace(node, session);
            }
        });
    }
}
