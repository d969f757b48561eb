package io.scarfall.engineio;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Bounds how fast each address opens sessions: a token bucket per address, stored as the time at which it will be full
 * again. Thread-safe.
 */
final class ConnectRate {

    /**
     * How many addresses are remembered. A bucket is forgotten when it is full again, which for an address that
     * connects rarely is soon. If so many addresses burst at the same time, new addresses are not limited.
     */
    static final int MAX_ADDRESSES = 65_536;

    private static final int FIRST_SWEEP = 1024;
    private static final long SWEEP_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final boolean isOn;
    private final boolean enforce;
    private final long tokenNanos;
    private final long burstNanos;
    private final Consumer<Limit> listener;

    /** When the bucket of each address is full. */
    private final Map<Long, Long> fullAt = new ConcurrentHashMap<>();

    private final AtomicBoolean isSweeping = new AtomicBoolean();
    private final AtomicLong sweptNanos = new AtomicLong(Long.MIN_VALUE);
    private volatile int sweepAt = FIRST_SWEEP;

    ConnectRate(ConnectionLimits limits, Consumer<Limit> listener) {
        isOn = limits.connectsPerSecondPerAddress() != Integer.MAX_VALUE;
        enforce = limits.enforce();
        tokenNanos = Math.max(1, TimeUnit.SECONDS.toNanos(1) / limits.connectsPerSecondPerAddress());
        burstNanos = tokenNanos * limits.connectBurstPerAddress();
        this.listener = listener;
    }

    /**
     * Takes a token, if one is left.
     *
     * @param block see {@link AddressBlock}; null is never limited
     */
    boolean take(@Nullable Long block, long nowNanos) {
        if (block == null || !isOn) {
            return true;
        }
        int size = fullAt.size();
        if (size >= sweepAt) {
            sweep(nowNanos);
            if (fullAt.size() >= MAX_ADDRESSES && !fullAt.containsKey(block)) {
                return true;
            }
        }
        boolean[] taken = new boolean[1];
        fullAt.compute(block, (address, at) -> {
            long from = at == null || at - nowNanos < 0 ? nowNanos : at;
            taken[0] = from + tokenNanos - nowNanos <= burstNanos;
            return taken[0] ? Long.valueOf(from + tokenNanos) : at;
        });
        if (!taken[0]) {
            listener.accept(Limit.CONNECT_RATE);
        }
        return taken[0] || !enforce;
    }

    /** Forgets full buckets; rarely, and on one thread at a time. */
    private void sweep(long nowNanos) {
        long swept = sweptNanos.get();
        boolean isSoon = swept != Long.MIN_VALUE && nowNanos - swept < SWEEP_INTERVAL_NANOS;
        if ((isSoon && sweepAt == MAX_ADDRESSES) || !isSweeping.compareAndSet(false, true)) {
            return;
        }
        fullAt.values().removeIf(at -> at - nowNanos <= 0);
        sweptNanos.set(nowNanos);
        sweepAt = Math.min(MAX_ADDRESSES, Math.max(FIRST_SWEEP, 2 * fullAt.size()));
        isSweeping.set(false);
    }

    /** How many addresses are remembered. */
    int addresses() {
        return fullAt.size();
    }
}
