package io.scarfall.server.faults;

import io.scarfall.presence.Page;
import io.scarfall.presence.UserPresence;
import io.scarfall.presence.redis.RedisPresence;
import io.scarfall.presence.redis.RedisPresenceCluster;
import io.scarfall.presence.testing.Await;
import io.scarfall.presence.testing.RedisClusterServers;
import io.scarfall.presence.testing.RedisSentinels;
import io.scarfall.presence.testing.RedisServer;
import io.scarfall.server.faults.Ledger.Frozen;
import io.scarfall.server.faults.Nodes.Node;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Three servers, the Redis that they share, and the crowd. Experiments use it one at a time. */
final class World implements AutoCloseable {

    private static final int NODES = 3;
    private static final Duration ANSWER = Duration.ofSeconds(2);

    /** The kind of Redis that the servers share. */
    enum Kind {
        /** One Redis server; each node reaches it through its own proxy. */
        ALONE,
        /** A master, its replica, and Sentinels. */
        SENTINELS,
        /** A Redis Cluster of three masters. */
        CLUSTER
    }

    private final Kind kind;
    private final @Nullable RedisServer redis;
    private final @Nullable RedisSentinels sentinels;
    private final @Nullable RedisClusterServers cluster;
    private final Nodes nodes;
    private final Ledger ledger = new Ledger();
    private final Crowd crowd;
    private final RedisPresence presence;
    private final Map<Integer, Frozen> stopped = new ConcurrentHashMap<>();

    private World(
            Kind kind,
            @Nullable RedisServer redis,
            @Nullable RedisSentinels sentinels,
            @Nullable RedisClusterServers cluster,
            Nodes nodes,
            RedisPresenceCluster.Builder reader) {
        this.kind = kind;
        this.redis = redis;
        this.sentinels = sentinels;
        this.cluster = cluster;
        this.nodes = nodes;
        presence = RedisPresence.of(reader);
        crowd = new Crowd(nodes, ledger);
    }

    /** Returns when the servers accept users; the crowd may still be connecting. */
    static World of(Kind kind) {
        switch (kind) {
            case ALONE -> {
                RedisServer redis = RedisServer.start();
                return new World(
                        kind,
                        redis,
                        null,
                        null,
                        Nodes.behindProxies(NODES, redis.port()),
                        RedisPresenceCluster.builder().address(redis.uri()));
            }
            case SENTINELS -> {
                RedisSentinels sentinels = RedisSentinels.start();
                return new World(
                        kind,
                        null,
                        sentinels,
                        null,
                        Nodes.with(NODES, Map.of("REDIS_URL", sentinels.uri())),
                        RedisPresenceCluster.builder().address(sentinels.uri()));
            }
            case CLUSTER -> {
                RedisClusterServers cluster =
                        RedisClusterServers.builder().servesInPart().start();
                return new World(
                        kind,
                        null,
                        null,
                        cluster,
                        Nodes.with(NODES, Map.of("REDIS_CLUSTER", cluster.seeds())),
                        RedisPresenceCluster.builder()
                                .cluster(List.of(cluster.seeds().split(","))));
            }
            default -> throw new AssertionError(kind);
        }
    }

    Kind kind() {
        return kind;
    }

    RedisServer redis() {
        return required(redis);
    }

    RedisSentinels sentinels() {
        return required(sentinels);
    }

    RedisClusterServers cluster() {
        return required(cluster);
    }

    private <T> T required(@Nullable T server) {
        if (server == null) {
            throw new IllegalStateException("kind: " + kind + " (expected: the kind that has this server)");
        }
        return server;
    }

    Nodes nodes() {
        return nodes;
    }

    Crowd crowd() {
        return crowd;
    }

    Ledger ledger() {
        return ledger;
    }

    /** Servers that were frozen during the experiment, by each of their ports. */
    Map<Integer, Frozen> stopped() {
        return stopped;
    }

    /** Freezes a server (SIGSTOP) and records it. */
    void freeze(Node node) {
        Frozen frozen = new Frozen(node.userPort(), System.nanoTime());
        stopped.put(node.userPort(), frozen);
        stopped.put(node.internalPort(), frozen);
        node.freeze();
    }

    /** Returns after this time; the crowd keeps sending meanwhile. */
    static void pass(Duration time) {
        long start = System.nanoTime();
        Await.until("time to pass", time.plusSeconds(30), () -> System.nanoTime() - start >= time.toNanos());
    }

    /** How presence queries differ from the devices that are connected, user by user; empty if they do not differ. */
    String differences() {
        Map<String, Integer> expected = new HashMap<>();
        crowd.devices().stream()
                .filter(Device::isConnected)
                .forEach(device -> expected.merge(device.userId(), 1, Integer::sum));
        Page<UserPresence> page = RedisPresence.await(presence.online(null, 1_000), ANSWER);
        Map<String, Integer> found =
                page.items().stream().collect(Collectors.toMap(UserPresence::userId, UserPresence::sessionCount));
        if (found.equals(expected) && Objects.equals(page.total(), (long) expected.size())) {
            return "";
        }
        Set<String> users = new TreeSet<>(expected.keySet());
        users.addAll(found.keySet());
        return users.stream()
                .filter(user -> !expected.getOrDefault(user, 0).equals(found.getOrDefault(user, 0)))
                .map(user -> user + " has " + expected.getOrDefault(user, 0) + " devices, and "
                        + found.getOrDefault(user, 0) + " sessions")
                .collect(Collectors.joining("; ", "total " + page.total() + " of " + expected.size() + "; ", ""));
    }

    @Override
    public void close() {
        crowd.close();
        presence.close();
        nodes.close();
        if (redis != null) {
            redis.close();
        }
        if (sentinels != null) {
            sentinels.close();
        }
        if (cluster != null) {
            cluster.close();
        }
    }
}
