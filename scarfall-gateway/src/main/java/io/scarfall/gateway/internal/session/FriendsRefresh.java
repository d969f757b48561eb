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
 * Has the roster read the friend lists of this node's users again, also of silent users: one round through all of them per
 * interval, spread evenly over it. A roster that owns its lists does nothing then. To be called by one thread at a time.
 */
public final class FriendsRefresh {

    private static final Logger log = LoggerFactory.getLogger(FriendsRefresh.class);

    /** After a pause the round ends later; the pause is not made up for. */
    private static final double LONGEST_STEP_SECONDS = 1;

    private final Roster roster;
    private final IntSupplier userCount;
    private final Supplier<Iterator<String>> users;
    private final LongSupplier nanoTime;
    private final double intervalSeconds;
    private final int perSecond;

    /** How many answers of the roster are open: a slow roster does not get ever more requests. */
    private final AtomicInteger awaited = new AtomicInteger();

    private Iterator<String> round = Collections.emptyIterator();
    private long tickedNanos;
    private double due;

    /**
     * @param userCount how many users there are, about
     * @param users all of them, one round
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

    /** Refreshes as many as are due since the last call; to be called some times a second. */
    public void tick() {
        long now = nanoTime.getAsLong();
        double seconds = (now - tickedNanos) / (double) TimeUnit.SECONDS.toNanos(1);
        tickedNanos = now;
        if (intervalSeconds == 0) {
            return;
        }
        int count = userCount.getAsInt();
        due += Math.min(seconds, LONGEST_STEP_SECONDS) * Math.min(count / intervalSeconds, perSecond);
        due = Math.min(due, count); // one round at most
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
        } catch (RuntimeException e) { // a roster may be the embedder's
            awaited.decrementAndGet();
            log.error("roster failed user={}", LogText.of(userId), e);
        }
    }
}
