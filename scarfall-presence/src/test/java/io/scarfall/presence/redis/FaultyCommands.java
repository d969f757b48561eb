package io.scarfall.presence.redis;

import io.lettuce.core.RedisException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;

/** Real commands, some of which fail before they reach Redis. */
final class FaultyCommands extends ForwardingCommands {

    private volatile Predicate<String> failing = call -> false;

    FaultyCommands(Commands real) {
        super(real);
    }

    /** From now on the scripts fail that match: their name and their first key, with a space between. */
    void fail(Predicate<String> failing) {
        this.failing = failing;
    }

    @Override
    public CompletionStage<Reply> run(Script script, String[] keys, String... args) {
        return failing.test(script + " " + keys[0])
                ? CompletableFuture.failedFuture(new RedisException("as a test wants it"))
                : real.run(script, keys, args);
    }
}
