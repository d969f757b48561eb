package io.scarfall.presence.redis;

import io.scarfall.presence.StoreListener.Data;
import io.scarfall.presence.internal.Transition;
import io.scarfall.presence.internal.store.Answer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * How many users are online in each partition. Redis is asked at most once a second, whoever wants to know: all callers share
 * one question. What this process itself changes is counted at once, so its own users are never missing. Changes by other
 * processes are seen a second later at most. Thread-safe. Nothing blocks.
 *
 * <p>Sizes are asked for again after a connection was lost, and after a write whose outcome is unknown. While Redis cannot be
 * asked, the stage fails: old sizes are not given for new ones.
 */
final class OnlineSizes {

    /** How old sizes may be that are given to somebody. */
    static final Duration MAX_AGE = Duration.ofSeconds(1);

    private final Commands commands;
    private final RedisKeys keys;
    private final StoreTime time;
    private final Records records;
    private final long maxAgeNanos;
    private final AtomicLongArray sizes;
    private final AtomicLong doubts = new AtomicLong();
    private final AtomicReference<@Nullable Question> asking = new AtomicReference<>();
    private volatile @Nullable Known known;

    /** Since when the sizes are known, and by which mark: see {@link #mark}. */
    private record Known(long sentNanos, long mark, BitSet away) {}

    /** A question under way. */
    private record Question(long mark, CompletableFuture<Sizes> answer) {}

    /**
     * How many users are online in each partition.
     *
     * @param each in the order of the partitions; 0 for those that are away
     * @param away the partitions that did not answer, of which nothing is known
     */
    record Sizes(List<Long> each, BitSet away) {

        long total() {
            return each.stream().mapToLong(Long::longValue).sum();
        }
    }

    OnlineSizes(Commands commands, RedisKeys keys, StoreTime time, Records records, Duration maxAge) {
        this.records = records;
        this.commands = commands;
        this.keys = keys;
        this.time = time;
        this.maxAgeNanos = maxAge.toNanos();
        this.sizes = new AtomicLongArray(keys.partitions());
    }

    /** The sizes, about a second old at most; fails if no partition answers. */
    CompletionStage<Sizes> get() {
        Known now = known;
        if (now != null && now.mark == mark() && time.nanos() - now.sentNanos < maxAgeNanos) {
            return CompletableFuture.completedFuture(copy(now.away));
        }
        long mark = mark();
        Question other = asking.get();
        if (other != null && other.mark == mark) {
            return other.answer;
        }
        Question mine = new Question(mark, new CompletableFuture<>());
        if (!asking.compareAndSet(other, mine)) {
            return get();
        }
        ask(mine);
        return mine.answer;
    }

    private void ask(Question question) {
        long sent = time.nanos();
        BitSet away = new BitSet();
        List<CompletionStage<Long>> answers = new ArrayList<>(keys.partitions());
        for (int p = 0; p < keys.partitions(); p++) {
            int partition = p;
            String key = keys.online(partition);
            answers.add(records.size(Data.ONLINE, partition, key, () -> commands.call(redis -> redis.zcard(key)))
                    .whenComplete((size, failure) -> {
                        if (size != null) {
                            sizes.set(partition, size);
                        }
                    }));
        }
        Partial.of(answers).whenComplete((all, failure) -> {
            if (failure == null) {
                for (int p = 0; p < all.size(); p++) {
                    away.set(p, all.get(p) == null);
                }
                known = new Known(sent, question.mark, away);
            }
            asking.compareAndSet(question, null);
            if (failure == null) {
                question.answer.complete(copy(away));
            } else {
                question.answer.completeExceptionally(Answer.cause(failure));
            }
        });
    }

    /** Changes with each lost connection and each doubt: what was known before does not count any more. */
    private long mark() {
        return commands.generation() + doubts.get();
    }

    private Sizes copy(BitSet away) {
        List<Long> copy = new ArrayList<>(sizes.length());
        for (int p = 0; p < sizes.length(); p++) {
            copy.add(away.get(p) ? 0 : Math.max(0, sizes.get(p)));
        }
        return new Sizes(copy, away);
    }

    /** This process has changed a user's status. */
    void note(Transition.Kind kind, String userId) {
        switch (kind) {
            case CAME_ONLINE -> sizes.incrementAndGet(keys.partitionOf(userId));
            case WENT_OFFLINE -> sizes.decrementAndGet(keys.partitionOf(userId));
            case UNCHANGED -> {
                // the size is what it was
            }
        }
    }

    /** What is known may be wrong, by more than its age: it is asked for again before it is used. */
    void doubt() {
        doubts.incrementAndGet();
    }
}
