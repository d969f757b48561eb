package io.scarfall.presence.redis;

import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * What the rest of this package sends to Redis. Nothing waits here while Redis is away: it fails. Thread-safe.
 *
 * <p>An interface so that tests can lose answers, repeat scripts and hold them back.
 */
interface Commands {

    /**
     * Runs the script that changes the sessions of users. Those of one partition take effect in the order of the calls, once,
     * or not at all; a failed stage may have taken effect or not.
     *
     * @param args of sessions.lua: the first one is the time, and the generation is among the others
     */
    CompletionStage<Reply> write(int partition, String... args);

    /** Runs a script that may be repeated, and so is, where Redis does not know it any more. */
    CompletionStage<Reply> run(Script script, String[] keys, String... args);

    /** Runs a plain command. Commands that are called one after the other travel together. */
    <T> CompletionStage<T> call(
            Function<RedisClusterAsyncCommands<String, String>, ? extends CompletionStage<T>> command);

    /** Reads what is kept of these users, in their order, and in one round trip. */
    CompletionStage<List<UserRecord>> users(List<String> userIds);

    /** What is remembered of reaped sessions of these users, in their order. */
    CompletionStage<List<ReapedSessions>> reaped(List<String> userIds);

    /** How often a connection was lost or made anew, so far. A write carries it, see fence.lua. */
    long generation();
}
