package io.scarfall.engineio;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Bounds how many connections or sessions there are, in all and per address. Thread-safe. */
final class Quota {

    private final int max;
    private final int maxPerAddress;
    private final boolean enforce;
    private final Limit limit;
    private final Limit perAddress;
    private final Consumer<Limit> listener;
    private final AtomicInteger total = new AtomicInteger();
    private final Map<Long, Integer> byAddress = new ConcurrentHashMap<>();

    Quota(ConnectionLimits limits, Limit limit, Limit perAddress, Consumer<Limit> listener) {
        max = limits.maxConnections();
        maxPerAddress = limits.maxPerAddress();
        enforce = limits.enforce();
        this.limit = limit;
        this.perAddress = perAddress;
        this.listener = listener;
    }

    /**
     * Takes a place, if one is left.
     *
     * @param block see {@link AddressBlock}; null if only the bound of all applies
     */
    boolean take(@Nullable Long block) {
        Limit exceeded = total.incrementAndGet() > max ? limit : null;
        if (block != null && byAddress.merge(block, 1, Integer::sum) > maxPerAddress && exceeded == null) {
            exceeded = perAddress;
        }
        if (exceeded == null) {
            return true;
        }
        listener.accept(exceeded);
        if (enforce) {
            giveBack(block);
        }
        return !enforce;
    }

    /** Gives back a place that was taken. */
    void giveBack(@Nullable Long block) {
        total.decrementAndGet();
        if (block != null) {
            byAddress.computeIfPresent(block, (address, count) -> count == 1 ? null : count - 1);
        }
    }

    /** How many places are taken. */
    int size() {
        return total.get();
    }

    /** How many addresses have taken places. */
    int addresses() {
        return byAddress.size();
    }
}
