package io.scarfall.presence.redis;

import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Commands that wait for the first connection, each for the timeout of a command at most, and fail after that. Once Redis was
 * reached they do not wait: after the loss of a connection they fail at once. Thread-safe.
 *
 * <p>For a back end that only asks: its first question often follows the call that connects. A node does not wait, because it
 * has to know at once that the store is away.
 */
final class FirstConnection implements Commands {

    private final RedisConnections connections;
    private final Duration timeout;
    private final int mostWaiting;

    /** Commands that wait. Apart from the connections' stage, so that a command that has timed out is not kept. */
    private final Map<Object, CompletableFuture<@Nullable Void>> waiting = new ConcurrentHashMap<>();

    FirstConnection(RedisConnections connections, RedisOptions options) {
        this.connections = connections;
        this.timeout = options.commandTimeout();
        this.mostWaiting = options.maxPendingCommands();
        var unused = connections.connected().whenComplete((done, failure) -> endWaits());
    }

    /**
     * Completes when the first connection attempt has ended, and fails after the timeout of a command. Fails at once where as
     * many commands wait as may be unanswered.
     */
    CompletionStage<@Nullable Void> connection() {
        if (waiting.size() >= mostWaiting) {
            return CompletableFuture.failedFuture(connections.notConnected());
        }
        CompletableFuture<@Nullable Void> wait = new CompletableFuture<>();
        Object key = new Object();
        waiting.put(key, wait);
        if (connections.isConnected()) {
            endWaits();
        } else {
            connections.later(
                    () -> {
                        waiting.remove(key);
                        wait.completeExceptionally(connections.notConnected());
                    },
                    timeout);
        }
        return wait;
    }

    /** Lets the waiting commands go on; if there will be no connection, each of them fails with the reason. */
    private void endWaits() {
        for (Iterator<CompletableFuture<@Nullable Void>> waits =
                        waiting.values().iterator();
                waits.hasNext(); ) {
            CompletableFuture<@Nullable Void> wait = waits.next();
            waits.remove();
            wait.complete(null);
        }
    }

    private <T> CompletionStage<T> connected(Supplier<CompletionStage<T>> command) {
        return connections.isConnected() ? command.get() : connection().thenCompose(connected -> command.get());
    }

    @Override
    public CompletionStage<Reply> write(int partition, String... args) {
        return connected(() -> connections.write(partition, args));
    }

    @Override
    public CompletionStage<Reply> run(Script script, String[] keys, String... args) {
        return connected(() -> connections.run(script, keys, args));
    }

    @Override
    public <T> CompletionStage<T> call(
            Function<RedisClusterAsyncCommands<String, String>, ? extends CompletionStage<T>> command) {
        return connected(() -> connections.call(command));
    }

    @Override
    public CompletionStage<List<UserRecord>> users(List<String> userIds) {
        return connected(() -> connections.users(userIds));
    }

    @Override
    public CompletionStage<List<ReapedSessions>> reaped(List<String> userIds) {
        return connected(() -> connections.reaped(userIds));
    }

    @Override
    public long generation() {
        return connections.generation();
    }
}
