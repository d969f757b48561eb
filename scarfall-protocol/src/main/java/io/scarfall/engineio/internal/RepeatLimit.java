package io.scarfall.engineio.internal;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Bounds log lines that repeat: in an interval, each text passes once, and a bounded number of lines passes in all. What
 * does not pass is counted. Thread-safe; blocks only for a look-up in a small map.
 */
public final class RepeatLimit {

    private final long intervalNanos;
    private final int maxTexts;
    private final LongSupplier nanoTime;

    /** By text. Guarded by itself. */
    private final Map<String, Line> lines = new HashMap<>();

    /** All texts that come while the map is full. Guarded by the map. */
    private @Nullable Line others;

    private static final class Line {

        private long passedNanos;
        private long leftOut;

        Line(long nowNanos) {
            passedNanos = nowNanos;
        }
    }

    /**
     * Makes a limit.
     *
     * @param maxLines how many lines pass in an interval; at least 1
     * @param nanoTime as {@link System#nanoTime}
     */
    public RepeatLimit(Duration interval, int maxLines, LongSupplier nanoTime) {
        this.intervalNanos = interval.toNanos();
        this.maxTexts = maxLines - 1;
        this.nanoTime = nanoTime;
    }

    /**
     * Asks whether a line may be logged.
     *
     * @param text lines with the same text count as the same
     * @return how many lines like this were left out since the last one that passed; negative to leave this one out too
     */
    public long pass(String text) {
        long now = nanoTime.getAsLong();
        synchronized (lines) {
            Line line = lines.get(text);
            if (line == null) {
                if (hasRoom(now)) {
                    lines.put(text, new Line(now));
                    return 0;
                }
                if (others == null) {
                    others = new Line(now);
                    return 0;
                }
                line = others;
            }
            if (!isOver(line, now)) {
                line.leftOut++;
                return -1;
            }
            long leftOut = line.leftOut;
            line.passedNanos = now;
            line.leftOut = 0;
            return leftOut;
        }
    }

    private boolean hasRoom(long now) {
        if (lines.size() >= maxTexts) {
            lines.values().removeIf(line -> isOver(line, now));
        }
        return lines.size() < maxTexts;
    }

    private boolean isOver(Line line, long now) {
        return now - line.passedNanos >= intervalNanos;
    }
}
