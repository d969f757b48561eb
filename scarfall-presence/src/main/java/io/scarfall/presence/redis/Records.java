package io.scarfall.presence.redis;

import io.lettuce.core.KeyValue;
import io.scarfall.presence.StoreListener.Data;
import io.scarfall.presence.UserSession;
import io.scarfall.presence.internal.store.Answer;
import io.scarfall.presence.internal.store.LogValue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the records of users, each by itself, so that an unreadable record does not affect others. A script repairs
 * such a record, or an index of the wrong type, and then it is read again. Thread-safe.
 */
final class Records {

    private static final Logger log = LoggerFactory.getLogger(Records.class);

    /** At most so many repairing scripts at once; other unreadable data is skipped meanwhile. */
    private static final int MENDED_AT_ONCE = 16;

    /**
     * MGET returns nothing both for a missing key and for one of another type, so missing ones are checked, at this
     * rate at most.
     */
    private static final long BETWEEN_LOOKS_NANOS = Duration.ofMillis(100).toNanos();

    private final Commands commands;
    private final RedisKeys keys;
    private final StoreTime time;
    private final Transitions transitions;
    private final Unreadable unreadable;
    private final AtomicInteger mending = new AtomicInteger();
    private final AtomicLong lookedNanos;

    Records(Commands commands, RedisKeys keys, StoreTime time, Transitions transitions, Unreadable unreadable) {
        this.commands = commands;
        this.keys = keys;
        this.time = time;
        this.transitions = transitions;
        this.unreadable = unreadable;
        this.lookedNanos = new AtomicLong(time.nanos() - BETWEEN_LOOKS_NANOS);
    }

    /** Takes something from a record; throws {@link IllegalArgumentException} if the record is unreadable. */
    @FunctionalInterface
    interface Reading<C, T> {

        T read(C context, String userId, UserRecord record);
    }

    /** A session, and whether its details are beside the record. */
    record Line(UserSession session, boolean detailsElsewhere) {

        static Line of(String userId, UserRecord record, int at) {
            return new Line(record.session(userId, at), record.hasDetailsElsewhere(at));
        }
    }

    /**
     * Reads users, in their order; null for users whose partition is unreachable. Fails if that holds for all of
     * them.
     *
     * @param context what the reading needs besides; read at the same time
     */
    <C, T> CompletionStage<List<@Nullable T>> read(
            List<String> userIds, CompletionStage<C> context, Reading<C, T> reading) {
        CompletionStage<List<UserRecord>> records = commands.users(userIds);
        return records.thenCombine(context, (found, known) -> read(userIds, found, known, reading))
                .thenCompose(answer -> answer);
    }

    /** The same for so many users that their records are parsed on another thread than those of the connections. */
    <C, T> CompletionStage<List<@Nullable T>> read(
            List<String> userIds, CompletionStage<C> context, Reading<C, T> reading, Elsewhere elsewhere) {
        CompletionStage<List<UserRecord>> records = commands.users(userIds);
        return records.thenCombine(
                        context, (found, known) -> elsewhere.compute(() -> read(userIds, found, known, reading)))
                .thenCompose(answer -> answer)
                .thenCompose(answer -> answer);
    }

    /** Computes something on a thread that may take its time. */
    @FunctionalInterface
    interface Elsewhere {

        <R> CompletionStage<R> compute(Supplier<R> work);
    }

    private <C, T> CompletionStage<List<@Nullable T>> read(
            List<String> userIds, List<UserRecord> records, C context, Reading<C, T> reading) {
        List<@Nullable T> all = new ArrayList<>(userIds.size());
        Map<String, Integer> damaged = new HashMap<>(0);
        List<String> absent = List.of();
        for (int i = 0; i < records.size(); i++) {
            String userId = userIds.get(i);
            UserRecord record = records.get(i);
            if (record.isAway()) {
                all.add(null);
                continue;
            }
            if (record.isEmpty()) {
                absent = absent.isEmpty() ? new ArrayList<>() : absent;
                absent.add(userId);
            }
            try {
                all.add(reading.read(context, userId, record));
            } catch (IllegalArgumentException e) {
                damaged.put(userId, i);
                all.add(readable(context, userId, record, reading));
            }
        }
        if (!absent.isEmpty()) {
            lookForOtherTypes(absent);
        }
        if (damaged.isEmpty()) {
            return CompletableFuture.completedFuture(all);
        }
        return mend(damaged.keySet()).thenApply(mended -> {
            damaged.forEach((userId, at) -> {
                UserRecord record = mended.get(userId);
                if (record != null && !record.isAway()) {
                    all.set(at, readable(context, userId, record, reading));
                }
            });
            return all;
        });
    }

    private static <C, T> T readable(C context, String userId, UserRecord record, Reading<C, T> reading) {
        try {
            return reading.read(context, userId, record.readable());
        } catch (IllegalArgumentException e) {
            return reading.read(context, userId, UserRecord.EMPTY);
        }
    }

    // ---- repairs

    /** Repairs records; returns those that were repaired, and never fails. */
    CompletionStage<Map<String, UserRecord>> mend(Iterable<String> userIds) {
        Map<Integer, List<String>> byPartition = new TreeMap<>();
        for (String userId : userIds) {
            byPartition
                    .computeIfAbsent(keys.partitionOf(userId), p -> new ArrayList<>())
                    .add(userId);
        }
        List<CompletionStage<Map<String, UserRecord>>> parts = new ArrayList<>();
        byPartition.forEach((partition, some) -> parts.add(mend(partition, some)));
        return Answer.all(parts).thenApply(maps -> {
            Map<String, UserRecord> mended = new HashMap<>();
            maps.forEach(mended::putAll);
            return mended;
        });
    }

    /** Rebuilds the indexes of a partition. */
    CompletionStage<?> mendIndexes(int partition) {
        return mend(partition, List.of());
    }

    /** The size of an index of a partition. If its key has the wrong type, it is rebuilt and read again. */
    CompletionStage<Long> size(Data data, int partition, String key, Supplier<CompletionStage<Long>> size) {
        return size.get()
                .handle((answer, failure) -> {
                    if (failure == null) {
                        return CompletableFuture.completedFuture(answer);
                    }
                    if (!Unreadable.isWrongType(failure)) {
                        return CompletableFuture.<Long>failedFuture(Answer.cause(failure));
                    }
                    return mendIndexes(partition)
                            .thenCompose(mended -> Unreadable.orElse(size.get(), () -> {
                                unreadable.found(data, key); // otherwise the script has reported it
                                return 0L;
                            }));
                })
                .thenCompose(answer -> answer);
    }

    private CompletionStage<Map<String, UserRecord>> mend(int partition, List<String> userIds) {
        if (mending.incrementAndGet() > MENDED_AT_ONCE) {
            mending.decrementAndGet();
            return CompletableFuture.completedFuture(Map.of());
        }
        return mendNow(partition, userIds).whenComplete((mended, failure) -> mending.decrementAndGet());
    }

    /**
     * Repairs records of one partition for a change that waits for it, or its indexes if no user is named. One at a
     * time per partition. Never fails.
     */
    CompletionStage<Map<String, UserRecord>> mendNow(int partition, List<String> userIds) {
        List<String> args =
                new ArrayList<>(List.of(time.argument(), transitions.expirySeconds(), transitions.feedLength()));
        args.addAll(userIds);
        return commands.run(Script.MEND, new String[] {keys.fence(partition)}, args.toArray(String[]::new))
                .handle((reply, failure) -> {
                    Map<String, UserRecord> mended = new HashMap<>();
                    if (failure != null) {
                        log.debug("repair failed error={}", LogValue.of(Answer.cause(failure)));
                    } else {
                        for (int i = 0; i < userIds.size(); i++) {
                            mended.put(userIds.get(i), UserRecord.of(reply.text(i)));
                        }
                    }
                    return mended;
                });
    }

    private void lookForOtherTypes(List<String> absent) {
        long now = time.nanos();
        long before = lookedNanos.get();
        if (now - before < BETWEEN_LOOKS_NANOS || !lookedNanos.compareAndSet(before, now)) {
            return;
        }
        List<String> some = absent.subList(0, Math.min(absent.size(), UserReads.READ_AT_ONCE));
        String[] names = some.stream().map(keys::user).toArray(String[]::new);
        commands.call(redis -> redis.exists(names)).whenComplete((found, failure) -> {
            if (failure == null && found > 0) {
                mend(some);
            }
        });
    }

    /** Removes a key if it has the wrong type, and counts that. */
    void heal(Data data, String key, String type) {
        commands.run(Script.HEAL, new String[] {key}, time.argument(), data.word(), type)
                .whenComplete((done, failure) -> {
                    if (failure != null) {
                        log.debug(
                                "removal of a key of another type failed error={}", LogValue.of(Answer.cause(failure)));
                    }
                });
    }

    // ---- details

    /** Sessions, with the details that are beside their records. */
    CompletionStage<List<UserSession>> complete(List<Line> lines) {
        Map<String, List<String>> elsewhere = new HashMap<>(0);
        for (Line line : lines) {
            if (line.detailsElsewhere()) {
                elsewhere
                        .computeIfAbsent(line.session().userId(), user -> new ArrayList<>())
                        .add(Fields.escape(line.session().sessionId()));
            }
        }
        List<CompletionStage<Map<String, String>>> reads = new ArrayList<>();
        elsewhere.forEach((userId, sessions) -> reads.add(details(userId, sessions)));
        return Answer.all(reads).thenApply(all -> {
            Map<String, String> details = new HashMap<>();
            all.forEach(details::putAll);
            return lines.stream().map(line -> complete(line, details)).toList();
        });
    }

    private CompletionStage<Map<String, String>> details(String userId, List<String> sessions) {
        String key = keys.details(userId);
        String[] fields = sessions.toArray(String[]::new);
        return Unreadable.orElse(commands.call(redis -> redis.hmget(key, fields)), () -> {
                    heal(Data.DETAILS, key, "hash");
                    return List.of();
                })
                .thenApply(found -> {
                    Map<String, String> details = new HashMap<>();
                    for (KeyValue<String, String> one : found) {
                        if (one.hasValue()) {
                            details.put(place(userId, one.getKey()), one.getValue());
                        }
                    }
                    return details;
                });
    }

    private static String place(String userId, String session) {
        return session + '\t' + userId;
    }

    private UserSession complete(Line line, Map<String, String> details) {
        UserSession session = line.session();
        String found = line.detailsElsewhere()
                ? details.get(place(session.userId(), Fields.escape(session.sessionId())))
                : null;
        if (found == null) {
            return session;
        }
        try {
            return UserRecord.withDetails(session, found);
        } catch (IllegalArgumentException e) {
            unreadable.found(Data.DETAILS, keys.details(session.userId()));
            return session;
        }
    }
}
