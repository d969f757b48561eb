package io.scarfall.presence.redis;

import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * The commands that this package sends to Redis. While Redis is away they fail; none waits. Thread-safe.
 *
 * <p>An interface, so that tests can lose answers, repeat scripts and delay them.
 */
interface Commands {

    /**
     * Runs the script that changes the sessions of users. The changes of one partition take effect in the order of
     * the calls, once or not at all. If the stage fails, they may have taken effect or not.
     *
     * @param args of sessions.lua: the first one is the time, and the generation is among the others
     */
    CompletionStage<Reply> write(int partition, String... args);

    /** Runs a script that may run twice. If Redis does not know the script, it is sent again. */
    CompletionStage<Reply> run(Script script, String[] keys, String... args);

    /** Runs a plain command. Commands that are sent one after the other share a round trip. */
    <T> CompletionStage<T> call(
            Function<RedisClusterAsyncCommands<String, String>, ? extends CompletionStage<T>> command);

    /** Reads the records of these users, in their order, and in one round trip. */
    CompletionStage<List<UserRecord>> users(List<String> userIds);

    /** Reads the reaped sessions of these users, in their order. */
    CompletionStage<List<ReapedSessions>> reaped(List<String> userIds);

    /** How often a connection was lost or made so far. A write carries it, see fence.lua. */
    long generation();
}
