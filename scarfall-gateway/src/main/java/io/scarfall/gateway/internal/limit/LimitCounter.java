package io.scarfall.gateway.internal.limit;

import io.scarfall.engineio.Limit;
import io.scarfall.gateway.GatewayLimit;
import io.scarfall.gateway.Metrics;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;

/** Counts how often each limit was exceeded: the limits of the gateway and those of the protocol. Thread-safe. */
public final class LimitCounter implements Consumer<Limit> {

    private static final String NAME = "scarfall.limits";
    private static final String TAG = "limit";

    private final Map<GatewayLimit, Metrics.Counter> counters = new EnumMap<>(GatewayLimit.class);
    private final Map<Limit, Metrics.Counter> protocolCounters = new EnumMap<>(Limit.class);

    public LimitCounter(Metrics metrics) {
        for (GatewayLimit limit : GatewayLimit.values()) {
            counters.put(limit, metrics.counter(NAME, TAG, limit.word()));
        }
        for (Limit limit : Limit.values()) {
            protocolCounters.put(limit, metrics.counter(NAME, TAG, limit.word()));
        }
    }

    /** Counts one excess of a limit of the gateway. */
    public void crossed(GatewayLimit limit) {
        Objects.requireNonNull(counters.get(limit)).increment();
    }

    @Override
    public void accept(Limit limit) {
        Objects.requireNonNull(protocolCounters.get(limit)).increment();
    }
}
