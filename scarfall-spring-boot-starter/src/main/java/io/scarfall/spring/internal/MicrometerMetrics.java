package io.scarfall.spring.internal;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.scarfall.gateway.Metrics;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;

/** The measurements of the gateway in the application's {@link MeterRegistry}. Thread-safe. */
final class MicrometerMetrics implements Metrics {

    private final MeterRegistry registry;

    MicrometerMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    @Override
    public Counter counter(String name, String... tags) {
        return io.micrometer.core.instrument.Counter.builder(name)
                .description(Metrics.description(name))
                .tags(tags)
                .register(registry)::increment;
    }

    /** With a strong reference: this may be the only reference to the value. */
    @Override
    public void gauge(String name, DoubleSupplier value, String... tags) {
        Gauge.builder(name, value, DoubleSupplier::getAsDouble)
                .description(Metrics.description(name))
                .tags(tags)
                .strongReference(true)
                .register(registry);
    }

    @Override
    public Timer timer(String name, String... tags) {
        io.micrometer.core.instrument.Timer timer = io.micrometer.core.instrument.Timer.builder(name)
                .description(Metrics.description(name))
                .tags(tags)
                .register(registry);
        return nanos -> timer.record(nanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void remove(String name, String... tags) {
        registry.find(name).tags(tags).meters().forEach(registry::remove);
    }
}
