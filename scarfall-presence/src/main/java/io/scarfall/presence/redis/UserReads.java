package io.scarfall.presence.redis;

import io.lettuce.core.KeyValue;
import io.scarfall.presence.internal.store.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Reads one key of each of many users, in one round trip. Thread-safe. */
final class UserReads {

    /** How many records one command reads: a longer one would delay other commands. */
    static final int READ_AT_ONCE = 128;

    private final Commands commands;
    private final RedisKeys keys;
    private final Witness witness;
    private final boolean cluster;

    /** @param witness is read along with users, and notified if it is missing; not in a Cluster */
    UserReads(Commands commands, RedisKeys keys, Witness witness, boolean cluster) {
        this.commands = commands;
        this.keys = keys;
        this.witness = witness;
        this.cluster = cluster;
    }

    /** As {@link Commands#users}. */
    CompletionStage<List<UserRecord>> users(List<String> userIds) {
        if (cluster) {
            return each(userIds, keys::user, UserRecord::of, UserRecord.UNREADABLE, UserRecord.AWAY);
        }
        return inPieces(userIds, some -> {
            String witnessKey = witness.key();
            List<String> names = new ArrayList<>(some.size() + 1);
            some.forEach(userId -> names.add(keys.user(userId)));
            if (witnessKey != null) {
                names.add(witnessKey);
            }
            return commands.call(redis -> redis.mget(names.toArray(String[]::new)))
                    .thenApply(found -> records(found, some.size(), witnessKey));
        });
    }

    private List<UserRecord> records(List<KeyValue<String, String>> found, int count, @Nullable String witnessKey) {
        List<UserRecord> records = new ArrayList<>(count);
        for (KeyValue<String, String> value : found.subList(0, count)) {
            records.add(value.hasValue() ? UserRecord.of(value.getValue()) : UserRecord.EMPTY);
        }
        if (witnessKey != null && !found.get(count).hasValue()) {
            witness.isMissing(witnessKey);
        }
        return records;
    }

    /** As {@link Commands#reaped}. */
    CompletionStage<List<ReapedSessions>> reaped(List<String> userIds) {
        if (cluster) {
            return each(userIds, keys::reaped, UserReads::reaped, ReapedSessions.NONE, ReapedSessions.NONE);
        }
        return inPieces(userIds, some -> {
            String[] names = some.stream().map(keys::reaped).toArray(String[]::new);
            return commands.call(redis -> redis.mget(names))
                    .thenApply(found -> found.stream()
                            .map(value -> reaped(value.getValueOrElse(null)))
                            .toList());
        });
    }

    private static ReapedSessions reaped(@Nullable String text) {
        return text == null ? ReapedSessions.NONE : new ReapedSessions(text);
    }

    /**
     * Reads a key of each user, in a Cluster. Each by its own command: while a slot moves, some of its keys are at another
     * server, and a command that names several of them fails.
     *
     * @param unreadable stands for a value of another type
     * @param away stands for a value whose partition is away
     */
    private <T> CompletionStage<List<T>> each(
            List<String> userIds,
            UnaryOperator<String> keyOf,
            Function<@Nullable String, T> read,
            T unreadable,
            T away) {
        List<CompletionStage<T>> reads = new ArrayList<>(userIds.size());
        for (String userId : userIds) {
            reads.add(Unreadable.orElse(
                    commands.call(redis -> redis.get(keyOf.apply(userId))).thenApply(read), () -> unreadable));
        }
        return Partial.of(reads)
                .thenApply(parts ->
                        parts.stream().map(part -> part == null ? away : part).toList());
    }

    private static <T> CompletionStage<List<T>> inPieces(
            List<String> userIds, Function<List<String>, CompletionStage<List<T>>> read) {
        List<CompletionStage<List<T>>> reads = new ArrayList<>();
        for (int from = 0; from < userIds.size(); from += READ_AT_ONCE) {
            reads.add(read.apply(userIds.subList(from, Math.min(userIds.size(), from + READ_AT_ONCE))));
        }
        return Answer.all(reads).thenApply(parts -> {
            if (parts.size() == 1) {
                return parts.get(0);
            }
            List<T> all = new ArrayList<>(userIds.size());
            parts.forEach(all::addAll);
            return all;
        });
    }
}
