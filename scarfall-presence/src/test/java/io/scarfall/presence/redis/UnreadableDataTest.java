package io.scarfall.presence.redis;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.api.sync.RedisClusterCommands;
import io.scarfall.presence.testing.RedisServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;

/** Foreign writes into the keys, over one server. */
@Tag("slow")
class UnreadableDataTest extends UnreadableDataContract {

    private static final RedisServer SERVER = RedisServer.start();
    private static final RedisClient CLIENT = RedisClient.create(SERVER.uri());

    @AfterAll
    static void close() {
        CLIENT.shutdown();
        SERVER.close();
    }

    @Override
    RedisPresenceCluster.Builder address() {
        return RedisPresenceCluster.builder().address(SERVER.uri());
    }

    @Override
    StatefulConnection<String, String> connect() {
        return CLIENT.connect();
    }

    @Override
    RedisClusterCommands<String, String> commands(StatefulConnection<String, String> connection) {
        return ((StatefulRedisConnection<String, String>) connection).sync();
    }
}
