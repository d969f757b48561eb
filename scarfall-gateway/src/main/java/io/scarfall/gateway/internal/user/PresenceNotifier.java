package io.scarfall.gateway.internal.user;

import io.scarfall.engineio.internal.LogText;
import io.scarfall.gateway.Metrics;
import io.scarfall.gateway.internal.delivery.UserDelivery;
import io.scarfall.presence.Page;
import io.scarfall.presence.Presence;
import io.scarfall.presence.PresenceSettings;
import io.scarfall.presence.Roster;
import io.scarfall.presence.Status;
import io.scarfall.presence.TransitionFeed;
import io.scarfall.presence.TransitionFeed.StatusChange;
import io.scarfall.presence.UserPresence;
import io.scarfall.presence.internal.Transition;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells those who list a user as a friend that the user came or went, and nobody else. A user who lists a new friend is told
 * how that friend is now. Thread-safe.
 *
 * <p>A store may lose what it had answered already: at a failover, or where a node spoke to the wrong side of a split. Who was
 * told of a transition that is lost would go on believing it. So when the store may have lost something, and everybody has had
 * the time to open their sessions again, it is asked about those of whom was told lately, and what differs is told.
 *
 * <p>Whom other nodes told of what happened while this one was cut off, that were not the watchers here: so at the same time
 * they are told what the store's feed has of that time.
 */
public final class PresenceNotifier {

    private static final Logger log = LoggerFactory.getLogger(PresenceNotifier.class);

    private static final String EVENT = "user_status_update";
    private static final int PAGE = 1_000;
    private static final int FEED_PAGE = PresenceSettings.MAX_PAGE;
    private static final int ASKED_AT_ONCE = 100;

    /** How many transitions are remembered, of different users. */
    private static final int REMEMBERED = 10_000;

    private final Presence presence;
    private final Roster roster;
    private final UserDelivery delivery;
    private final Metrics.Counter cameOnline;
    private final Metrics.Counter wentOffline;

    /** The newest transition of each user that this node told of. Guarded by itself. */
    private final Map<String, Transition> told = new LinkedHashMap<>();

    private final LongSupplier nanoTime;
    private final long settleNanos;

    /** Whether there is doubt of what was told, and when to look whether it is so. Guarded by {@link #told}. */
    private boolean doubted;

    private long checkNanos;

    /** The newest beat, by the store's clock, before there was doubt. Guarded by {@link #told}. */
    private @Nullable Instant undoubted;

    /** What a friend's device gets. */
    record StatusUpdate(
            String userId,
            String status,
            @Nullable String email,
            @Nullable Instant lastSeen,
            long version) {}

    /** @param settle after how long everybody who lives has learned of a loss, and made up for it: a lease */
    public PresenceNotifier(
            Presence presence,
            Roster roster,
            UserDelivery delivery,
            Metrics metrics,
            Duration settle,
            LongSupplier nanoTime) {
        this.presence = presence;
        this.nanoTime = nanoTime;
        settleNanos = settle.toNanos();
        this.roster = roster;
        this.delivery = delivery;
        cameOnline = metrics.counter("scarfall.transitions", "to", Status.ONLINE.word());
        wentOffline = metrics.counter("scarfall.transitions", "to", Status.OFFLINE.word());
    }

    /** Tells all watchers of a transition, page by page; nobody, if nothing changed. */
    public void notify(Transition transition) {
        if (transition.changed()) {
            (isOnline(transition) ? cameOnline : wentOffline).increment();
            remember(transition);
            notify(transition, transition.watchers());
        }
    }

    /**
     * The same, of a write that was repeated: what changed nothing now may have done so before, unheard. Then watchers are told
     * what is so, by the version that it has.
     *
     * @param unheardSince since when that may have been, in milliseconds of the store's clock; {@link LiveSessions#HEARD} if
     *     all was heard
     */
    void notify(Transition transition, long unheardSince) {
        if (transition.changed() || unheardSince == LiveSessions.HEARD) {
            notify(transition);
            return;
        }
        String userId = transition.userId();
        presence.status(List.of(userId)).whenComplete((statuses, error) -> {
            if (error != null) {
                log.warn(
                        "watchers may not know of a change user={} error={}",
                        LogText.of(userId),
                        LogText.of(error.toString()));
                return;
            }
            UserPresence now = statuses.get(userId);
            if (now != null && now.version() >= TimeUnit.MILLISECONDS.toMicros(unheardSince)) {
                tell(now, now.version(), transition.lastSeen());
            }
        });
    }

    private void remember(Transition transition) {
        synchronized (told) {
            Transition before = told.remove(transition.userId());
            told.put(
                    transition.userId(),
                    before != null && before.version() > transition.version() ? before : transition);
            if (told.size() > REMEMBERED) {
                told.remove(told.keySet().iterator().next());
            }
        }
    }

    /**
     * Tells a user, on every device, the current status of friends who are new on the user's list. The index has the user by
     * now, so a change that is not in this status is told as every other one. Costs nothing else where the user is offline.
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

    /** Some at a time, so that a long list is no storm on the store. */
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
                Status status = friend.online() ? Status.ONLINE : Status.OFFLINE;
                StatusUpdate update = new StatusUpdate(
                        friend.userId(), status.word(), friend.email(), friend.lastSeen(), friend.version());
                delivery.notify(List.of(userId), friend.userId(), friend.version(), EVENT, update);
            }
            tellAdded(userId, friendIds);
        });
    }

    private static void notAdded(String userId, Throwable error) {
        log.warn(
                "a user may not know the status of new friends user={} error={}",
                LogText.of(userId),
                LogText.of(error.toString()));
    }

    /** The store may have lost what it answered, and others may have told what was not heard here. */
    public void doubt() {
        synchronized (told) {
            doubted = undoubted != null; // else there was nothing before
            checkNanos = nanoTime.getAsLong() + settleNanos;
        }
    }

    /**
     * The store answered a beat.
     *
     * @param time by the store's clock
     */
    public void beat(Instant time) {
        List<Transition> all;
        Instant since;
        synchronized (told) {
            since = undoubted;
            if (!doubted) {
                undoubted = time;
            }
            if (since == null || !doubted || nanoTime.getAsLong() - checkNanos < 0) {
                return;
            }
            doubted = false;
            undoubted = time;
            all = List.copyOf(told.values());
            told.clear();
        }
        tellMissed(since.minusNanos(settleNanos));
        for (int from = 0; from < all.size(); from += PAGE) {
            check(all.subList(from, Math.min(all.size(), from + PAGE)));
        }
    }

    private void check(List<Transition> some) {
        presence.status(some.stream().map(Transition::userId).toList()).whenComplete((statuses, error) -> {
            if (error != null) { // it was lost again, or will be when it is back
                log.debug("not checked what was told users={} error={}", some.size(), LogText.of(error.toString()));
                some.forEach(this::remember);
                return;
            }
            for (Transition before : some) {
                UserPresence now = statuses.get(before.userId());
                if (now == null) {
                    remember(before); // a part of the store is away: asked when it is back
                } else if (now.version() < before.version() && now.online() != isOnline(before)) {
                    tell(
                            now,
                            before.version() + 1,
                            before.lastSeen()); // receivers take it for newer than what they were told
                }
            }
        });
    }

    // What was missed.

    /** Tells watchers on this node of all that the feed has since a time, and of which they were not told. */
    private void tellMissed(Instant since) {
        collect(TransitionFeed.OLDEST, ChronoUnit.MICROS.between(Instant.EPOCH, since), new LinkedHashMap<>())
                .whenComplete((missed, error) -> {
                    if (error != null) {
                        log.warn(
                                "watchers here may have missed changes since={} error={}",
                                since,
                                LogText.of(error.toString()));
                    } else if (!missed.isEmpty()) {
                        log.debug("looking for watchers of what was missed since={} users={}", since, missed.size());
                        tellHere(new ArrayDeque<>(missed.values()));
                    }
                });
    }

    /** The newest change of each user since a version: no more than the feed keeps. */
    private CompletionStage<Map<String, StatusChange>> collect(
            String position, long since, Map<String, StatusChange> found) {
        return presence.transitions().read(position, FEED_PAGE).thenCompose(batch -> {
            for (StatusChange change : batch.changes()) {
                if (change.version() >= since && !delivery.hasToldOf(change.userId(), change.version())) {
                    found.put(change.userId(), change);
                }
            }
            return batch.changes().isEmpty()
                    ? CompletableFuture.completedFuture(found)
                    : collect(batch.next(), since, found);
        });
    }

    /** Some at a time, so that a long absence is no storm on the store. */
    private void tellHere(Queue<StatusChange> missed) {
        List<CompletableFuture<?>> asked = new ArrayList<>();
        while (asked.size() < ASKED_AT_ONCE && !missed.isEmpty()) {
            StatusChange change = missed.remove();
            asked.add(tellHere(change, null).toCompletableFuture());
        }
        if (!asked.isEmpty()) {
            CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new)).whenComplete((done, error) -> {
                if (error != null) {
                    log.warn(
                            "watchers here may have missed changes users={} error={}",
                            missed.size(),
                            LogText.of(error.toString()));
                } else {
                    tellHere(missed);
                }
            });
        }
    }

    private CompletionStage<?> tellHere(StatusChange change, @Nullable String cursor) {
        return roster.watchers(change.userId(), cursor, PAGE).thenCompose(watchers -> {
            if (!watchers.items().isEmpty()) {
                StatusUpdate update = new StatusUpdate(
                        change.userId(), change.status().word(), change.email(), change.lastSeen(), change.version());
                delivery.notifyHere(watchers.items(), change.userId(), change.version(), EVENT, update);
            }
            String next = watchers.nextCursor();
            return next == null ? CompletableFuture.completedFuture(null) : tellHere(change, next);
        });
    }

    /** Tells all watchers what is so now. */
    private void tell(UserPresence now, long version, Instant lastSeen) {
        roster.watchers(now.userId(), null, PAGE).whenComplete((watchers, error) -> {
            if (error != null) {
                log.warn(
                        "watchers are not told user={} error={}",
                        LogText.of(now.userId()),
                        LogText.of(error.toString()));
                return;
            }
            log.debug(
                    "told afterwards user={} status={}",
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
                    log.warn(
                            "some watchers are not told user={} error={}",
                            LogText.of(transition.userId()),
                            LogText.of(error.toString()));
                }
            });
        }
    }
}
