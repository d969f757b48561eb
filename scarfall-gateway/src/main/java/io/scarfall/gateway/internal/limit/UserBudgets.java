package io.scarfall.gateway.internal.limit;

import io.scarfall.gateway.Rate;
import io.scarfall.gateway.RateLimits;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The budget of each user on this node, shared by all the user's sessions. A budget exists while the user has an
 * authenticated socket here, and then until it is full again. So a user gains nothing by reconnecting. Thread-safe, without
 * locks on the path of an event.
 */
final class UserBudgets {

    private final Rate rate;
    private final int maxSessions;
    private final RateLimits.UnderWay queries;
    private final LongSupplier nanoTime;
    private final ConcurrentMap<String, Budget> budgets = new ConcurrentHashMap<>();

    UserBudgets(Rate rate, int maxSessions, LongSupplier nanoTime) {
        this(rate, maxSessions, RateLimits.DEFAULT.queries(), nanoTime);
    }

    /** @param queries how many queries of each user may be in progress */
    UserBudgets(Rate rate, int maxSessions, RateLimits.UnderWay queries, LongSupplier nanoTime) {
        this.rate = rate;
        this.queries = queries;
        this.maxSessions = maxSessions;
        this.nanoTime = nanoTime;
    }

    /** Counts a socket of a user; null if the user has reached the limit of sockets. */
    @Nullable
    Budget join(String userId) {
        boolean[] joined = new boolean[1];
        Budget budget = budgets.compute(userId, (id, before) -> {
            Budget one = before == null ? new Budget(id, Bucket.full(nanoTime.getAsLong())) : before;
            joined[0] = one.sessions < maxSessions;
            one.sessions += joined[0] ? 1 : 0;
            return one;
        });
        return joined[0] ? budget : null;
    }

    /**
     * Spends the cost of joining, for all sockets of the user, including those that have left.
     *
     * @return 0 if the cost was spent; otherwise the time to wait, in nanoseconds
     */
    long spend(String userId, int cost, long now) {
        return spend(budgets.computeIfAbsent(userId, id -> new Budget(id, Bucket.full(now))), cost, now);
    }

    /** Charges for something that has happened already. The user's next events wait until the budget has recovered. */
    void charge(String userId, int cost, long now) {
        budgets.compute(userId, (id, before) -> {
            Budget one = before == null ? new Budget(id, Bucket.full(now)) : before;
            Budget.FULL_AT.getAndUpdate(one, fullAt -> Bucket.after(rate, fullAt, now, cost));
            return one;
        });
    }

    /** The socket has left. */
    void leave(Budget budget) {
        budgets.computeIfPresent(budget.userId, (id, one) -> {
            one.sessions--;
            return isNeeded(one) ? one : null;
        });
    }

    /** Drops the full budgets of users who have left. Call it regularly. */
    void sweep() {
        for (String userId : budgets.keySet()) {
            budgets.computeIfPresent(userId, (id, one) -> isNeeded(one) ? one : null);
        }
    }

    private boolean isNeeded(Budget budget) {
        return budget.sessions > 0 || budget.fullAtNanos - nanoTime.getAsLong() > 0;
    }

    int size() {
        return budgets.size();
    }

    /**
     * Spends a cost, if the budget has it.
     *
     * @return 0 if the cost was spent; otherwise the time to wait, in nanoseconds
     */
    long spend(Budget budget, int cost, long now) {
        while (true) {
            long before = budget.fullAtNanos;
            long after = Bucket.after(rate, before, now, cost);
            long wait = Bucket.waitNanos(rate, after, now);
            if (wait > 0) {
                return wait;
            }
            if (Budget.FULL_AT.compareAndSet(budget, before, after)) {
                return 0;
            }
        }
    }

    /** Charges a cost that is known only afterwards, or gives it back. The budget may go into debt. */
    void settle(Budget budget, int cost, long now) {
        long before;
        do {
            before = budget.fullAtNanos;
        } while (!Budget.FULL_AT.compareAndSet(budget, before, Bucket.settled(rate, before, now, cost)));
    }

    /** The turns of the user's queries. */
    Turns turns(Budget budget) {
        Turns before = budget.turns;
        if (before != null) {
            return before;
        }
        Turns made = new Turns(queries);
        return Budget.TURNS.compareAndSet(budget, null, made) ? made : Objects.requireNonNull(budget.turns);
    }

    /** The budget of one user. */
    static final class Budget {

        private static final AtomicLongFieldUpdater<Budget> FULL_AT =
                AtomicLongFieldUpdater.newUpdater(Budget.class, "fullAtNanos");

        private static final AtomicReferenceFieldUpdater<Budget, @Nullable Turns> TURNS =
                AtomicReferenceFieldUpdater.newUpdater(Budget.class, Turns.class, "turns");

        private final String userId;
        private volatile long fullAtNanos;

        /** Made at the first query. */
        private volatile @Nullable Turns turns;

        /** Changed only inside functions of the map, which run one at a time. */
        private int sessions;

        private Budget(String userId, long fullAtNanos) {
            this.userId = userId;
            this.fullAtNanos = fullAtNanos;
        }
    }
}
