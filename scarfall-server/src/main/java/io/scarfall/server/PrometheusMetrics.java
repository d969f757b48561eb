package io.scarfall.server;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.scarfall.engineio.Bytes;
import io.scarfall.engineio.Handshake;
import io.scarfall.engineio.HttpReply;
import io.scarfall.engineio.HttpRoutes;
import io.scarfall.gateway.Metrics;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.DoubleSupplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Metrics of the gateway, the JVM and the process at {@code /metrics}, in Prometheus' text format 0.0.4. A thread of their own writes
 * them; requests that come meanwhile share one result. Thread-safe.
 */
final class PrometheusMetrics implements Metrics, HttpRoutes, AutoCloseable {

    private static final String PATH = "/metrics";
    private static final String TEXT = "text/plain; version=0.0.4; charset=utf-8";

    /** From the latency of an idle Redis nearby to the longest timeout. */
    private static final Duration[] BUCKETS = IntStream.of(1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500)
            .mapToObj(Duration::ofMillis)
            .toArray(Duration[]::new);

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final JvmGcMetrics gc = new JvmGcMetrics();
    private final ExecutorService writer = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "scarfall-metrics");
        thread.setDaemon(true);
        return thread;
    });
    private final AtomicReference<@Nullable CompletableFuture<HttpReply>> writing = new AtomicReference<>();

    /** @param version of the server */
    PrometheusMetrics(String version) {
        Gauge.builder("scarfall.build.info", () -> 1)
                .description("1, with the version of the server as label")
                .tags("version", version)
                .register(registry);
        new JvmMemoryMetrics().bindTo(registry);
        gc.bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new FileDescriptorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        FunctionCounter.builder("scarfall.log.dropped", this, metrics -> AsyncLog.dropped())
                .description("log events that were not written, because the console or the disk was too slow")
                .register(registry);
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
                .serviceLevelObjectives(BUCKETS)
                .register(registry);
        return nanos -> timer.record(nanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void remove(String name, String... tags) {
        registry.find(name).tags(tags).meters().forEach(registry::remove);
    }

    /** Pages have no business here: a browser that sends an Origin gets nothing. */
    @Override
    public @Nullable CompletionStage<HttpReply> answer(Handshake request) {
        boolean reads = request.method().equals("GET") || request.method().equals("HEAD");
        if (!reads || !request.path().equals(PATH) || request.header("Origin") != null) {
            return null;
        }
        CompletableFuture<HttpReply> mine = new CompletableFuture<>();
        CompletableFuture<HttpReply> theirs = writing.compareAndExchange(null, mine);
        if (theirs != null) {
            return theirs;
        }
        writer.execute(() -> {
            try {
                mine.complete(new HttpReply(200, TEXT, Bytes.utf8(registry.scrape())));
            } catch (RuntimeException e) {
                mine.completeExceptionally(e);
            } finally {
                writing.set(null);
            }
        });
        return mine;
    }

    @Override
    public void close() {
        writer.shutdown();
        gc.close();
        registry.close();
    }
}
