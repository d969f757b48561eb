package io.scarfall.gateway.internal.node;

import io.scarfall.engineio.internal.Causes;
import io.scarfall.engineio.internal.LogText;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.event.Level;

/**
 * Logs the reasons of an operation that fails and is retried. A new reason is logged at once; the same reason is logged
 * again after five minutes. Reasons that differ only in numbers count as the same. Thread-safe; blocks only for a look-up
 * in a small map.
 */
public final class FailureLog {

    private static final long SAME_REASON_NANOS = Duration.ofMinutes(5).toNanos();
    private static final int MAX_REASONS = 16;

    private final Logger log;
    private final Level level;
    private final String what;
    private final LongSupplier nanoTime;
    private final Map<String, Reason> reasons = new LinkedHashMap<>(MAX_REASONS, 0.75f, true);

    private static final class Reason {
        private long loggedNanos;
        private long unlogged;
    }

    /**
     * @param what the beginning of the log line: what failed, and what happens now
     * @param nanoTime as {@link System#nanoTime}
     */
    public FailureLog(Logger log, String what, LongSupplier nanoTime) {
        this(log, Level.WARN, what, nanoTime);
    }

    /** As the public constructor, for another level. */
    FailureLog(Logger log, Level level, String what, LongSupplier nanoTime) {
        this.log = log;
        this.level = level;
        this.what = what;
        this.nanoTime = nanoTime;
    }

    /** Logs a failure, unless its reason was logged lately. */
    public void failed(Throwable error) {
        Throwable cause = Causes.of(error);
        String text = cause.toString();
        long unlogged = unloggedBefore(text.replaceAll("[0-9]+", "0"));
        if (unlogged >= 0) {
            log.atLevel(level).log("{} error={} unlogged={}", what, LogText.of(text), unlogged);
        } else {
            log.debug("{} error={}", what, LogText.of(text));
        }
    }

    /** How often this reason was skipped since its last log line; negative if it must be skipped now too. */
    private long unloggedBefore(String reason) {
        long now = nanoTime.getAsLong();
        synchronized (reasons) {
            Reason known = reasons.get(reason);
            if (known == null) {
                known = new Reason();
                reasons.put(reason, known);
                if (reasons.size() > MAX_REASONS) {
                    reasons.remove(reasons.keySet().iterator().next());
                }
            } else if (now - known.loggedNanos < SAME_REASON_NANOS) {
                known.unlogged++;
                return -1;
            }
            long unlogged = known.unlogged;
            known.loggedNanos = now;
            known.unlogged = 0;
            return unlogged;
        }
    }
}
