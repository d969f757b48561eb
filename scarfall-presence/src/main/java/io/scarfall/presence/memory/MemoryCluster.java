package io.scarfall.presence.memory;

import io.scarfall.presence.NodeReaper;
import io.scarfall.presence.Places;
import io.scarfall.presence.Presence;
import io.scarfall.presence.PresenceCluster;
import io.scarfall.presence.PresenceSettings;
import io.scarfall.presence.PresenceStore;
import io.scarfall.presence.Revocations;
import io.scarfall.presence.Roster;
import io.scarfall.presence.node.NodeBus;
import io.scarfall.presence.node.NodeLease;
import io.scarfall.presence.spi.WatcherLookup;
import java.time.Clock;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The state that nodes share, in the memory of this process. One of them serves any number of nodes; a node is whoever
 * joins by {@link #lease()}.
 *
 * <p>It has no thread and no timer of its own: leases and graces end by the clock, seen at the next call. Stages are
 * complete when they are returned, except where an embedder's {@link Roster} answers later. Everything is lost with the
 * process; what is known of offline users, the feed and the bus's queues are bounded by the settings, and sessions and
 * lists of friends are as many as are written.
 */
public final class MemoryCluster implements PresenceCluster {

    private final PresenceSettings settings;
    private final MemoryNodeLease lease;
    private final NodeReaper reaper;
    private final NodeBus bus;
    private final PresenceStore store;
    private final Presence presence;
    private final Roster roster;
    private final Revocations revocations;
    private final Places places;

    private MemoryCluster(Builder builder) {
        settings = builder.settings;
        roster = builder.roster != null ? builder.roster : new MemoryRoster(settings.maxFriends());
        Time time = new Time(builder.clock, builder.nanoTime);
        MemoryTransitionFeed feed = new MemoryTransitionFeed(settings.feedLength(), builder.nanoTime);
        Partitions partitions = new Partitions(settings, time, feed);
        WatcherLookup watchers = new WatcherLookup(roster, settings.watchersPerTransition());
        lease = new MemoryNodeLease(settings.lease(), time);
        bus = new MemoryNodeBus(builder.executor);
        store = new MemoryPresenceStore(settings.offlineGrace(), time, lease, partitions, watchers);
        reaper = new MemoryNodeReaper(lease, partitions, watchers);
        presence = new MemoryPresence(partitions, roster, feed);
        revocations = new MemoryRevocations(time);
        places = new MemoryPlaces(lease, partitions);
    }

    /** A cluster with {@link PresenceSettings#DEFAULTS}, by the clocks of this machine. */
    public static MemoryCluster create() {
        return builder().build();
    }

    /** Builds a cluster that differs from {@link #create()}. */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    public PresenceSettings settings() {
        return settings;
    }

    @Override
    public NodeLease lease() {
        return lease;
    }

    @Override
    public NodeReaper reaper() {
        return reaper;
    }

    @Override
    public NodeBus bus() {
        return bus;
    }

    @Override
    public PresenceStore store() {
        return store;
    }

    @Override
    public Presence presence() {
        return presence;
    }

    @Override
    public Roster roster() {
        return roster;
    }

    @Override
    public Revocations revocations() {
        return revocations;
    }

    @Override
    public Places places() {
        return places;
    }

    /** Collects what a {@link MemoryCluster} is to be made of. Not thread-safe. */
    public static final class Builder {

        private PresenceSettings settings = PresenceSettings.DEFAULTS;
        private Clock clock = Clock.systemUTC();
        private LongSupplier nanoTime = System::nanoTime;
        private Executor executor = ForkJoinPool.commonPool();
        private @Nullable Roster roster;

        private Builder() {}

        /** The times and bounds; {@link PresenceSettings#DEFAULTS} if not called. */
        public Builder settings(PresenceSettings settings) {
            this.settings = Objects.requireNonNull(settings, "settings");
            return this;
        }

        /**
         * The clocks; those of this machine if not called. A test moves both together, a fault injection apart.
         *
         * @param clock gives the times that are shown, and the versions; may jump
         * @param nanoTime measures leases and graces as {@link System#nanoTime} does, so that no jump of the other ends
         *     one
         */
        public Builder time(Clock clock, LongSupplier nanoTime) {
            this.clock = Objects.requireNonNull(clock, "clock");
            this.nanoTime = Objects.requireNonNull(nanoTime, "nanoTime");
            return this;
        }

        /** Where the bus calls its listeners; {@link ForkJoinPool#commonPool()} if not called. */
        public Builder executor(Executor executor) {
            this.executor = Objects.requireNonNull(executor, "executor");
            return this;
        }

        /** Who lists whom; a roster in memory if not called. */
        public Builder roster(Roster roster) {
            this.roster = Objects.requireNonNull(roster, "roster");
            return this;
        }

        /** Makes the cluster. */
        public MemoryCluster build() {
            return new MemoryCluster(this);
        }
    }
}
