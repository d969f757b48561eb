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
 * Logs why something fails that is tried again and again: a new reason at once, and the same reason again after five minutes. Reasons
 * that differ in numbers only are the same. Thread-safe; never blocks for longer than a look into a small map.
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
     * @param what begins the log line, and says what failed and what happens now
     * @param nanoTime as {@link System#nanoTime}
     */
    public FailureLog(Logger log, String what, LongSupplier nanoTime) {
        this(log, Level.WARN, what, nanoTime);
    }

    /** As the other one, at another level. */
    FailureLog(Logger log, Level level, String what, LongSupplier nanoTime) {
        this.log = log;
        this.level = level;
        this.what = what;
        this.nanoTime = nanoTime;
    }

    /** It failed. */
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

    /** How often this reason was not logged since its last line; negative if it is not to be logged now either. */
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
