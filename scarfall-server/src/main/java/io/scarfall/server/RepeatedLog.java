package io.scarfall.server;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import io.scarfall.engineio.internal.RepeatLimit;
import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;
import org.slf4j.helpers.MessageFormatter;

/**
 * Bounds what libraries log: while a server is away, they may log the same text at each attempt. Within an interval each logger
 * outside of {@code io.scarfall} writes the same text once, and a bounded number of texts. Texts that differ only in numbers are the
 * same. After the interval, one line says how many lines were dropped. Thread-safe.
 *
 * <p>That line is written with the next event of any logger, so this class needs no thread.
 */
public final class RepeatedLog extends TurboFilter {

    static final Duration MAX_INTERVAL = Duration.ofDays(1);
    static final int MOST_TEXTS = 10_000;

    private static final Duration INTERVAL = Duration.ofMinutes(10);
    private static final int TEXTS = 30;

    private static final String OWN = "io.scarfall.";

    /** Loggers that have bounds of their own; all others share the bounds of one. */
    private static final int MAX_LOGGERS = 1_000;

    private static final String OTHERS = "(others)";

    /** Of a longer text, only the beginning is compared. */
    private static final int MAX_LENGTH = 500;

    private static final long BETWEEN_LOOKS_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final LongSupplier nanoTime;
    private long intervalNanos = INTERVAL.toNanos();
    private int maxTexts = TEXTS;

    /** By the logger's name. Guarded by itself. */
    private final Map<String, Texts> byLogger = new HashMap<>();

    private volatile long lookedNanos;

    /** What a logger wrote in an interval. */
    private static final class Texts {

        private final long sinceNanos;
        private final RepeatLimit limit;
        private long leftOut;
        private String lastLeftOut = "";

        Texts(long sinceNanos, RepeatLimit limit) {
            this.sinceNanos = sinceNanos;
            this.limit = limit;
        }
    }

    /** Made by logback. */
    public RepeatedLog() {
        this(System::nanoTime);
    }

    RepeatedLog(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        lookedNanos = nanoTime.getAsLong();
    }

    /** The time in which a text is written once; 0 writes every text. Called by logback before {@link #start}. */
    public void setIntervalMillis(long millis) {
        intervalNanos = TimeUnit.MILLISECONDS.toNanos(millis);
    }

    /** How many texts of a logger are written in an interval. Called by logback before {@link #start}. */
    public void setMaxTexts(int texts) {
        maxTexts = texts;
    }

    @Override
    public FilterReply decide(
            @Nullable Marker marker,
            Logger logger,
            Level level,
            @Nullable String format,
            Object @Nullable [] arguments,
            @Nullable Throwable error) {
        if (format == null || intervalNanos == 0 || !level.isGreaterOrEqual(logger.getEffectiveLevel())) {
            return FilterReply.NEUTRAL; // a question whether the level is enabled, or an event below the level
        }
        long now = nanoTime.getAsLong();
        if (now - lookedNanos >= BETWEEN_LOOKS_NANOS) {
            lookedNanos = now;
            tell(now, logger.getLoggerContext().getLogger(RepeatedLog.class));
        }
        if (logger.getName().startsWith(OWN)) {
            return FilterReply.NEUTRAL;
        }
        return admits(logger.getName(), text(format, arguments), now) ? FilterReply.NEUTRAL : FilterReply.DENY;
    }

    private static String text(String format, Object @Nullable [] arguments) {
        String text = arguments == null
                ? format
                : MessageFormatter.arrayFormat(format, arguments).getMessage();
        String start = text.length() <= MAX_LENGTH ? text : text.substring(0, MAX_LENGTH);
        return start.replaceAll("0x\\p{XDigit}+|\\d+", "0"); // of connections, ports, attempts
    }

    private boolean admits(String logger, String text, long now) {
        synchronized (byLogger) {
            String name = byLogger.size() < MAX_LOGGERS || byLogger.containsKey(logger) ? logger : OTHERS;
            Texts texts = byLogger.computeIfAbsent(
                    name, key -> new Texts(now, new RepeatLimit(Duration.ofNanos(intervalNanos), maxTexts, nanoTime)));
            if (texts.limit.pass(text) >= 0) {
                return true;
            }
            texts.leftOut++;
            texts.lastLeftOut = text;
            return false;
        }
    }

    /** Logs how many lines were dropped, and begins a new interval, for each logger whose interval is over. */
    private void tell(long now, Logger log) {
        Map<String, Texts> over = new HashMap<>();
        synchronized (byLogger) {
            Iterator<Map.Entry<String, Texts>> all = byLogger.entrySet().iterator();
            while (all.hasNext()) {
                Map.Entry<String, Texts> one = all.next();
                if (now - one.getValue().sinceNanos >= intervalNanos) {
                    over.put(one.getKey(), one.getValue());
                    all.remove();
                }
            }
        }
        over.forEach((name, texts) -> {
            if (texts.leftOut > 0) {
                log.warn(
                        "a library repeated itself, lines were left out library={} lines={} seconds={} text=\"{}\"",
                        name,
                        texts.leftOut,
                        TimeUnit.NANOSECONDS.toSeconds(now - texts.sinceNanos),
                        texts.lastLeftOut);
            }
        });
    }
}
