package io.scarfall.presence.redis;

import io.lettuce.core.RedisCommandExecutionException;
import io.scarfall.presence.StoreListener;
import io.scarfall.presence.StoreListener.Data;
import io.scarfall.presence.internal.store.Answer;
import io.scarfall.presence.internal.store.LogValue;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts stored data that cannot be read, and logs its keys, never content: each key once in a while, and a few keys
 * a minute. Thread-safe.
 */
final class Unreadable {

    /** The beginning of the part of a script's answer that names unreadable keys, see unreadable.lua. */
    private static final String MARK = "\0unreadable";

    private static final Logger log = LoggerFactory.getLogger(Unreadable.class);
    private static final long SAME_KEY_NANOS = Duration.ofMinutes(10).toNanos();
    private static final long MINUTE_NANOS = Duration.ofMinutes(1).toNanos();
    private static final int LINES_A_MINUTE = 60;
    private static final int MAX_KEYS = 1_024;

    private final @Nullable StoreListener listener;
    private final LongSupplier nanoTime;
    /** When keys were last logged, the oldest first. Guarded by itself, as are the next two fields. */
    private final Map<String, Long> named = new LinkedHashMap<>();

    private long minuteNanos;
    private int lines;

    Unreadable(@Nullable StoreListener listener, LongSupplier nanoTime) {
        this.listener = listener;
        this.nanoTime = nanoTime;
        this.minuteNanos = nanoTime.getAsLong();
    }

    /** Data in this key could not be read. */
    void found(Data data, String key) {
        if (listener != null) {
            listener.unreadable(data);
        }
        if (isToBeNamed(key)) {
            log.warn("unreadable data in Redis kind={} key={} action=skipped", data.word(), LogValue.of(key));
        }
    }

    private boolean isToBeNamed(String key) {
        long now = nanoTime.getAsLong();
        synchronized (named) {
            Long before = named.get(key);
            if (before != null && now - before < SAME_KEY_NANOS) {
                return false;
            }
            if (now - minuteNanos >= MINUTE_NANOS) {
                minuteNanos = now;
                lines = 0;
            }
            if (lines >= LINES_A_MINUTE) {
                return false;
            }
            lines++;
            named.remove(key);
            named.put(key, now);
            if (named.size() > MAX_KEYS) {
                named.remove(named.keySet().iterator().next());
            }
            return true;
        }
    }

    /** The answer of a script, without the part that names unreadable keys. */
    Reply reply(List<? extends @Nullable Object> parts) {
        int last = parts.size() - 1;
        if (last >= 0 && parts.get(last) instanceof List<?> keys && !keys.isEmpty() && MARK.equals(keys.get(0))) {
            for (int i = 1; i + 1 < keys.size(); i += 2) {
                found(data(String.valueOf(keys.get(i))), String.valueOf(keys.get(i + 1)));
            }
            return new Reply(parts.subList(0, last));
        }
        return new Reply(parts);
    }

    private static Data data(String word) {
        return Data.valueOf(word.toUpperCase(Locale.ROOT));
    }

    /** Whether a command failed because its key has another type. */
    static boolean isWrongType(Throwable failure) {
        Throwable why = Answer.cause(failure);
        String message = why.getMessage();
        return why instanceof RedisCommandExecutionException && message != null && message.contains("WRONGTYPE");
    }

    /** The same answer; counts it if the key has another type. */
    <T> CompletionStage<T> counted(Data data, String key, CompletionStage<T> answer) {
        var unused = answer.whenComplete((value, failure) -> {
            if (failure != null && isWrongType(failure)) {
                found(data, key);
            }
        });
        return answer;
    }

    /** The answer of a command, or the replacement if its key has another type. */
    static <T> CompletionStage<T> orElse(CompletionStage<T> answer, Supplier<T> instead) {
        return answer.exceptionally(failure -> {
            if (isWrongType(failure)) {
                return instead.get();
            }
            throw new CompletionException(Answer.cause(failure));
        });
    }
}
