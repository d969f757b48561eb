package io.scarfall.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.DoubleSupplier;

/** Metrics for tests, which read them as {@code name} or {@code name{tag=value,...}}. */
public final class RecordingMetrics implements Metrics {
    private final Map<String, LongAdder> counters = new ConcurrentHashMap<>();
    private final Map<String, DoubleSupplier> gauges = new ConcurrentHashMap<>();
    private final Map<String, List<Long>> timers = new ConcurrentHashMap<>();

    @Override
    public Counter counter(String name, String... tags) {
        return counters.computeIfAbsent(id(name, tags), id -> new LongAdder())::add;
    }

    @Override
    public void gauge(String name, DoubleSupplier value, String... tags) {
        assertThat(gauges.put(id(name, tags), value)).as(id(name, tags)).isNull();
    }

    @Override
    public Timer timer(String name, String... tags) {
        return timers.computeIfAbsent(id(name, tags), id -> new CopyOnWriteArrayList<>())::add;
    }

    /** What was counted and timed stays readable. */
    @Override
    public void remove(String name, String... tags) {
        gauges.remove(id(name, tags));
    }

    private static String id(String name, String... tags) {
        assertThat(name).matches("scarfall(\\.[a-z]+)+");
        assertThat(tags.length % 2).isZero();
        StringBuilder id = new StringBuilder(name);
        for (int i = 0; i < tags.length; i += 2) {
            id.append(i == 0 ? '{' : ',').append(tags[i]).append('=').append(tags[i + 1]);
        }
        return id.append(tags.length == 0 ? "" : "}").toString();
    }

    /** The value of a counter. */
    public long count(String id) {
        LongAdder counter = counters.get(id);
        assertThat(counter).as("counter %s of %s", id, counters.keySet()).isNotNull();
        return counter.sum();
    }

    /** The value of a gauge. */
    public double gauge(String id) {
        DoubleSupplier gauge = gauges.get(id);
        assertThat(gauge).as("gauge %s of %s", id, gauges.keySet()).isNotNull();
        return gauge.getAsDouble();
    }

    /** The names of the gauges that are shown now. */
    public Set<String> gauges() {
        return Set.copyOf(gauges.keySet());
    }

    /** The recorded durations of a timer, in nanoseconds. */
    public List<Long> times(String id) {
        List<Long> times = timers.get(id);
        assertThat(times).as("timer %s of %s", id, timers.keySet()).isNotNull();
        return times;
    }

    /** The names of all instruments. */
    public Set<String> ids() {
        Set<String> ids = new TreeSet<>(counters.keySet());
        ids.addAll(gauges.keySet());
        ids.addAll(timers.keySet());
        return ids;
    }
}
