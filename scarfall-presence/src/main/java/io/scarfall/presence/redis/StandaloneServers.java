package io.scarfall.presence.redis;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.lettuce.core.resource.ClientResources;
import java.util.Collections;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** One server, which may be another one each time that the Sentinels are asked. */
final class StandaloneServers implements RedisServers {

    private final Owner owner;
    private final RedisKeys keys;
    private final RedisURI address;
    private final RedisClient client;
    private final Once<StatefulRedisConnection<String, String>> connection = new Once<>();
    private final Once<StatefulRedisPubSubConnection<String, byte[]>> pubSub = new Once<>();

    /** @param owner is notified when the connection is lost or made */
    StandaloneServers(Owner owner, RedisOptions options, RedisKeys keys, ClientResources resources) {
        this.owner = owner;
        this.keys = keys;
        address = options.addresses().get(0);
        client = RedisClient.create(resources);
        client.setOptions(ClientSettings.apply(options, ClientOptions.builder()).build());
    }

    @Override
    public CompletionStage<Route> connect() {
        return connection
                .get(() -> client.connectAsync(StringCodec.UTF8, address).thenApply(made -> {
                    owner.watch(made);
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
