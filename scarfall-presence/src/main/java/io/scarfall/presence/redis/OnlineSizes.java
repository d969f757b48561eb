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
 * How many users are online in each partition. All callers share one query, at most once a second. Changes by this
 * process count at once, so its own users are never missing. Changes by other processes count at most a second later.
 * Thread-safe. Nothing blocks.
 *
 * <p>The sizes are read again after a connection was lost, and after a write with an unknown outcome. While Redis
 * cannot be asked, the stage fails: old sizes never pass for new ones.
 */
final class OnlineSizes {

    /** How old returned sizes may be. */
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

    /** When the sizes were read, and their mark: see {@link #mark}. */
    private record Known(long sentNanos, long mark, BitSet away) {}

    /** A query in progress. */
    private record Question(long mark, CompletableFuture<Sizes> answer) {}

    /**
     * How many users are online in each partition.
     *
     * @param each in the order of the partitions; 0 for an unreachable one
     * @param away the partitions that did not answer
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

    /** The sizes, at most about a second old; fails if no partition answers. */
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

    /** Changes with each lost connection and each doubt: sizes from before no longer count. */
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
                // the size is the same
            }
        }
    }

    /** The sizes may be wrong by more than their age: they are read again before they are used. */
    void doubt() {
        doubts.incrementAndGet();
    }
}
