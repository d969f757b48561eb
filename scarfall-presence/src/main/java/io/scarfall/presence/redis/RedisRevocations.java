package io.scarfall.presence.redis;

import io.lettuce.core.Limit;
import io.lettuce.core.Range;
import io.lettuce.core.ScoredValue;
import io.lettuce.core.ZAddArgs;
import io.scarfall.presence.StoreListener.Data;
import io.scarfall.presence.internal.DataLostException;
import io.scarfall.presence.internal.Revocation;
import io.scarfall.presence.internal.Revocation.Target;
import io.scarfall.presence.internal.Revocations;
import io.scarfall.presence.internal.TooManyRevocationsException;
import io.scarfall.presence.internal.store.Answer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** One sorted set, whose scores are the versions: they are below 2^53, hence exact. Thread-safe. */
final class RedisRevocations implements Revocations {

    /** Clocks of servers differ by less. */
    private static final double MOST_AHEAD_MICROS = 86_400_000_000.0;

    private final Commands commands;
    private final String key;
    private final StoreTime time;
    private final Records records;
    private final Unreadable unreadable;
    /** Whether the next reader of the list is to learn that it was lost. */
    private final AtomicBoolean lost = new AtomicBoolean();

    RedisRevocations(Commands commands, RedisKeys keys, StoreTime time, Records records, Unreadable unreadable) {
        this.commands = commands;
        this.key = keys.revoked();
        this.time = time;
        this.records = records;
        this.unreadable = unreadable;
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
                    if (reply.size() > 1) {
                        lost.set(true);
                    }
                    return new Revocation(target, reply.number(0));
                });
    }

    @Override
    public CompletionStage<List<Revocation>> of(Collection<Target> targets) {
        List<CompletionStage<@Nullable Double>> reads = new ArrayList<>(targets.size());
        for (Target target : targets) {
            reads.add(commands.<@Nullable Double>call(redis -> redis.zscore(key, target.text())));
        }
        List<Target> asked = List.copyOf(targets);
        return lostIfWrongType(Answer.all(reads)).thenApply(scores -> {
            List<Revocation> found = new ArrayList<>(0);
            for (int i = 0; i < asked.size(); i++) {
                Double score = scores.get(i);
                if (score != null && isVersion(score)) {
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
                    if (lost.getAndSet(false)) {
                        throw lost();
                    }
                    return (double) version;
                })
                .thenCompose(after -> read(after, limit));
    }

    /**
     * Reads on after a score. Unreadable entries are removed, which fails if they are no UTF-8; then they are skipped
     * each time.
     */
    private CompletionStage<List<Revocation>> read(double after, int limit) {
        Range<Double> range = Range.from(Range.Boundary.excluding(after), Range.Boundary.unbounded());
        return lostIfWrongType(
                        commands.call(redis -> redis.zrangebyscoreWithScores(key, range, Limit.create(0, limit))))
                .thenCompose(found -> {
                    List<Revocation> revocations = new ArrayList<>(found.size());
                    List<String> odd = new ArrayList<>(0);
                    for (ScoredValue<String> one : found) {
                        Revocation revocation = revocation(one);
                        if (revocation == null) {
                            odd.add(one.getValue());
                        } else {
                            revocations.add(revocation);
                        }
                    }
                    if (odd.isEmpty()) {
                        return CompletableFuture.completedFuture(revocations);
                    }
                    unreadable.found(Data.REVOKED, key);
                    CompletionStage<Long> removed = commands.call(redis -> redis.zrem(key, odd.toArray(String[]::new)));
                    if (found.size() < limit) {
                        return removed.thenApply(count -> revocations);
                    }
                    double last = found.get(found.size() - 1).getScore();
                    return removed.thenCompose(
                                    count -> read(last, odd.size())) // a short page would be taken for the last one
                            .thenApply(more -> {
                                revocations.addAll(more);
                                return revocations;
                            });
                });
    }

    private @Nullable Revocation revocation(ScoredValue<String> entry) {
        try {
            return isVersion(entry.getScore())
                    ? new Revocation(Target.parse(entry.getValue()), (long) entry.getScore())
                    : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** Whether it is a number of microseconds until about now. */
    private boolean isVersion(double score) {
        return score >= 1 && score == Math.rint(score) && score < time.micros() + MOST_AHEAD_MICROS;
    }

    /** If the key has another type, it is removed, and the caller learns that the list is lost. */
    private <T> CompletionStage<T> lostIfWrongType(CompletionStage<T> answer) {
        return Unreadable.orElse(answer, () -> {
            records.heal(Data.REVOKED, key, "zset");
            throw lost();
        });
    }

    private static DataLostException lost() {
        return new DataLostException("revocations: lost (expected: to be restored)");
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
