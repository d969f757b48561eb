package io.scarfall.presence.redis;

import io.lettuce.core.Limit;
import io.lettuce.core.Range;
import io.lettuce.core.StreamMessage;
import io.scarfall.presence.StoreListener.Data;
import io.scarfall.presence.TransitionFeed;
import io.scarfall.presence.internal.store.Answer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Reads a stream per partition. Thread-safe. */
final class RedisTransitionFeed implements TransitionFeed {

    private static final int LEAST_PER_PARTITION = 8;

    /** Clocks of servers differ by less. */
    private static final long MOST_AHEAD_MICROS = Duration.ofDays(1).toMillis() * 1_000;

    private final Commands commands;
    private final RedisKeys keys;
    private final StoreTime time;

    private final Records records;
    private final Unreadable unreadable;

    RedisTransitionFeed(Commands commands, RedisKeys keys, StoreTime time, Records records, Unreadable unreadable) {
        this.commands = commands;
        this.keys = keys;
        this.time = time;
        this.records = records;
        this.unreadable = unreadable;
    }

    @Override
    public CompletionStage<String> newest() {
        List<CompletionStage<List<StreamMessage<String, String>>>> reads = new ArrayList<>();
        for (int p = 0; p < keys.partitions(); p++) {
            String key = keys.events(p);
            reads.add(entries(key, commands.call(redis -> redis.xrevrange(key, Range.unbounded(), Limit.from(1)))));
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
        int partitions = keys.partitions();
        int[] all = IntStream.range(0, partitions)
                .map(i -> (from.first() + i) % partitions)
                .toArray();
        return read(from, all, limit).thenApply(found -> new Batch(found.changes, from.text(), found.gap));
    }

    private record Found(List<StatusChange> changes, boolean gap) {}

    /**
     * Reads on.
     *
     * @param position is advanced
     * @param partitions the partitions, in their turn
     */
    private CompletionStage<Found> read(FeedPosition position, int[] partitions, int limit) {
        int each = Math.min(limit, Math.max(LEAST_PER_PARTITION, 2 * limit / Math.max(1, partitions.length)));
        List<CompletionStage<List<StreamMessage<String, String>>>> reads = new ArrayList<>();
        for (int p : partitions) {
            String key = keys.events(p);
            // the previous change is read too: if it is there, none between is missing
            Range<String> range = Range.from(position.boundary(p), Range.Boundary.unbounded());
            reads.add(entries(key, commands.call(redis -> redis.xrange(key, range, Limit.from(each + 1L)))));
        }
        return Partial.of(reads).thenApply(found -> take(position, partitions, found, limit));
    }

    private Found take(
            FeedPosition position,
            int[] partitions,
            List<@Nullable List<StreamMessage<String, String>>> found,
            int limit) {
        List<StatusChange> changes = new ArrayList<>();
        boolean gap = false;
        for (int i = 0; i < partitions.length; i++) {
            int p = partitions[i];
            List<StreamMessage<String, String>> messages = found.get(i);
            if (messages == null) {
                continue; // unreachable: its changes come when it is back
            }
            if (messages.isEmpty()) {
                gap |= position.isGap(p, null);
                position.reset(p);
            } else if (changes.size() < limit) { // otherwise the gap is reported when the reader passes it
                gap |= position.isGap(p, messages.get(0).getId());
            }
            for (StreamMessage<String, String> message : messages) {
                if (changes.size() == limit) {
                    break;
                }
                if (position.isBehind(p, message.getId())) {
                    add(changes, p, message);
                    position.moveTo(p, message.getId());
                    position.beginNextAt((p + 1) % keys.partitions()); // so that no partition waits for ever
                }
            }
        }
        return new Found(changes, gap);
    }

    private void add(List<StatusChange> changes, int partition, StreamMessage<String, String> message) {
        try {
            changes.add(change(message.getBody()));
        } catch (IllegalArgumentException e) {
            unreadable.found(Data.FEED, keys.events(partition));
        }
    }

    /** The entries whose ids may be ours; others are removed. */
    private CompletionStage<List<StreamMessage<String, String>>> entries(
            String key, CompletionStage<List<StreamMessage<String, String>>> read) {
        return Unreadable.orElse(read, () -> {
                    records.heal(Data.FEED, key, "stream");
                    return List.of();
                })
                .thenApply(found -> {
                    long end = time.micros() + MOST_AHEAD_MICROS;
                    List<String> odd = found.stream()
                            .map(StreamMessage::getId)
                            .filter(id -> !FeedPosition.isId(id, end))
                            .toList();
                    if (odd.isEmpty()) {
                        return found;
                    }
                    unreadable.found(Data.FEED, key);
                    var unused = commands.call(redis -> redis.xdel(key, odd.toArray(String[]::new)));
                    return found.stream()
                            .filter(message -> !odd.contains(message.getId()))
                            .toList();
                });
    }

    private static StatusChange change(Map<String, String> body) {
        UserState state = UserState.parse(field(body, "s"));
        return new StatusChange(
                field(body, "u"), state.told(), state.version(), Instant.ofEpochMilli(state.lastSeen()), state.email());
    }

    private static String field(Map<String, String> body, String name) {
        @Nullable String value = body.get(name);
        if (value == null) {
            throw new IllegalArgumentException("event: no field " + name + " (expected: what this version writes)");
        }
        return value;
    }

    // ---- groups

    @Override
    public Group group(String group, String consumer) {
        Answer.checkName("group", group);
        Answer.checkName("consumer", consumer);
        return new RedisGroup(group, consumer);
    }

    /** The positions and shares are in one hash per group; the script decides about the shares. */
    private final class RedisGroup implements Group {

        private static final String MARK = "g.";

        private final String[] key;
        private final String consumer;

        RedisGroup(String group, String consumer) {
            this.key = new String[] {keys.group(group)};
            this.consumer = consumer;
        }

        @Override
        public CompletionStage<Batch> read(int limit) {
            return Answer.of(() -> {
                        Answer.checkLimit(limit);
                        return limit;
                    })
                    .thenCompose(most -> commands.run(
                            Script.GROUP_READ,
                            key,
                            time.argument(),
                            consumer,
                            String.valueOf(keys.partitions()),
                            String.valueOf(LEASE.toMillis())))
                    .thenCompose(reply -> readShare(reply.text(0), reply.list(1), limit));
        }

        private CompletionStage<Batch> readShare(String changes, Reply mine, int limit) {
            FeedPosition position = FeedPosition.oldest(keys.partitions());
            List<Integer> partitions = new ArrayList<>();
            for (int i = 0; i < mine.size(); i += 2) {
                int p = (int) mine.number(i);
                partitions.add(p);
                if (!mine.text(i + 1).isEmpty()) {
                    position.moveTo(p, mine.text(i + 1));
                }
            }
            Collections.rotate(partitions, ThreadLocalRandom.current().nextInt(Math.max(1, partitions.size())));
            int[] inTurn = partitions.stream().mapToInt(Integer::intValue).toArray();
            return RedisTransitionFeed.this
                    .read(position, inTurn, limit)
                    .thenApply(found -> new Batch(found.changes, MARK + changes + '.' + position.text(), found.gap));
        }

        @Override
        public CompletionStage<Boolean> acknowledge(Batch batch) {
            return Answer.of(() -> acknowledgement(batch.next()))
                    .thenCompose(args -> commands.run(Script.GROUP_ACK, key, args))
                    .thenApply(reply -> reply.text(0).equals("1"));
        }

        private String[] acknowledgement(String next) {
            String[] parts = next.split("\\.", 3);
            if (parts.length != 3 || !(parts[0] + '.').equals(MARK)) {
                throw new IllegalArgumentException("batch: of no group (expected: one that this reader read)");
            }
            FeedPosition position = FeedPosition.parse(parts[2], keys.partitions());
            List<String> args = new ArrayList<>(List.of(consumer, parts[1]));
            for (int p = 0; p < keys.partitions(); p++) {
                if (!position.isUntouched(p)) {
                    args.add(String.valueOf(p));
                    args.add(position.id(p));
                }
            }
            return args.toArray(String[]::new);
        }

        @Override
        public CompletionStage<Void> leave() {
            return commands.run(Script.GROUP_LEAVE, key, consumer).thenAccept(left -> {});
        }
    }
}
