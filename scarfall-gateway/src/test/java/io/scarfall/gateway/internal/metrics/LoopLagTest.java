package io.scarfall.gateway.internal.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.scarfall.gateway.Metrics;
import io.scarfall.gateway.RecordingMetrics;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Event loops that run when the test says so, with a clock of the test. */
class LoopLagTest {
    private static final long MILLI = 1_000_000;

    private final AtomicLong time = new AtomicLong(-3);
    private final RecordingMetrics metrics = new RecordingMetrics();
    private final Queue<Runnable> quick = new ArrayDeque<>();
    private final Queue<Runnable> slow = new ArrayDeque<>();
    private final LoopLag lag = new LoopLag(List.of((Executor) quick::add, slow::add), metrics, time::get);

    @Test
    void theLargestLagOfThePeriodCounts() {
        lag.probe();
        time.addAndGet(2 * MILLI);
        quick.remove().run();
        time.addAndGet(5 * MILLI);
        slow.remove().run();

        assertThat(lag.worstNanos()).isEqualTo(7 * MILLI);
        assertThat(metrics.gauge("scarfall.eventloop.lag.worst.seconds")).isEqualTo(0.007);
        assertThat(metrics.times("scarfall.eventloop.lag")).containsExactly(2 * MILLI, 7 * MILLI);

        lag.probe();
        quick.remove().run();
        slow.remove().run();
        assertThat(lag.worstNanos()).isZero();
    }

    @Test
    void aStuckLoopIsVisibleWhileItIsStuck() {
        lag.probe();
        quick.remove().run();
        time.addAndGet(1_000 * MILLI);
        lag.probe();
        time.addAndGet(1_000 * MILLI);

        assertThat(lag.worstNanos()).isEqualTo(2_000 * MILLI);
        assertThat(slow).as("no tasks pile up").hasSize(1);
        slow.remove().run();
        assertThat(lag.worstNanos()).isEqualTo(2_000 * MILLI);
    }

    @Test
    void aClosedLoopHasNoLag() {
        LoopLag closed = new LoopLag(
                List.of(task -> {
                    throw new RejectedExecutionException();
                }),
                Metrics.NONE,
                time::get);

        closed.probe();
        time.addAndGet(MILLI);

        assertThat(closed.worstNanos()).isZero();
    }
}
