package io.scarfall.gateway.limit;

import io.scarfall.gateway.metrics.Metrics;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/** Counts how often each {@link GatewayLimit} was crossed. Thread-safe. */
public final class LimitCounter {

    private final Map<GatewayLimit, Metrics.Counter> counters = new EnumMap<>(GatewayLimit.class);

    public LimitCounter(Metrics metrics) {
        for (GatewayLimit limit : GatewayLimit.values()) {
            counters.put(limit, metrics.counter("scarfall.limits", "limit", limit.word()));
        }
    }

    /** A limit was crossed. */
    public void crossed(GatewayLimit limit) {
        Objects.requireNonNull(counters.get(limit)).increment();
    }
}
