package io.scarfall.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.scarfall.presence.NodeId;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The bus of the kit carries messages with the faults that a test sets. */
class TestBusTest {

    private final ScheduledExecutorService timers = Executors.newSingleThreadScheduledExecutor();
    private final TestBus bus = new TestBus(1, timers);

    @AfterEach
    void close() {
        timers.shutdownNow();
    }

    private int carried(int messages) {
        AtomicInteger carried = new AtomicInteger();
        for (int i = 0; i < messages; i++) {
            bus.carry("a", new NodeId("b", 1), () -> {
                carried.incrementAndGet();
                return CompletableFuture.completedFuture(true);
            });
        }
        return carried.get();
    }

    @Test
    void messagesAreLostRepeatedOrDelayedUntilTheBusIsHealed() {
        assertThat(carried(100)).isEqualTo(100);
        bus.repeat(0.5);
        assertThat(carried(100)).isGreaterThan(100);
        bus.heal();
        assertThat(carried(100)).isEqualTo(100);
        bus.lose(0.5);
        assertThat(carried(100)).isBetween(1, 99);
        bus.heal();
        bus.delay(Duration.ofHours(1), Duration.ofHours(1));
        assertThat(carried(100)).isZero();
        bus.heal();
        assertThat(carried(100)).isEqualTo(100);
    }
}
