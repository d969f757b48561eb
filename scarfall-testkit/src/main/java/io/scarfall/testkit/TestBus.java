package io.scarfall.testkit;

import io.scarfall.presence.NodeId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * The bus that carries messages between the nodes of a {@link TestCluster}. It carries each message at once and exactly once until
 * the test adds faults. The random choices come from the cluster's seed. Thread-safe.
 */
public final class TestBus {

    /** One direction between two nodes, by their names. */
    private record Way(String from, String to) {}

    private final Random random;
    private final ScheduledExecutorService timers;
    private final Set<Way> cuts = new HashSet<>();
    private double lost;
    private double repeated;
    private long leastNanos;
    private long mostNanos;

    TestBus(long seed, ScheduledExecutorService timers) {
        random = new Random(seed);
        this.timers = timers;
    }

    /**
     * Loses some messages.
     *
     * @param share 0 to 1
     * @throws IllegalArgumentException if the share is out of range
     */
    public synchronized void lose(double share) {
        lost = share(share);
    }

    /**
     * Carries some messages twice or more.
     *
     * @param share 0 to less than 1
     * @throws IllegalArgumentException if the share is out of range
     */
    public synchronized void repeat(double share) {
        if (share == 1) {
            throw new IllegalArgumentException("share: 1 (expected: < 1)");
        }
        repeated = share(share);
    }

    /**
     * Delays messages, each by a random time between the two, so that they can overtake each other. A message arrives when
     * {@link TestCluster#advance} has let its time pass.
     *
     * @throws IllegalArgumentException if {@code least} is negative or more than {@code most}
     */
    public synchronized void delay(Duration least, Duration most) {
        if (least.isNegative() || most.compareTo(least) < 0) {
            throw new IllegalArgumentException("delay: " + least + " to " + most + " (expected: 0 <= least <= most)");
        }
        leastNanos = least.toNanos();
        mostNanos = most.toNanos();
    }

    /** Loses all messages from one node to another. */
    public synchronized void cut(TestNode from, TestNode to) {
        cuts.add(new Way(from.name(), to.name()));
    }

    /** Ends all faults: each message is carried at once and exactly once again. A delayed message still arrives at its time. */
    public synchronized void heal() {
        cuts.clear();
        lost = 0;
        repeated = 0;
        leastNanos = 0;
        mostNanos = 0;
    }

    private static double share(double share) {
        if (!(share >= 0 && share <= 1)) {
            throw new IllegalArgumentException("share: " + share + " (expected: 0 to 1)");
        }
        return share;
    }

    /** Carries a message as often, and as late, as the faults say. The bus accepts it in any case, which does not promise delivery. */
    CompletionStage<Boolean> carry(String from, NodeId to, Supplier<CompletionStage<Boolean>> message) {
        CompletionStage<Boolean> taken = CompletableFuture.completedFuture(true);
        for (long delayNanos : arrivals(new Way(from, to.name()))) {
            if (delayNanos == 0) {
                taken = message.get();
            } else {
                var unused = timers.schedule(() -> message.get(), delayNanos, TimeUnit.NANOSECONDS);
            }
        }
        return taken;
    }

    private synchronized List<Long> arrivals(Way way) {
        List<Long> arrivals = new ArrayList<>(1);
        if (cuts.contains(way) || random.nextDouble() < lost) {
            return arrivals;
        }
        do {
            long spread = mostNanos - leastNanos;
            arrivals.add(leastNanos + (spread == 0 ? 0 : (long) (random.nextDouble() * spread)));
        } while (random.nextDouble() < repeated);
        return arrivals;
    }
}
