package io.scarfall.gateway;

import io.scarfall.gateway.internal.metrics.Descriptions;
import java.util.concurrent.CompletionStage;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Where a gateway's numbers go: a small front of whatever library an embedder counts with. Instruments are asked for when a
 * gateway starts, never on the way of a message, and are the same for the same name and tags. Thread-safe.
 *
 * <p>Names have dots in them, such as {@code scarfall.events}. Tags are keys and values in turn, and come from small fixed
 * sets: none is made of what a client sent.
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

    /** Says in words what an instrument of the gateway counts, for its help text; null for a name that the gateway does not use. */
    static @Nullable String description(String name) {
        return Descriptions.of(name);
    }

    /** A number that grows. */
    Counter counter(String name, String... tags);

    /**
     * A number that is asked for when somebody wants to see it.
     *
     * @param value thread-safe, and fast; it may be asked after the gateway was closed
     */
    void gauge(String name, DoubleSupplier value, String... tags);

    /** How long something takes. */
    Timer timer(String name, String... tags);

    /**
     * Forgets an instrument: its gateway was closed. The next gateway asks for its own. An implementation that keeps
     * instruments in a registry must do this, or a later gateway with the same {@link Metrics} shows the numbers of an
     * earlier one. Gateways that run at the same time need {@link Metrics} of their own.
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

    /** How long something takes. Thread-safe. */
    @FunctionalInterface
    interface Timer {

        void record(long nanos);

        /** Starts something, and records how long it takes until its stage completes. */
        default <T> CompletionStage<T> time(Supplier<CompletionStage<T>> start) {
            long begun = System.nanoTime();
            return start.get().whenComplete((value, error) -> record(System.nanoTime() - begun));
        }
    }
}
