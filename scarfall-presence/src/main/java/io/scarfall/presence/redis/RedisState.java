package io.scarfall.presence.redis;

import io.scarfall.presence.Presence;
import io.scarfall.presence.PresenceSettings;
import io.scarfall.presence.Roster;
import io.scarfall.presence.StoreListener;
import io.scarfall.presence.internal.NodeAccess;
import io.scarfall.presence.internal.NodeBus;
import io.scarfall.presence.internal.NodeLease;
import io.scarfall.presence.internal.NodeReaper;
import io.scarfall.presence.internal.Places;
import io.scarfall.presence.internal.PresenceStore;
import io.scarfall.presence.internal.Revocations;
import io.scarfall.presence.internal.store.WatcherLookup;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/** The shared state in Redis; {@link RedisPresenceCluster} says how it behaves. */
final class RedisState implements NodeAccess {

    /** The shortest time between two reads of a list that other systems write. */
    private static final Duration REFRESH_PACE = Duration.ofSeconds(5);

    private final RedisOptions options;
    private final RedisConnections connections;
    private final @Nullable RedisConnections leaseConnections;
    private final LargeWork large;
    private final NodeLease lease;
    private final NodeReaper reaper;
    private final NodeBus bus;
    private final PresenceStore store;
    private final Presence presence;
    private final Roster roster;
    private final Revocations revocations;
    private final Places places;

    RedisState(RedisOptions options) {
        this(options, new RedisConnections(options, new RedisKeys(options.prefix(), options.partitions())));
    }

    RedisState(RedisOptions options, RedisConnections connections) {
        this(options, connections, connections, connections.another("leases"));
    }

    /** @param commands what goes over the connections, and may wait or be changed by a test */
    RedisState(RedisOptions options, RedisConnections connections, Commands commands) {
        this(options, connections, commands, null);
    }

    /** @param leaseConnections for beats, leases and fences only; {@code null}: they share the other connections */
    private RedisState(
            RedisOptions options,
            RedisConnections connections,
            Commands commands,
            @Nullable RedisConnections leaseConnections) {
        this.leaseConnections = leaseConnections;
        Commands leaseCommands = leaseConnections == null ? commands : leaseConnections;
        this.options = options;
        this.connections = connections;
        PresenceSettings settings = options.settings();
        RedisKeys keys = new RedisKeys(options.prefix(), options.partitions());
        StoreTime time = options.time();
        StoreListener listener = options.listener();
        large = new LargeWork(time, options.commandTimeout());
        Roster own = options.roster();
        Unreadable unreadable = connections.unreadable();
        Transitions transitions = new Transitions(
                settings,
                options.sessionExpiry(),
                options.partitions(),
                own == null ? null : new WatcherLookup(own, settings.watchersPerTransition()));
        Records records = new Records(commands, keys, time, transitions, unreadable);
        OnlineSizes sizes = new OnlineSizes(commands, keys, time, records, options.sizesAge());
        Roster lists = own != null
                ? own
                : new RedisRoster(
                        commands,
                        keys,
                        time,
                        records,
                        unreadable,
                        settings.maxFriends(),
                        options.externalFriends()
                                ? new JsonFriends(
                                        commands,
                                        large,
                                        unreadable,
                                        settings.maxFriends(),
                                        options.maxFriendsBytes(),
                                        listener == null ? () -> {} : listener::friendsCutOff)
                                : null,
                        REFRESH_PACE);
        Witness witness = connections.witness();
        LiveNodes live = new LiveNodes(commands, keys, time, settings, maxAge(settings));
        RedisNodeBus channels = new RedisNodeBus(connections, keys, options.maxMessageBytes());
        bus = channels;
        NodeLease leases = new RedisNodeLease(
                leaseCommands,
                (leaseConnections == null ? connections : leaseConnections)::checkLayout,
                connections::isOpen,
                keys,
                time,
                live,
                settings.lease(),
                options.cluster() ? null : witness,
                channels::listenAgain);
        NodeReaper removal = new RedisNodeReaper(leaseCommands, keys, time, live, transitions, sizes, settings.lease());
        Writes writes = new Writes(
                commands,
                keys,
                time,
                unreadable,
                records,
                transitions,
                options.commandTimeout(),
                options.maxPendingCommands());
        IntPredicate unsettled =
                partition -> connections.isCluster() && connections.isUnsettled(partition, settings.lease());
        PresenceStore sessions = new RedisPresenceStore(
                commands,
                keys,
                records,
                unreadable,
                writes,
                live,
                witness,
                transitions,
                sizes,
                settings.offlineGrace(),
                unsettled);
        Presence reads = new RedisReads(
                commands,
                keys,
                time,
                records,
                unreadable,
                live,
                lists,
                sizes,
                large,
                unsettled,
                !options.cluster(),
                settings);
        Observed observed = listener == null ? null : new Observed(listener, time);
        lease = observed == null ? leases : observed.lease(leases);
        reaper = observed == null ? removal : observed.reaper(removal);
        store = observed == null ? sessions : observed.store(sessions);
        presence = observed == null ? reads : observed.presence(reads);
        roster = observed == null ? lists : observed.roster(lists);
        Revocations revoked = new RedisRevocations(commands, keys, time, records, unreadable);
        Places claims = new RedisPlaces(commands, keys, time, live, writes, options.sessionExpiry());
        revocations = observed == null ? revoked : observed.revocations(revoked);
        places = observed == null ? claims : observed.places(claims);
    }

    /**
     * How old a view of the live nodes may be: young enough that a node which beats in time never looks dead, and
     * older than the time between two beats, so that a node need not ask.
     */
    private static Duration maxAge(PresenceSettings settings) {
        Duration beat = settings.beatInterval();
        Duration safe = settings.lease().minus(beat);
        Duration wanted = beat.plus(beat.dividedBy(2));
        return wanted.compareTo(safe) < 0 ? wanted : safe;
    }

    @Override
    public CompletionStage<@Nullable Void> connected() {
        RedisConnections others = leaseConnections;
        return others == null
                ? connections.connected()
                : connections.connected().thenCombine(others.connected(), (one, other) -> null);
    }

    @Override
    public PresenceSettings settings() {
        return options.settings();
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
    public int awayPartitions() {
        return connections.away().cardinality();
    }

    @Override
    public void close() {
        connections.close();
        if (leaseConnections != null) {
            leaseConnections.close();
        }
        large.close();
    }
}
