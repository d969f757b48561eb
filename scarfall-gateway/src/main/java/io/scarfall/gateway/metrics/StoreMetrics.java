package io.scarfall.gateway.metrics;

import io.scarfall.presence.StoreListener;
import java.util.EnumMap;
import java.util.Map;

/**
 * Counts and times the operations of a store: {@code scarfall.store} times all that were sent, {@code scarfall.store.failures}
 * counts those that failed. To be given to the store when it is made. Thread-safe.
 */
public final class StoreMetrics implements StoreListener {

    private final Map<Operation, Metrics.Timer> timers = new EnumMap<>(Operation.class);
    private final Map<Operation, Map<Outcome, Metrics.Counter>> failures = new EnumMap<>(Operation.class);

    public StoreMetrics(Metrics metrics) {
        for (Operation operation : Operation.values()) {
            timers.put(operation, metrics.timer("scarfall.store", "operation", operation.word()));
            Map<Outcome, Metrics.Counter> counters = new EnumMap<>(Outcome.class);
            for (Outcome outcome : Outcome.values()) {
                if (outcome != Outcome.DONE) {
                    counters.put(
                            outcome,
                            metrics.counter(
                                    "scarfall.store.failures",
                                    "operation",
                                    operation.word(),
                                    "reason",
                                    outcome.word()));
                }
            }
            failures.put(operation, counters);
        }
    }

    @Override
    public void ended(Operation operation, Outcome outcome, long nanos) {
        if (outcome != Outcome.REJECTED) { // which took no time
            timers.get(operation).record(nanos);
        }
        if (outcome != Outcome.DONE) {
            failures.get(operation).get(outcome).increment();
        }
    }
}
