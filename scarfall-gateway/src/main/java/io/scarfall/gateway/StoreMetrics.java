package io.scarfall.gateway;

import io.scarfall.presence.StoreListener;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/**
 * Measures a store: {@code scarfall.store} times its operations, {@code scarfall.store.failures} counts those that failed, and
 * {@code scarfall.store.unreadable} counts stored values that could not be read. Give it to the store when you build it:
 * {@code RedisPresenceCluster.builder().listener(new StoreMetrics(metrics))}. Thread-safe.
 */
public final class StoreMetrics implements StoreListener {

    private final Map<Operation, Instruments> instruments = new EnumMap<>(Operation.class);
    private final Map<Data, Metrics.Counter> unreadable = new EnumMap<>(Data.class);

    /** The instruments of one operation; failures by each outcome except {@code DONE}. */
    private record Instruments(Metrics.Timer timer, Map<Outcome, Metrics.Counter> failures) {

        static Instruments of(Operation operation, Metrics metrics) {
            Map<Outcome, Metrics.Counter> failures = new EnumMap<>(Outcome.class);
            for (Outcome outcome : Outcome.values()) {
                if (outcome != Outcome.DONE) {
                    String[] tags = {"operation", operation.word(), "reason", outcome.word()};
                    failures.put(outcome, metrics.counter("scarfall.store.failures", tags));
                }
            }
            return new Instruments(metrics.timer("scarfall.store", "operation", operation.word()), failures);
        }
    }

    private final Metrics.Counter friendsCutOff;

    public StoreMetrics(Metrics metrics) {
        friendsCutOff = metrics.counter("scarfall.friends.cut");
        for (Operation operation : Operation.values()) {
            instruments.put(operation, Instruments.of(operation, metrics));
        }
        for (Data data : Data.values()) {
            unreadable.put(data, metrics.counter("scarfall.store.unreadable", "data", data.word()));
        }
    }

    @Override
    public void unreadable(Data data) {
        Objects.requireNonNull(unreadable.get(data)).increment();
    }

    @Override
    public void ended(Operation operation, Outcome outcome, long nanos) {
        Instruments of = Objects.requireNonNull(instruments.get(operation));
        if (outcome != Outcome.REJECTED) { // a rejected operation took no time
            of.timer.record(nanos);
        }
        Metrics.Counter failed = of.failures.get(outcome);
        if (failed != null) {
            failed.increment();
        }
    }

    @Override
    public void friendsCutOff() {
        friendsCutOff.increment();
    }
}
