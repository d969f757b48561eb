package io.scarfall.presence.redis;

import io.lettuce.core.RedisException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.ClusterTopologyRefreshOptions;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.SlotHash;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.event.ClusterTopologyChangedEvent;
import io.lettuce.core.cluster.models.partitions.Partitions;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import io.lettuce.core.cluster.pubsub.StatefulRedisClusterPubSubConnection;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.lettuce.core.resource.ClientResources;
import io.scarfall.presence.internal.store.Answer;
import io.scarfall.presence.internal.store.LogValue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The servers of a Redis Cluster. Partitions move between them; then it looks up the writers again. */
final class ClusterServers implements RedisServers {

    private static final Logger log = LoggerFactory.getLogger(ClusterServers.class);
    private static final Duration TOPOLOGY_AGE = Duration.ofSeconds(30);
    private static final Duration BETWEEN_REFRESHES = Duration.ofMillis(500);

    private final Owner owner;
    private final RedisKeys keys;
    private final RedisClusterClient client;
    private final Set<StatefulRedisConnection<String, String>> watched = new HashSet<>();
    private final AtomicBoolean refreshing = new AtomicBoolean();
    private final Once<StatefulRedisClusterPubSubConnection<String, byte[]>> pubSub = new Once<>();
    private volatile @Nullable StatefulRedisClusterConnection<String, String> connection;

    /** @param owner is notified when a connection is lost or made, and when partitions move */
    ClusterServers(Owner owner, RedisOptions options, RedisKeys keys, ClientResources resources) {
        this.owner = owner;
        this.keys = keys;
        client = RedisClusterClient.create(resources, options.addresses());
        // Both defaults differ between Lettuce 6 and 7. Without the triggers, a redirection would not refresh the
        // topology.
        client.setOptions(ClientSettings.apply(options, ClusterClientOptions.builder())
                .topologyRefreshOptions(ClusterTopologyRefreshOptions.builder()
                        .enablePeriodicRefresh(TOPOLOGY_AGE)
                        .enableAllAdaptiveRefreshTriggers()
                        .adaptiveRefreshTriggersTimeout(ClientSettings.LONGEST_DELAY)
                        .build())
                .validateClusterNodeMembership(false)
                .build());
        var unused = resources.eventBus().get().subscribe(event -> {
            if (event instanceof ClusterTopologyChangedEvent changed) {
                // Lettuce reports a new topology before its connections have it
                Partitions known = new Partitions();
                known.addAll(changed.after());
                reroute(known);
            }
        });
    }

    @Override
    public CompletionStage<Route> connect() {
        return client.refreshPartitionsAsync()
                .thenCompose(known -> {
                    StatefulRedisClusterConnection<String, String> before = connection;
                    return before != null
                            ? CompletableFuture.completedFuture(before)
                            : client.connectAsync(StringCodec.UTF8);
                })
                .thenCompose(made -> {
                    connection = made;
                    return route(made, made.getPartitions());
                });
    }

    /**
     * Looks up the master of each partition and connects to it. Fails only if no master can be reached. If a
     * connection cannot be made, the previous one is kept while it is open: a server that is no longer the master
     * refuses writes itself.
     */
    private CompletionStage<Route> route(StatefulRedisClusterConnection<String, String> cluster, Partitions known) {
        List<CompletionStage<StatefulRedisConnection<String, String>>> writers = new ArrayList<>();
        Route before = owner.route();
        for (int p = 0; p < keys.partitions(); p++) {
            int slot = SlotHash.getSlot(keys.fence(p));
            RedisClusterNode master = known.getMasterBySlot(slot);
            if (master == null) {
                writers.add(CompletableFuture.failedFuture(
                        new RedisException("slot: " + slot + " (expected: a master that serves it)")));
            } else {
                RedisURI at = master.getUri();
                writers.add(cluster.getConnectionAsync(at.getHost(), at.getPort()));
            }
        }
        return Partial.of(writers).thenApply(found -> {
            for (int p = 0; before != null && p < found.size(); p++) {
                StatefulRedisConnection<String, String> old = before.writers().get(p);
                if (found.get(p) == null && old != null && old.isOpen()) {
                    found.set(p, old);
                }
            }
            Route made = new Route(cluster.async(), Collections.unmodifiableList(found));
            watch(made);
            return made;
        });
    }

    private synchronized void watch(Route made) {
        Set<StatefulRedisConnection<String, String>> writers = made.distinctWriters();
        for (StatefulRedisConnection<String, String> writer : writers) {
            if (watched.add(writer)) {
                owner.watch(writer);
                owner.reload(writer);
            }
        }
        watched.retainAll(writers);
    }

    private void reroute(Partitions known) {
        StatefulRedisClusterConnection<String, String> cluster = connection;
        Route before = owner.route();
        if (cluster == null || before == null || owner.isClosed()) {
            return;
        }
        route(cluster, known).whenComplete((made, failure) -> {
            if (failure != null) {
                log.debug("not connected to all masters error={}", LogValue.of(Answer.cause(failure)));
                owner.later(this::refresh, REPEAT_DELAY);
                return;
            }
            if (!made.writers().equals(before.writers())) {
                owner.moveTo(made);
            }
            if (!made.isComplete()) {
                owner.later(this::refresh, REPEAT_DELAY);
            }
        });
    }

    @Override
    public void refresh() {
        if (owner.isClosed() || !refreshing.compareAndSet(false, true)) {
            return;
        }
        client.refreshPartitionsAsync().whenComplete((done, failure) -> {
            owner.later(() -> refreshing.set(false), BETWEEN_REFRESHES); // rate limit
            if (failure == null) {
                reroute(client.getPartitions());
            }
        });
    }

    @Override
    public CompletionStage<StatefulRedisPubSubConnection<String, byte[]>> pubSub(String channel) {
        return pubSubAnywhere().thenCompose(made -> {
            RedisClusterNode master = made.getPartitions().getMasterBySlot(SlotHash.getSlot(channel));
            if (master == null) {
                return CompletableFuture.failedFuture(new RedisException("channel: its slot is at no master"));
            }
            RedisURI at = master.getUri();
            return made.getConnectionAsync(at.getHost(), at.getPort());
        });
    }

    @Override
    public CompletionStage<StatefulRedisClusterPubSubConnection<String, byte[]>> pubSubAnywhere() {
        return pubSub.get(() -> client.connectPubSubAsync(MESSAGES));
    }

    @Override
    public CompletionStage<?> close() {
        StatefulRedisClusterConnection<String, String> made = connection;
        CompletionStage<?> first = made == null ? CompletableFuture.completedFuture(null) : made.closeAsync();
        return pubSub.ifMade(StatefulRedisClusterPubSubConnection::closeAsync)
                .thenCombine(first, (one, other) -> client)
                .thenCompose(ended -> ended.shutdownAsync(0, 2, TimeUnit.SECONDS));
    }
}
