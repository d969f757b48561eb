package io.scarfall.presence.redis;

import io.lettuce.core.RedisException;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Predicate;

/** Real commands, some of which fail before they reach Redis. */
final class FaultyCommands implements Commands {

    private final Commands real;
    private volatile Predicate<String> failing = call -> false;

    FaultyCommands(Commands real) {
        this.real = real;
    }

    /** From now on the scripts fail that match: their name and their first key, with a space between. */
    void fail(Predicate<String> failing) {
        this.failing = failing;
    }

    @Override
    public CompletionStage<Reply> write(int partition, String... args) {
        return real.write(partition, args);
    }

    @Override
    public CompletionStage<Reply> run(Script script, String[] keys, String... args) {
        return failing.test(script + " " + keys[0])
                ? CompletableFuture.failedFuture(new RedisException("as a test wants it"))
                : real.run(script, keys, args);
    }

    @Override
    public <T> CompletionStage<T> call(
            Function<RedisClusterAsyncCommands<String, String>, ? extends CompletionStage<T>> command) {
        return real.call(command);
    }

    @Override
    public CompletionStage<List<ReapedSessions>> reaped(List<String> userIds) {
        return real.reaped(userIds);
    }

    @Override
    public CompletionStage<List<UserRecord>> users(List<String> userIds) {
        return real.users(userIds);
    }

    @Override
    public long generation() {
        return real.generation();
    }
}
