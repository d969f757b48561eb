package io.scarfall.gateway.metrics;

import java.util.function.DoubleSupplier;

/** Counts nothing. */
final class NoMetrics implements Metrics {

    private static final Counter COUNTER = amount -> {};
    private static final Timer TIMER = nanos -> {};

    @Override
    public Counter counter(String name, String... tags) {
        return COUNTER;
    }

    @Override
    public void gauge(String name, DoubleSupplier value, String... tags) {}

    @Override
    public Timer timer(String name, String... tags) {
        return TIMER;
    }
}
