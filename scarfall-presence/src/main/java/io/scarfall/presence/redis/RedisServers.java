package io.scarfall.presence.redis;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.MaintNotificationsConfig;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.SslOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.lettuce.core.resource.EpollProvider;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** The servers that hold the keys: what differs between one server and a Cluster. Thread-safe. Nothing blocks. */
interface RedisServers {

    /** Messages are bytes. */
    RedisCodec<String, byte[]> MESSAGES = RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE);

    CompletionStage<Route> connect();

    CompletionStage<StatefulRedisPubSubConnection<String, byte[]>> pubSub(String channel);

    CompletionStage<? extends StatefulRedisPubSubConnection<String, byte[]>> pubSubAnywhere();

    /** Ends the connections. */
    CompletionStage<?> close();

    /** A connection was lost, or a partition is elsewhere. */
    void refresh();

    /** Where commands go: writes by partition (null where its master cannot be reached), the others as Lettuce knows. */
    record Route(
            RedisClusterAsyncCommands<String, String> commands,
            List<@Nullable StatefulRedisConnection<String, String>> writers) {

        Set<StatefulRedisConnection<String, String>> distinctWriters() {
            Set<StatefulRedisConnection<String, String>> distinct = new LinkedHashSet<>();
            for (StatefulRedisConnection<String, String> writer : writers) {
                if (writer != null) {
                    distinct.add(writer);
                }
            }
            return distinct;
        }

        boolean isComplete() {
            return !writers.contains(null);
        }
    }

    /** The options of connections to whichever server. */
    static <B extends ClientOptions.Builder> B common(B builder, RedisOptions options) {
        SocketOptions.Builder socket = SocketOptions.builder()
                .connectTimeout(options.commandTimeout())
                .keepAlive(SocketOptions.KeepAliveOptions.builder()
                        .enable()
                        .idle(Duration.ofSeconds(5))
                        .interval(Duration.ofSeconds(1))
                        .count(3)
                        .build());
        if (EpollProvider.isAvailable()) { // a server that does not even acknowledge bytes is gone
            socket.tcpUserTimeout(SocketOptions.TcpUserTimeoutOptions.builder()
                    .enable()
                    .tcpUserTimeout(Duration.ofSeconds(5))
                    .build());
        }
        SslOptions.Builder tls = SslOptions.builder().jdkSslProvider().handshakeTimeout(options.commandTimeout());
        TrustManagerFactory trust = options.trust();
        if (trust != null) {
            tls.trustManager(trust);
        }
        builder.autoReconnect(true)
                .sslOptions(tls.build())
                .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
                .requestQueueSize(options.maxPendingCommands())
                .timeoutOptions(TimeoutOptions.enabled(options.commandTimeout()))
                .maintNotificationsConfig(MaintNotificationsConfig.disabled())
                .socketOptions(socket.build());
        return builder;
    }

    /** What is made at its first use, and made again if that failed. Thread-safe. */
    final class Once<T> {

        private @Nullable CompletableFuture<T> made;

        synchronized CompletableFuture<T> get(Supplier<? extends CompletionStage<T>> make) {
            CompletableFuture<T> before = made;
            if (before != null && !before.isCompletedExceptionally()) {
                return before;
            }
            CompletableFuture<T> next = make.get().toCompletableFuture();
            made = next;
            return next;
        }

        synchronized CompletionStage<?> ifMade(Function<T, CompletionStage<Void>> then) {
            CompletableFuture<T> before = made;
            return before == null
                    ? CompletableFuture.completedFuture(null)
                    : before.handle((value, failure) -> value)
                            .thenCompose(value ->
                                    value == null ? CompletableFuture.<Void>completedFuture(null) : then.apply(value));
        }
    }
}
