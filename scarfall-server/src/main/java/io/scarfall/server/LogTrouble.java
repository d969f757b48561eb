package io.scarfall.server;

import ch.qos.logback.core.status.Status;
import ch.qos.logback.core.status.StatusListener;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * Reports on the console that logging fails, for example because the disk is full: at most once a minute, in the form of the log. The
 * server continues. Thread-safe.
 */
public final class LogTrouble implements StatusListener {

    private static final long PAUSE_NANOS = Duration.ofMinutes(1).toNanos();

    private final PrintStream console;
    private boolean hasSpoken;
    private long spokenAtNanos;

    /** Made by logback. */
    public LogTrouble() {
        this(System.out);
    }

    LogTrouble(PrintStream console) {
        this.console = console;
    }

    @Override
    public synchronized void addStatusEvent(Status status) {
        long now = System.nanoTime();
        if (status.getEffectiveLevel() < Status.WARN || (hasSpoken && now - spokenAtNanos < PAUSE_NANOS)) {
            return;
        }
        hasSpoken = true;
        spokenAtNanos = now;
        Throwable cause = status.getThrowable();
        console.println(Instant.now().truncatedTo(ChronoUnit.MILLIS)
                + " level=WARN logger=LogTrouble thread="
                + Thread.currentThread().getName() + " logging has trouble, the server goes on what=\""
                + status.getMessage() + '"' + (cause == null ? "" : " error=\"" + cause.getMessage() + '"'));
    }

    /** With what was said before this listener was there. */
    @Override
    public boolean isResetResistant() {
        return false;
    }
}
