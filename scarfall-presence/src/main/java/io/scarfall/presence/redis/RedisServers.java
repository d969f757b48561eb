package io.scarfall.presence.redis;

import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The servers that hold the keys: what differs between one server and a Cluster. Thread-safe. Nothing blocks. */
interface RedisServers {

    /** The time between attempts to connect for the first time, or to read the topology. */
    Duration REPEAT_DELAY = Duration.ofMillis(200);

    /** Messages are bytes. */
    RedisCodec<String, byte[]> MESSAGES = RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE);

    /** Connects to the servers, and says where commands go. */
    CompletionStage<Route> connect();

    /** The connection for messages to the server of this channel. */
    CompletionStage<StatefulRedisPubSubConnection<String, byte[]>> pubSub(String channel);

    /** A connection for messages to any server. */
    CompletionStage<? extends StatefulRedisPubSubConnection<String, byte[]>> pubSubAnywhere();

    /** Closes the connections. */
    CompletionStage<?> close();

    /** Looks again where partitions are, since a connection was lost or a partition has moved. */
    void refresh();

    /**
     * Where commands go.
     *
     * @param commands for all but writes; Lettuce finds the server
     * @param writers for writes, by partition; null where the master cannot be reached
     */
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

    /** What the servers report to, and what they need of it: the owner of the connections. Thread-safe. */
    interface Owner {

        /** Reports from now on when this connection is lost or made. */
        void watch(StatefulRedisConnection<String, String> connection);

        /** Loads the scripts into the server of a connection. */
        void reload(StatefulRedisConnection<String, String> connection);

        /** Where commands go; null before the first connection, and after the close. */
        @Nullable
        Route route();

        /** Partitions moved to other servers, or masters became unreachable. */
        void moveTo(Route made);

        /** Runs a task after a while. */
        void later(Runnable task, Duration delay);

        boolean isClosed();
    }

    /** Something that is made at its first use, and again if that failed. Thread-safe. */
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
