package io.scarfall.gateway.internal.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.scarfall.gateway.Rate;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The arithmetic of a token bucket, at times that the tests choose. */
class RateTest {
    private static final long SECOND = 1_000_000_000;

    /** A bucket as its user sees it: it takes a cost and returns the time to wait. */
    private static final class Spender {
        private final Rate rate;
        private long fullAt;

        Spender(Rate rate, long now) {
            this.rate = rate;
            fullAt = Bucket.full(now);
        }

        /** Returns 0 if the cost was taken, or else the time to wait. */
        long take(long now, int cost) {
            long after = Bucket.after(rate, fullAt, now, cost);
            long wait = Bucket.waitNanos(rate, after, now);
            if (wait > 0) {
                return wait;
            }
            fullAt = after;
            return 0;
        }
    }

    /** Each row starts with a full bucket of 10 a second and 20 at once, and takes a first and a second cost. */
    @ParameterizedTest
    @CsvSource({
        "20,   0,  1,  100", // empty: one is refilled after 100 ms
        "20,  99,  1,    1",
        "20, 100,  1,    0",
        "20, 100,  2,  100",
        "20, 1999, 20,   1",
        "20, 2000, 20,   0", // full again
        "20, 9000, 20,   0", // never more than full
        "20, 9000, 21,   0", // a cost above the maximum takes everything
        "19,   0,  1,    0",
        "19,   0,  2,  100",
        "21,   0,  1,  100",
        "0,    0, 20,    0",
        "20,   0,  0,    0",
    })
    void table(int first, long laterMillis, int second, long waitMillis) {
        long start = Long.MAX_VALUE - SECOND; // the clock may overflow
        Spender bucket = new Spender(new Rate(10, 20), start);

        assertThat(bucket.take(start, first)).isZero();
        assertThat(bucket.take(start + laterMillis * 1_000_000, second)).isEqualTo(waitMillis * 1_000_000);
    }

    /** The model keeps the content of the bucket as nanoseconds, and adds the time that passes. */
    @Test
    void behavesLikeTheSimpleModel() {
        Random random = new Random(20_261_123);
        for (int run = 0; run < 300; run++) {
            Rate rate = new Rate(1 + random.nextInt(run % 2 == 0 ? 10 : Rate.LARGEST), 1 + random.nextInt(100));
            long now = random.nextLong();
            Spender bucket = new Spender(rate, now);
            long capacity = rate.burst() * Bucket.intervalNanos(rate);
            long level = capacity;
            for (int step = 0; step < 300; step++) {
                long passes = (long) (random.nextDouble() * random.nextInt(4) * Bucket.intervalNanos(rate));
                now += passes;
                level = Math.min(capacity, level + passes);
                int cost = random.nextInt(10) == 0 ? random.nextInt(200) : random.nextInt(4);
                long price = Math.min(cost, rate.burst()) * Bucket.intervalNanos(rate);

                long wait = bucket.take(now, cost);

                assertThat(wait).as("%s cost=%s", rate, cost).isEqualTo(Math.max(0, price - level));
                level -= wait == 0 ? price : 0;
            }
        }
    }

    @Test
    void afterTheWaitTheCostIsTaken() {
        Spender bucket = new Spender(new Rate(7, 3), 0);
        bucket.take(0, 3);
        long wait = bucket.take(12_345, 2);

        assertThat(bucket.take(12_345 + wait - 1, 2)).isEqualTo(1);
        assertThat(bucket.take(12_345 + wait, 2)).isZero();
    }

    @ParameterizedTest
    @CsvSource({"0, 1, perSecond", "1000001, 1, perSecond", "1, 0, burst", "1, 1000001, burst", "-1, 1, perSecond"})
    void refusesNonsense(int perSecond, int burst, String name) {
        assertThatThrownBy(() -> new Rate(perSecond, burst))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageMatching(name + ": -?\\d+ \\(expected: 1 to 1000000\\)");
    }
}
