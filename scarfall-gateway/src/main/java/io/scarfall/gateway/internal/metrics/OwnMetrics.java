package io.scarfall.gateway.internal.metrics;

import io.scarfall.gateway.Metrics;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.DoubleSupplier;

/**
 * The instruments of one gateway. When the gateway closes, they are removed, so that the next gateway in the process
 * shows its own numbers. Thread-safe.
 */
public final class OwnMetrics implements Metrics, AutoCloseable {

    private final Metrics all;
    private final Queue<Runnable> removals = new ConcurrentLinkedQueue<>();

    public OwnMetrics(Metrics all) {
        this.all = all;
    }

    @Override
    public Counter counter(String name, String... tags) {
        return own(all.counter(name, tags), name, tags);
    }

    @Override
    public void gauge(String name, DoubleSupplier value, String... tags) {
        all.gauge(name, value, tags);
        removals.add(() -> all.remove(name, tags));
    }

    @Override
    public Timer timer(String name, String... tags) {
        return own(all.timer(name, tags), name, tags);
    }

    private <T> T own(T instrument, String name, String... tags) {
        removals.add(() -> all.remove(name, tags));
        return instrument;
    }

    @Override
    public void close() {
        for (Runnable removal; (removal = removals.poll()) != null; ) {
            removal.run();
        }
    }
}
