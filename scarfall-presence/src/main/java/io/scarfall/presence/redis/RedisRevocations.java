package io.scarfall.presence.redis;

import io.lettuce.core.Limit;
import io.lettuce.core.Range;
import io.lettuce.core.ScoredValue;
import io.lettuce.core.ZAddArgs;
import io.scarfall.presence.Revocation;
import io.scarfall.presence.Revocation.Target;
import io.scarfall.presence.Revocations;
import io.scarfall.presence.TooManyRevocationsException;
import io.scarfall.presence.spi.Answer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** One sorted set, in which versions are scores: they are below 2^53, hence exact. Thread-safe. */
final class RedisRevocations implements Revocations {

    private final Commands commands;
    private final String key;
    private final StoreTime time;

    RedisRevocations(Commands commands, RedisKeys keys, StoreTime time) {
        this.commands = commands;
        this.key = keys.revoked();
        this.time = time;
    }

    @Override
    public CompletionStage<Revocation> revoke(Target target, Duration keep, int most) {
        String millis = String.valueOf(keep.toMillis());
        return commands.run(
                        Script.REVOKE, new String[] {key}, time.argument(), target.text(), millis, String.valueOf(most))
                .thenApply(reply -> {
                    if (reply.text(0).equals("FULL")) {
                        throw new TooManyRevocationsException(most);
                    }
                    return new Revocation(target, reply.number(0));
                });
    }

    @Override
    public CompletionStage<List<Revocation>> of(Collection<Target> targets) {
        List<CompletionStage<@Nullable Double>> reads = new ArrayList<>(targets.size());
        for (Target target : targets) {
            reads.add(commands.call(redis -> redis.zscore(key, target.text())));
        }
        List<Target> asked = List.copyOf(targets);
        return Answer.all(reads).thenApply(scores -> {
            List<Revocation> found = new ArrayList<>(0);
            for (int i = 0; i < asked.size(); i++) {
                Double score = scores.get(i);
                if (score != null) {
                    found.add(new Revocation(asked.get(i), score.longValue()));
                }
            }
            return found;
        });
    }

    @Override
    public CompletionStage<List<Revocation>> since(long version, int limit) {
        return Answer.of(() -> {
                    Answer.checkLimit(limit);
                    return Range.from(Range.Boundary.excluding(version), Range.Boundary.<Long>unbounded());
                })
                .thenCompose(range ->
                        commands.call(redis -> redis.zrangebyscoreWithScores(key, range, Limit.create(0, limit))))
                .thenApply(found -> found.stream()
                        .map(one -> new Revocation(Target.parse(one.getValue()), (long) one.getScore()))
                        .toList());
    }

    @Override
    public CompletionStage<Void> restore(Collection<Revocation> known, Duration keep) {
        if (known.isEmpty()) {
            return CompletableFuture.completedFuture(null);
        }
        List<ScoredValue<String>> entries = new ArrayList<>(known.size());
        for (Revocation one : known) {
            entries.add(ScoredValue.just((double) one.version(), one.target().text()));
        }
        @SuppressWarnings({"unchecked", "rawtypes"})
        ScoredValue<String>[] values = entries.toArray(new ScoredValue[0]);
        CompletionStage<Long> added = commands.call(redis -> redis.zadd(key, ZAddArgs.Builder.nx(), values));
        CompletionStage<Boolean> expiring = commands.call(redis -> redis.pexpire(key, keep.toMillis()));
        return added.thenCombine(expiring, (number, set) -> null);
    }
}
