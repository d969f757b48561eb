package io.scarfall.gateway.user;

import io.scarfall.gateway.delivery.UserDelivery;
import io.scarfall.gateway.metrics.Metrics;
import io.scarfall.presence.Page;
import io.scarfall.presence.Roster;
import io.scarfall.presence.Status;
import io.scarfall.presence.Transition;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells those who list a user as a friend that the user came or went, and nobody else. Thread-safe. */
public final class PresenceNotifier {

    private static final Logger log = LoggerFactory.getLogger(PresenceNotifier.class);

    private static final String EVENT = "user_status_update";
    private static final int PAGE = 1_000;

    private final Roster roster;
    private final UserDelivery delivery;
    private final Metrics.Counter cameOnline;
    private final Metrics.Counter wentOffline;

    /** What a friend's device gets. */
    record StatusUpdate(
            String userId, String status, @Nullable String email, Instant lastSeen, long version) {}

    public PresenceNotifier(Roster roster, UserDelivery delivery, Metrics metrics) {
        this.roster = roster;
        this.delivery = delivery;
        cameOnline = metrics.counter("scarfall.transitions", "to", Status.ONLINE.word());
        wentOffline = metrics.counter("scarfall.transitions", "to", Status.OFFLINE.word());
    }

    /** Tells all watchers of a transition, page by page; nobody, if nothing changed. */
    public void notify(Transition transition) {
        if (transition.changed()) {
            (isOnline(transition) ? cameOnline : wentOffline).increment();
            notify(transition, transition.watchers());
        }
    }

    private static boolean isOnline(Transition transition) {
        return transition.kind() == Transition.Kind.CAME_ONLINE;
    }

    private void notify(Transition transition, Page<String> watchers) {
        if (!watchers.items().isEmpty()) {
            Status status = isOnline(transition) ? Status.ONLINE : Status.OFFLINE;
            StatusUpdate update = new StatusUpdate(
                    transition.userId(),
                    status.word(),
                    transition.email(),
                    transition.lastSeen(),
                    transition.version());
            delivery.notify(watchers.items(), transition.userId(), transition.version(), EVENT, update);
        }
        String next = watchers.nextCursor();
        if (next != null) {
            roster.watchers(transition.userId(), next, PAGE).whenComplete((page, error) -> {
                if (error == null) {
                    notify(transition, page);
                } else {
                    log.warn("some watchers are not told user={} error={}", transition.userId(), error.toString());
                }
            });
        }
    }
}
