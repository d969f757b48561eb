package io.scarfall.presence.memory;

import io.scarfall.presence.Presence;
import io.scarfall.presence.PresenceSettings;
import io.scarfall.presence.Roster;
import io.scarfall.presence.internal.NodeAccess;
import io.scarfall.presence.internal.NodeBus;
import io.scarfall.presence.internal.NodeLease;
import io.scarfall.presence.internal.NodeReaper;
import io.scarfall.presence.internal.Places;
import io.scarfall.presence.internal.PresenceStore;
import io.scarfall.presence.internal.Revocations;
import io.scarfall.presence.internal.store.WatcherLookup;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** The shared state in the memory of this process; {@link MemoryCluster} says how it behaves. */
final class MemoryState implements NodeAccess {

    private final PresenceSettings settings;
    private final MemoryNodeLease lease;
    private final NodeReaper reaper;
    private final NodeBus bus;
    private final PresenceStore store;
    private final Presence presence;
    private final Roster roster;
    private final Revocations revocations;
    private final Places places;

    /**
     * @param executor where the bus calls its listeners
     * @param others the application's lists of friends; {@code null} for lists in memory
     */
    MemoryState(PresenceSettings settings, Time time, Executor executor, @Nullable Roster others) {
        this.settings = settings;
        roster = others != null ? others : new MemoryRoster(settings.maxFriends());
        MemoryTransitionFeed feed = new MemoryTransitionFeed(settings.feedLength(), time);
        Partitions partitions = new Partitions(settings, time, feed);
        WatcherLookup watchers = new WatcherLookup(roster, settings.watchersPerTransition());
        lease = new MemoryNodeLease(settings.lease(), time);
        bus = new MemoryNodeBus(executor);
        store = new MemoryPresenceStore(settings.offlineGrace(), time, lease, partitions, watchers);
        reaper = new MemoryNodeReaper(lease, partitions, watchers);
        presence = new MemoryPresence(partitions, roster, feed);
        revocations = new MemoryRevocations(time);
        places = new MemoryPlaces(lease, partitions);
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

    @Override
    public void close() {
        // holds no connection and no thread
    }
}
