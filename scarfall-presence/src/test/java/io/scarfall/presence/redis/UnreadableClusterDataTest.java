package io.scarfall.presence.redis;

import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.api.sync.RedisClusterCommands;
import io.scarfall.presence.testing.RedisClusterServers;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;

/** Foreign writes into the keys, over a Redis Cluster, where records are read one by one. */
@Tag("slow")
class UnreadableClusterDataTest extends UnreadableDataContract {

    private static final RedisClusterServers SERVERS = RedisClusterServers.start();
    private static final List<String> SEEDS = List.of(SERVERS.seeds().split(","));
    private static final RedisClusterClient CLIENT = RedisClusterClient.create(
            SEEDS.stream().map(seed -> RedisURI.create("redis://" + seed)).toList());

    @AfterAll
    static void close() {
        CLIENT.shutdown();
        SERVERS.close();
    }

    @Override
    RedisPresenceCluster.Builder address() {
        return RedisPresenceCluster.builder().cluster(SEEDS);
    }

    @Override
    StatefulConnection<String, String> connect() {
        return CLIENT.connect();
    }

    @Override
    RedisClusterCommands<String, String> commands(StatefulConnection<String, String> connection) {
        return ((StatefulRedisClusterConnection<String, String>) connection).sync();
    }
}
