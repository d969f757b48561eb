package io.scarfall.presence.redis;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.lettuce.core.resource.ClientResources;
import io.scarfall.presence.redis.RedisServers.Route;
import java.util.Collections;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** One server, which may be another one each time that its Sentinels are asked. */
final class StandaloneServers implements RedisServers {

    private final RedisConnections connections;
    private final RedisKeys keys;
    private final RedisURI address;
    private final RedisClient client;
    private final Once<StatefulRedisConnection<String, String>> connection = new Once<>();
    private final Once<StatefulRedisPubSubConnection<String, byte[]>> pubSub = new Once<>();

    /** @param connections is told when the connection was lost or made */
    StandaloneServers(RedisConnections connections, RedisOptions options, RedisKeys keys, ClientResources resources) {
        this.connections = connections;
        this.keys = keys;
        address = options.addresses().get(0);
        client = RedisClient.create(resources);
        client.setOptions(RedisServers.common(ClientOptions.builder(), options).build());
    }

    @Override
    public CompletionStage<Route> connect() {
        return connection
                .get(() -> client.connectAsync(StringCodec.UTF8, address).thenApply(made -> {
                    connections.watch(made);
                    return made;
                }))
                .thenApply(made -> new Route(made.async(), Collections.nCopies(keys.partitions(), made)));
    }

    @Override
    public CompletionStage<StatefulRedisPubSubConnection<String, byte[]>> pubSub(String channel) {
        return pubSub.get(() -> client.connectPubSubAsync(MESSAGES, address));
    }

    @Override
    public CompletionStage<StatefulRedisPubSubConnection<String, byte[]>> pubSubAnywhere() {
        return pubSub("");
    }

    @Override
    public CompletionStage<?> close() {
        return client.shutdownAsync(0, 2, TimeUnit.SECONDS);
    }

    @Override
    public void refresh() {
        // Lettuce asks the Sentinels at each attempt to connect again
    }
}
