package io.scarfall.gateway.internal.notice;

import io.scarfall.engineio.internal.LogText;
import io.scarfall.presence.Presence;
import io.scarfall.presence.PresenceSettings;
import io.scarfall.presence.Roster;
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
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Corrects what friends know after the store was in doubt. Thread-safe; nothing blocks.
 *
 * <ul>
 *   <li>A store may lose transitions that it had acknowledged, at a failover or if a node wrote to the losing side of a
 *       split brain. Friends that got a notice of such a transition would keep a wrong status. So this node asks the
 *       store for the users of its latest notices, and corrects what differs.
 *   <li>A node that was cut off did not get the notices of other nodes. So this node reads the store's feed of the
 *       doubtful time, and sends new changes to the watchers among its own users.
 * </ul>
 *
 * <p>Both happen one lease after the doubt began: by then every live node has opened its sessions again.
 */
public final class NoticeRepair {

    private static final Logger log = LoggerFactory.getLogger(NoticeRepair.class);

    private static final int PAGE = 1_000;
    private static final int FEED_PAGE = PresenceSettings.MAX_PAGE;
    private static final int ASKED_AT_ONCE = 100;

    private final Presence presence;
    private final Roster roster;
    private final FriendNotifier notifier;
    private final NoticeSender sender;
    private final LongSupplier nanoTime;
    private final long delayNanos;
    private final Object lock = new Object();

    /** Whether a repair is due at {@link #dueNanos}. Guarded by the lock. */
    private boolean isDue;

    private long dueNanos;

    /** The newest beat before there was doubt, by the store's clock; null before the first beat. Guarded by the lock. */
    private @Nullable Instant undoubted;

    /**
     * @param delay the time after which every live node has noticed a loss and has written its sessions again: one lease
     * @param nanoTime as {@link System#nanoTime}
     */
    public NoticeRepair(
            Presence presence,
            Roster roster,
            FriendNotifier notifier,
            NoticeSender sender,
            Duration delay,
            LongSupplier nanoTime) {
        this.presence = presence;
        this.roster = roster;
        this.notifier = notifier;
        this.sender = sender;
        this.nanoTime = nanoTime;
        delayNanos = delay.toNanos();
    }

    /**
     * Schedules a repair after the delay. Call it when the store may have lost data, or when this node may have missed
     * notices.
     */
    public void begin() {
        synchronized (lock) {
            isDue = undoubted != null; // before its first beat this node has sent and missed nothing
            dueNanos = nanoTime.getAsLong() + delayNanos;
        }
    }

    /**
     * Repairs if a repair is due. Call it after every beat.
     *
     * @param time the time of the beat, by the store's clock
     */
    public void repairIfDue(Instant time) {
        List<Transition> all;
        Instant since;
        synchronized (lock) {
            since = undoubted;
            if (!isDue) {
                undoubted = time;
            }
            if (since == null || !isDue || nanoTime.getAsLong() - dueNanos < 0) {
                return;
            }
            isDue = false;
            undoubted = time;
            all = notifier.sent().takeAll();
        }
        sendMissed(since.minusNanos(delayNanos));
        for (int from = 0; from < all.size(); from += PAGE) {
            check(all.subList(from, Math.min(all.size(), from + PAGE)));
        }
    }

    // Notices that this node sent, of transitions that the store may have lost.

    private void check(List<Transition> some) {
        presence.status(some.stream().map(Transition::userId).toList()).whenComplete((statuses, error) -> {
            if (error != null) { // the store is in doubt again, or will be when it returns
                log.debug(
                        "could not verify earlier notices users={} error={}",
                        some.size(),
                        LogText.of(error.toString()));
                some.forEach(notifier.sent()::add);
                return;
            }
            for (Transition before : some) {
                UserPresence now = statuses.get(before.userId());
                if (now == null) {
                    notifier.sent()
                            .add(before); // a part of the store is unreachable: the repair after its return asks again
                } else if (now.version() < before.version() && now.online() != StatusUpdate.isOnline(before)) {
                    // receivers must take this version for newer than that of the lost transition
                    notifier.notifyOf(now, before.version() + 1, before.lastSeen());
                }
            }
        });
    }

    // Changes that this node missed.

    /** Sends the changes of the feed since a time to watchers on this node, except those that this node has passed on. */
    private void sendMissed(Instant since) {
        collect(TransitionFeed.OLDEST, ChronoUnit.MICROS.between(Instant.EPOCH, since), new LinkedHashMap<>())
                .whenComplete((missed, error) -> {
                    if (error != null) {
                        log.warn(
                                "friends on this node may have missed status changes since={} error={}",
                                since,
                                LogText.of(error.toString()));
                    } else if (!missed.isEmpty()) {
                        log.debug("sending missed status changes since={} users={}", since, missed.size());
                        sendHere(new ArrayDeque<>(missed.values()));
                    }
                });
    }

    /** The newest change of each user since a version, as far back as the feed goes. */
    private CompletionStage<Map<String, StatusChange>> collect(
            String position, long since, Map<String, StatusChange> found) {
        return presence.transitions().read(position, FEED_PAGE).thenCompose(batch -> {
            for (StatusChange change : batch.changes()) {
                if (change.version() >= since && !sender.hasPassedOn(change.userId(), change.version())) {
                    found.put(change.userId(), change);
                }
            }
            return batch.changes().isEmpty()
                    ? CompletableFuture.completedFuture(found)
                    : collect(batch.next(), since, found);
        });
    }

    /** Sends a few changes at a time, so that a long absence does not flood the store. */
    private void sendHere(Queue<StatusChange> missed) {
        List<CompletableFuture<?>> asked = new ArrayList<>();
        while (asked.size() < ASKED_AT_ONCE && !missed.isEmpty()) {
            StatusChange change = missed.remove();
            asked.add(sendHere(change, null).toCompletableFuture());
        }
        if (!asked.isEmpty()) {
            CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new)).whenComplete((done, error) -> {
                if (error != null) {
                    log.warn(
                            "friends on this node may have missed status changes users={} error={}",
                            missed.size(),
                            LogText.of(error.toString()));
                } else {
                    sendHere(missed);
                }
            });
        }
    }

    private CompletionStage<?> sendHere(StatusChange change, @Nullable String cursor) {
        return roster.watchers(change.userId(), cursor, PAGE).thenCompose(watchers -> {
            if (!watchers.items().isEmpty()) {
                sender.sendHere(watchers.items(), StatusUpdate.of(change));
            }
            String next = watchers.nextCursor();
            return next == null ? CompletableFuture.completedFuture(null) : sendHere(change, next);
        });
    }
}
