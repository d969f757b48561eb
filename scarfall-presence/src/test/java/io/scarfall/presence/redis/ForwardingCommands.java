package io.scarfall.presence.redis;

import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** Commands that others carry out; a subclass changes some of them. */
abstract class ForwardingCommands implements Commands {

    final Commands real;

    ForwardingCommands(Commands real) {
        this.real = real;
    }

    @Override
    public CompletionStage<Reply> write(int partition, String... args) {
        return real.write(partition, args);
    }

    @Override
    public CompletionStage<Reply> run(Script script, String[] keys, String... args) {
        return real.run(script, keys, args);
    }

    @Override
    public <T> CompletionStage<T> call(
            Function<RedisClusterAsyncCommands<String, String>, ? extends CompletionStage<T>> command) {
        return real.call(command);
    }

    @Override
    public CompletionStage<List<UserRecord>> users(List<String> userIds) {
        return real.users(userIds);
    }

    @Override
    public CompletionStage<List<ReapedSessions>> reaped(List<String> userIds) {
        return real.reaped(userIds);
    }

    @Override
    public long generation() {
        return real.generation();
    }
}
