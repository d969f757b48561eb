package io.scarfall.gateway.internal.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.scarfall.gateway.Rate;
import io.scarfall.gateway.internal.limit.UserBudgets.Budget;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class UserBudgetsTest {
    private static final int THREADS = 4;

    private final AtomicLong time = new AtomicLong(42);
    private final UserBudgets budgets = new UserBudgets(new Rate(10, 1_000), 3, time::get);

    private Budget join(String user) {
        return Objects.requireNonNull(budgets.join(user));
    }

    @Test
    void socketsOfAUserShareOneBudget() {
        Budget first = join("alice");
        Budget second = join("alice");
        assertThat(second).isSameAs(first);
        assertThat(budgets.spend(first, 1_000, time.get())).isZero();
        assertThat(budgets.spend(second, 1, time.get())).isEqualTo(100_000_000);
        assertThat(budgets.spend(join("bob"), 1, time.get())).isZero();
    }

    @Test
    void aUserWhoReconnectsHasNoLargerBudget() {
        budgets.leave(join("full"));
        assertThat(budgets.size()).isZero();

        Budget budget = join("alice");
        budgets.spend(budget, 1_000, time.get());
        budgets.leave(budget);
        time.addAndGet(99_999_999_999L);
        budgets.sweep();
        assertThat(budgets.size()).isEqualTo(1);
        assertThat(budgets.spend(join("alice"), 1_000, time.get())).isEqualTo(1);
        budgets.leave(budget);

        time.addAndGet(1);
        join("bob");
        budgets.sweep();
        assertThat(budgets.size()).as("only bob").isEqualTo(1);
        assertThat(budgets.spend(join("alice"), 1_000, time.get())).isZero();
    }

    @Test
    void aSocketAboveTheLimitIsRefusedUntilOneLeaves() {
        Budget budget = join("alice");
        join("alice");
        join("alice");
        assertThat(budgets.join("alice")).isNull();
        assertThat(budgets.join("bob")).isNotNull();

        budgets.leave(budget);
        assertThat(budgets.join("alice")).isNotNull();
        assertThat(budgets.join("alice")).isNull();
    }

    /** The clock stands still, so the total budget of all threads is exact. */
    @Test
    void threadsTogetherSpendNoMoreThanTheBudget() throws Exception {
        Budget budget = join("alice");
        AtomicInteger spent = new AtomicInteger();
        CountDownLatch start = new CountDownLatch(THREADS);
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            List<? extends Future<?>> all = IntStream.range(0, THREADS)
                    .mapToObj(thread -> threads.submit(() -> {
                        start.countDown();
                        start.await();
                        for (int i = 0; i < 1_000; i++) {
                            if (budgets.spend(budget, 1, 42) <= 0) {
                                spent.incrementAndGet();
                            }
                        }
                        return null;
                    }))
                    .toList();
            for (Future<?> one : all) {
                one.get();
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(spent).hasValue(1_000);
    }
}
