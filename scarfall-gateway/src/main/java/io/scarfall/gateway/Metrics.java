package io.scarfall.gateway;

import io.scarfall.gateway.internal.metrics.Descriptions;
import java.util.concurrent.CompletionStage;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Receives the measurements of a gateway: a small front for the metrics library of the application. The gateway asks for
 * instruments when it starts, never while it handles a message. The same name and tags mean the same instrument. Thread-safe.
 *
 * <p>Names contain dots, such as {@code scarfall.events}. Tags alternate keys and values, from small fixed sets; none contains
 * data from a client.
 */
public interface Metrics {

    /** Counts nothing. */
    Metrics NONE = new Metrics() {

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
    };

    /**
     * A description of an instrument of the gateway, for its help text; null for a name that the gateway does not use.
     */
    static @Nullable String description(String name) {
        return Descriptions.of(name);
    }

    /** A number that grows. */
    Counter counter(String name, String... tags);

    /**
     * A number that is read when it is displayed.
     *
     * @param value thread-safe and fast; it may be called after the gateway was closed
     */
    void gauge(String name, DoubleSupplier value, String... tags);

    /** How long something takes. */
    Timer timer(String name, String... tags);

    /**
     * Removes an instrument, because its gateway was closed. An implementation that keeps instruments in a registry must do this;
     * otherwise a later gateway with the same {@link Metrics} shows numbers of an earlier one. Gateways that run at the same time
     * need separate {@link Metrics}.
     */
    default void remove(String name, String... tags) {}

    /** A number that grows. Thread-safe; cheap enough to be called for every event. */
    @FunctionalInterface
    interface Counter {

        void add(long amount);

        default void increment() {
            add(1);
        }
    }

    /** A timer. Thread-safe. */
    @FunctionalInterface
    interface Timer {

        void record(long nanos);

        /** Starts an operation, and records the time until its stage completes. */
        default <T> CompletionStage<T> time(Supplier<CompletionStage<T>> start) {
            long begun = System.nanoTime();
            return start.get().whenComplete((value, error) -> record(System.nanoTime() - begun));
        }
    }
}
