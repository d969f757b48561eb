package io.scarfall.presence.redis;

import io.lettuce.core.Limit;
import io.lettuce.core.Range;
import io.lettuce.core.StreamMessage;
import io.scarfall.presence.Status;
import io.scarfall.presence.TransitionFeed;
import io.scarfall.presence.spi.Answer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Reads a stream per partition. Thread-safe. */
final class RedisTransitionFeed implements TransitionFeed {

    private static final int LEAST_PER_PARTITION = 8;

    private final Commands commands;
    private final RedisKeys keys;

    RedisTransitionFeed(Commands commands, RedisKeys keys) {
        this.commands = commands;
        this.keys = keys;
    }

    @Override
    public CompletionStage<String> newest() {
        List<CompletionStage<List<StreamMessage<String, String>>>> reads = new ArrayList<>();
        for (int p = 0; p < keys.partitions(); p++) {
            String key = keys.events(p);
            reads.add(commands.call(redis -> redis.xrevrange(key, Range.unbounded(), Limit.from(1))));
        }
        return Answer.all(reads).thenApply(newest -> {
            FeedPosition position = FeedPosition.start(keys.partitions());
            for (int p = 0; p < newest.size(); p++) {
                if (!newest.get(p).isEmpty()) {
                    position.moveTo(p, newest.get(p).get(0).getId());
                }
            }
            return position.text();
        });
    }

    @Override
    public CompletionStage<Batch> read(String position, int limit) {
        return Answer.of(() -> {
                    Answer.checkLimit(limit);
                    return position.equals(OLDEST)
                            ? FeedPosition.oldest(keys.partitions())
                            : FeedPosition.parse(position, keys.partitions());
                })
                .thenCompose(from -> read(from, limit));
    }

    private CompletionStage<Batch> read(FeedPosition from, int limit) {
        int each = Math.min(limit, Math.max(LEAST_PER_PARTITION, 2 * limit / keys.partitions()));
        List<CompletionStage<List<StreamMessage<String, String>>>> reads = new ArrayList<>();
        for (int p = 0; p < keys.partitions(); p++) {
            String key = keys.events(p);
            // the change before is asked for again: if it is there, nothing between is missing
            Range<String> range = Range.from(from.boundary(p), Range.Boundary.unbounded());
            reads.add(commands.call(redis -> redis.xrange(key, range, Limit.from(each + 1L))));
        }
        return Answer.all(reads).thenApply(found -> batch(from, found, limit));
    }

    private Batch batch(FeedPosition position, List<List<StreamMessage<String, String>>> found, int limit) {
        List<StatusChange> changes = new ArrayList<>();
        boolean gap = false;
        int partitions = keys.partitions();
        int first = position.first();
        for (int i = 0; i < partitions; i++) {
            int p = (first + i) % partitions;
            List<StreamMessage<String, String>> messages = found.get(p);
            gap |= position.isGap(p, messages.isEmpty() ? null : messages.get(0).getId());
            if (messages.isEmpty()) {
                position.reset(p);
            }
            for (StreamMessage<String, String> message : messages) {
                if (changes.size() == limit) {
                    break;
                }
                if (position.isBehind(p, message.getId())) {
                    changes.add(change(message.getBody()));
                    position.moveTo(p, message.getId());
                    position.beginNextAt((p + 1) % partitions); // so that none waits for ever behind the others
                }
            }
        }
        return new Batch(changes, position.text(), gap);
    }

    private static StatusChange change(Map<String, String> body) {
        return new StatusChange(
                field(body, "u"),
                field(body, "s").equals("1") ? Status.ONLINE : Status.OFFLINE,
                Long.parseLong(field(body, "v")),
                Instant.ofEpochMilli(Long.parseLong(field(body, "t"))),
                body.get("e"));
    }

    private static String field(Map<String, String> body, String name) {
        @Nullable String value = body.get(name);
        if (value == null) {
            throw new IllegalStateException("event: no field " + name + " (expected: what this version writes)");
        }
        return value;
    }
}
