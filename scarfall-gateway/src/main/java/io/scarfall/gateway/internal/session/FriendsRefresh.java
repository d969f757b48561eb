package io.scarfall.gateway.internal.session;

import io.scarfall.engineio.internal.LogText;
import io.scarfall.gateway.FriendsConfig;
import io.scarfall.presence.Roster;
import java.util.Collections;
import java.util.Iterator;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the roster read the friend lists of this node's users again, including silent users. Each interval has one round
 * through all users, spread evenly. A roster that owns its lists does nothing then. Call it on one thread at a time.
 */
public final class FriendsRefresh {

    private static final Logger log = LoggerFactory.getLogger(FriendsRefresh.class);

    /** The longest time between two ticks that counts. After a longer pause the round ends later, without a burst. */
    private static final double LONGEST_STEP_SECONDS = 1;

    private final Roster roster;
    private final IntSupplier userCount;
    private final Supplier<Iterator<String>> users;
    private final LongSupplier nanoTime;
    private final double intervalSeconds;
    private final int perSecond;

    /** The number of pending answers of the roster. It bounds the requests to a slow roster. */
    private final AtomicInteger awaited = new AtomicInteger();

    private Iterator<String> round = Collections.emptyIterator();
    private long tickedNanos;
    private double due;

    /**
     * @param userCount the approximate number of users
     * @param users starts one round through all users
     * @param nanoTime as {@link System#nanoTime}
     */
    public FriendsRefresh(
            Roster roster,
            IntSupplier userCount,
            Supplier<Iterator<String>> users,
            FriendsConfig config,
            LongSupplier nanoTime) {
        this.roster = roster;
        this.userCount = userCount;
        this.users = users;
        this.nanoTime = nanoTime;
        intervalSeconds = config.refreshInterval().toMillis() / 1e3;
        perSecond = config.refreshesPerSecond();
        tickedNanos = nanoTime.getAsLong();
    }

    /** Refreshes as many users as are due since the last call. Call it several times a second. */
    public void tick() {
        long now = nanoTime.getAsLong();
        double seconds = (now - tickedNanos) / (double) TimeUnit.SECONDS.toNanos(1);
        tickedNanos = now;
        if (intervalSeconds == 0) {
            return;
        }
        int count = userCount.getAsInt();
        due += Math.min(seconds, LONGEST_STEP_SECONDS) * Math.min(count / intervalSeconds, perSecond);
        due = Math.min(due, count); // at most one round
        while (due >= 1 && awaited.get() < perSecond) {
            if (!round.hasNext()) {
                round = users.get();
                if (!round.hasNext()) {
                    due = 0;
                    return;
                }
            }
            due--;
            refresh(round.next());
        }
    }

    private void refresh(String userId) {
        awaited.incrementAndGet();
        try {
            roster.refresh(userId).whenComplete((done, error) -> {
                awaited.decrementAndGet();
                if (error != null) {
                    log.debug(
                            "friends not refreshed user={} error={}", LogText.of(userId), LogText.of(error.toString()));
                }
            });
        } catch (RuntimeException e) { // the roster may be code of the embedder
            awaited.decrementAndGet();
            log.error(
                    "roster failed to refresh friends, continuing with the known ones user={}", LogText.of(userId), e);
        }
    }
}
