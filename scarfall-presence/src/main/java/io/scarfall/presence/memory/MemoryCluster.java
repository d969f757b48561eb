package io.scarfall.presence.memory;

import io.scarfall.presence.ClusterState;
import io.scarfall.presence.PresenceSettings;
import io.scarfall.presence.Roster;
import java.time.Clock;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes a {@link ClusterState} in the memory of this process. It serves any number of nodes of the process.
 *
 * <p>It has no thread and no timer: leases and graces end by the clock, which the next call reads. Stages are complete when
 * they are returned, except where an application's {@link Roster} answers later. All data is lost with the process. The
 * settings bound the offline users, the feed and the queues of the bus; sessions and lists of friends have no bound here.
 *
 * <p>Thread-safe.
 */
public final class MemoryCluster {

    private MemoryCluster() {}

    /** A state with {@link PresenceSettings#DEFAULTS}, by the clocks of this machine. */
    public static ClusterState create() {
        return builder().build();
    }

    /** Begins with the options of {@link #create()}. */
    public static Builder builder() {
        return new Builder();
    }

    /** Collects the options of a {@link MemoryCluster}. Not thread-safe. */
    public static final class Builder {

        PresenceSettings settings = PresenceSettings.DEFAULTS;
        Clock clock = Clock.systemUTC();
        LongSupplier nanoTime = System::nanoTime;
        Executor executor = ForkJoinPool.commonPool();

        @Nullable
        Roster roster;

        private Builder() {}

        /** The times and bounds; {@link PresenceSettings#DEFAULTS} if not called. */
        public Builder settings(PresenceSettings settings) {
            this.settings = Objects.requireNonNull(settings, "settings");
            return this;
        }

        /**
         * The clocks; those of this machine if not called. A test moves both together; a fault injection moves one.
         *
         * @param clock gives wall-clock times and versions; may jump
         * @param nanoTime measures leases and graces like {@link System#nanoTime}, so that a jump of the other clock
         *     ends none
         */
        public Builder time(Clock clock, LongSupplier nanoTime) {
            this.clock = Objects.requireNonNull(clock, "clock");
            this.nanoTime = Objects.requireNonNull(nanoTime, "nanoTime");
            return this;
        }

        /** The executor that calls the listeners of the bus; {@link ForkJoinPool#commonPool()} if not called. */
        public Builder executor(Executor executor) {
            this.executor = Objects.requireNonNull(executor, "executor");
            return this;
        }

        /** The application's lists of friends; lists in memory if not called. */
        public Builder roster(Roster roster) {
            this.roster = Objects.requireNonNull(roster, "roster");
            return this;
        }

        /** Builds the state. */
        public ClusterState build() {
            return buildState();
        }

        MemoryState buildState() {
            return new MemoryState(settings, new Time(clock, nanoTime), executor, roster);
        }
    }
}
