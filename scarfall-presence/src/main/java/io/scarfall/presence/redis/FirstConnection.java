package io.scarfall.presence.redis;

import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * Commands that wait for the first connection, each for the timeout of a command at most, and then fail as without this. Once
 * Redis was reached they wait no more: what follows the loss of a connection fails at once. Thread-safe.
 *
 * <p>For a back end that only asks: its first question often follows the call that connects. A node does not wait, because it
 * has to know at once that the store is away.
 */
final class FirstConnection implements Commands {

    private final RedisConnections connections;

    FirstConnection(RedisConnections connections) {
        this.connections = connections;
    }

    @Override
    public CompletionStage<Reply> write(int partition, String... args) {
        return connections.isConnected()
                ? connections.write(partition, args)
                : connections.firstConnection().thenCompose(connected -> connections.write(partition, args));
    }

    @Override
    public CompletionStage<Reply> run(Script script, String[] keys, String... args) {
        return connections.isConnected()
                ? connections.run(script, keys, args)
                : connections.firstConnection().thenCompose(connected -> connections.run(script, keys, args));
    }

    @Override
    public <T> CompletionStage<T> call(
            Function<RedisClusterAsyncCommands<String, String>, ? extends CompletionStage<T>> command) {
        return connections.isConnected()
                ? connections.call(command)
                : connections.firstConnection().thenCompose(connected -> connections.call(command));
    }

    @Override
    public CompletionStage<List<UserRecord>> users(List<String> userIds) {
        return connections.isConnected()
                ? connections.users(userIds)
                : connections.firstConnection().thenCompose(connected -> connections.users(userIds));
    }

    @Override
    public CompletionStage<List<ReapedSessions>> reaped(List<String> userIds) {
        return connections.isConnected()
                ? connections.reaped(userIds)
                : connections.firstConnection().thenCompose(connected -> connections.reaped(userIds));
    }

    @Override
    public long generation() {
        return connections.generation();
    }
}
