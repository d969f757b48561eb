package io.scarfall.engineio.internal;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.event.Level;

/**
 * Logs failures that may repeat, so that they cannot fill the log. A new failure is logged at once; the same one is logged
 * again after five minutes, with a count of those between. In five minutes at most {@value #MAX_LINES} lines are logged.
 * Thread-safe; blocks only for a look-up in a small map.
 */
public final class FailureLog {

    private static final Duration INTERVAL = Duration.ofMinutes(5);
    static final int MAX_LINES = 16;

    private final Logger log;
    private final Level level;
    private final String what;
    private final RepeatLimit limit;

    /**
     * Makes a log of warnings.
     *
     * @param what the beginning of the log line: what failed, and what happens now
     * @param nanoTime as {@link System#nanoTime}
     */
    public FailureLog(Logger log, String what, LongSupplier nanoTime) {
        this(log, Level.WARN, what, nanoTime);
    }

    /** As the other constructor, for another level. */
    public FailureLog(Logger log, Level level, String what, LongSupplier nanoTime) {
        this.log = log;
        this.level = level;
        this.what = what;
        this.limit = new RepeatLimit(INTERVAL, MAX_LINES, nanoTime);
    }

    /**
     * Logs the reason of an operation that failed, without its stack. Reasons that differ only in numbers count as the
     * same.
     */
    public void failed(Throwable error) {
        String text = Causes.of(error).toString();
        long unlogged = limit.pass(text.replaceAll("[0-9]+", "0"));
        if (unlogged >= 0) {
            log.atLevel(level).log("{} error={} unlogged={}", what, LogText.of(text), unlogged);
        } else {
            log.debug("{} error={}", what, LogText.of(text));
        }
    }

    /**
     * Logs a failure of the application's code with its stack. Failures of the same type from the same line of code count
     * as the same, whatever their messages say: a client may have chosen these.
     *
     * @param details the rest of the log line, as {@code key=value}
     */
    public void failed(String details, Throwable error) {
        Throwable cause = Causes.of(error);
        long unlogged = limit.pass(cause.getClass().getName() + " " + place(cause.getStackTrace()));
        if (unlogged >= 0) {
            log.atLevel(level).setCause(cause).log("{} {} unlogged={}", what, details, unlogged);
        } else {
            log.debug("{} {} error={}", what, details, LogText.of(cause));
        }
    }

    /**
     * Logs a failure of the application's code whose reason says more than its stack. Reasons that differ only in numbers
     * count as the same.
     *
     * @param details as for {@link #failed(String, Throwable)}
     */
    public void failedBecause(String reason, String details) {
        long unlogged = limit.pass(reason.replaceAll("[0-9]+", "0"));
        if (unlogged >= 0) {
            log.atLevel(level).log("{} {} error={} unlogged={}", what, details, LogText.of(reason), unlogged);
        } else {
            log.debug("{} {} error={}", what, details, LogText.of(reason));
        }
    }

    /** The line that called the JDK in vain, or that threw the failure itself. */
    private static Object place(StackTraceElement[] stack) {
        for (StackTraceElement frame : stack) {
            if (!frame.getClassName().startsWith("java.")
                    && !frame.getClassName().startsWith("jdk.")) {
                return frame;
            }
        }
        return "";
    }
}
