package io.scarfall.gateway.internal.notice;

import io.scarfall.engineio.internal.LogText;
import io.scarfall.gateway.Metrics;
import io.scarfall.presence.Page;
import io.scarfall.presence.Presence;
import io.scarfall.presence.Roster;
import io.scarfall.presence.Status;
import io.scarfall.presence.UserPresence;
import io.scarfall.presence.internal.Transition;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notifies the watchers of a user, and no others, when the user comes online or goes offline. A watcher is a user who
 * lists this user as a friend. Also sends the present status of newly listed friends. Thread-safe; nothing blocks.
 */
public final class FriendNotifier {

    private static final Logger log = LoggerFactory.getLogger(FriendNotifier.class);

    /** For {@code unacknowledgedSince}: the store acknowledged every write. */
    public static final long ALL_ACKNOWLEDGED = Long.MAX_VALUE;

    private static final int PAGE = 1_000;
    private static final int ASKED_AT_ONCE = 100;

    private final Presence presence;
    private final Roster roster;
    private final NoticeSender sender;
    private final Consumer<Transition> changes;
    private final Metrics.Counter cameOnline;
    private final Metrics.Counter wentOffline;
    private final SentTransitions sent = new SentTransitions();

    /** @param changes sees each transition, before the watchers do; must neither block nor throw */
    public FriendNotifier(
            Presence presence, Roster roster, NoticeSender sender, Consumer<Transition> changes, Metrics metrics) {
        this.presence = presence;
        this.roster = roster;
        this.sender = sender;
        this.changes = changes;
        cameOnline = metrics.counter("scarfall.transitions", "to", Status.ONLINE.word());
        wentOffline = metrics.counter("scarfall.transitions", "to", Status.OFFLINE.word());
    }

    /** The transitions that this notifier sent lately, for {@link NoticeRepair}. */
    SentTransitions sent() {
        return sent;
    }

    /** Notifies all watchers of a transition, page by page. Does nothing if the user's status did not change. */
    public void notify(Transition transition) {
        if (transition.changed()) {
            (StatusUpdate.isOnline(transition) ? cameOnline : wentOffline).increment();
            sent.add(transition);
            changes.accept(transition);
            notify(transition, transition.watchers());
        }
    }

    /**
     * As {@link #notify(Transition)}, for a write that may be a repetition. The first try may have changed the status
     * although its answer was lost; then the repeated write changes nothing. In that case watchers get the present status
     * with its version.
     *
     * @param unacknowledgedSince when the first try may have been, in milliseconds of the store's clock; {@link
     *     #ALL_ACKNOWLEDGED} if this is the first try
     */
    public void notify(Transition transition, long unacknowledgedSince) {
        if (transition.changed() || unacknowledgedSince == ALL_ACKNOWLEDGED) {
            notify(transition);
            return;
        }
        String userId = transition.userId();
        presence.status(List.of(userId)).whenComplete((statuses, error) -> {
            if (error != null) {
                log.warn(
                        "status change may not have reached friends user={} error={}",
                        LogText.of(userId),
                        LogText.of(error.toString()));
                return;
            }
            UserPresence now = statuses.get(userId);
            if (now != null && now.version() >= TimeUnit.MILLISECONDS.toMicros(unacknowledgedSince)) {
                notifyOf(now, now.version(), transition.lastSeen());
            }
        });
    }

    /**
     * Sends the present status of a user to all watchers.
     *
     * @param version the version of the notice
     * @param lastSeen used if the status has no such time
     */
    void notifyOf(UserPresence now, long version, Instant lastSeen) {
        roster.watchers(now.userId(), null, PAGE).whenComplete((watchers, error) -> {
            if (error != null) {
                log.warn(
                        "corrected status not sent user={} error={}",
                        LogText.of(now.userId()),
                        LogText.of(error.toString()));
                return;
            }
            log.debug(
                    "sent corrected status user={} status={}",
                    LogText.of(now.userId()),
                    now.status().word());
            notify(new Transition(
                    now.online() ? Transition.Kind.CAME_ONLINE : Transition.Kind.WENT_OFFLINE,
                    now.userId(),
                    version,
                    now.lastSeen() == null ? lastSeen : now.lastSeen(),
                    now.email(),
                    watchers));
        });
    }

    private void notify(Transition transition, Page<String> watchers) {
        if (!watchers.items().isEmpty()) {
            sender.send(watchers.items(), StatusUpdate.of(transition));
        }
        String next = watchers.nextCursor();
        if (next != null) {
            roster.watchers(transition.userId(), next, PAGE).whenComplete((page, error) -> {
                if (error == null) {
                    notify(transition, page);
                } else {
                    log.warn(
                            "status change did not reach all friends user={} error={}",
                            LogText.of(transition.userId()),
                            LogText.of(error.toString()));
                }
            });
        }
    }

    // New friends.

    /**
     * Sends the present status of newly listed friends to all devices of a user. The index already lists the user as a
     * watcher of these friends, so later changes reach the user like any other. An offline user costs no further work.
     */
    public void added(String userId, List<String> friendIds) {
        presence.status(List.of(userId)).whenComplete((statuses, error) -> {
            if (error != null) {
                notAdded(userId, error);
            } else if (statuses.getOrDefault(userId, UserPresence.unknown(userId))
                            .sessionCount()
                    > 0) {
                tellAdded(userId, new ArrayDeque<>(friendIds));
            }
        });
    }

    /** Asks for a few friends at a time, so that a long list does not flood the store. */
    private void tellAdded(String userId, Queue<String> friendIds) {
        List<String> some = new ArrayList<>();
        while (some.size() < ASKED_AT_ONCE && !friendIds.isEmpty()) {
            some.add(friendIds.remove());
        }
        if (some.isEmpty()) {
            return;
        }
        presence.status(some).whenComplete((statuses, error) -> {
            if (error != null) {
                notAdded(userId, error);
                return;
            }
            for (UserPresence friend : statuses.values()) {
                sender.send(List.of(userId), StatusUpdate.of(friend));
            }
            tellAdded(userId, friendIds);
        });
    }

    private static void notAdded(String userId, Throwable error) {
        log.warn("status of new friends not sent user={} error={}", LogText.of(userId), LogText.of(error.toString()));
    }
}
