package io.scarfall.server;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.AppenderBase;
import ch.qos.logback.core.status.ErrorStatus;
import ch.qos.logback.core.status.InfoStatus;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Logging to a disk that hangs, and the console lines about a log that cannot be written. */
class AsyncLogTest {

    private static final int EVENTS = 20_000;

    private final LoggerContext context = new LoggerContext();

    /** A disk that hangs until it is released. */
    private static final class HangingDisk extends AppenderBase<ILoggingEvent> {

        private final CountDownLatch released = new CountDownLatch(1);
        private final List<Level> written = new CopyOnWriteArrayList<>();

        @Override
        protected void append(ILoggingEvent event) {
            try {
                released.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            written.add(event.getLevel());
        }
    }

    private static LoggingEvent event(LoggerContext context, Level level) {
        return new LoggingEvent("test", context.getLogger("test"), level, "message", null, null);
    }

    @Test
    @Timeout(60)
    void aHangingDiskDoesNotBlockCallersAndKeepsWarnings() {
        context.setMDCAdapter(new LogbackMDCAdapter());
        HangingDisk disk = new HangingDisk();
        AsyncLog log = new AsyncLog();
        disk.setContext(context);
        disk.start();
        log.addAppender(disk);
        log.setContext(context);
        log.start();
        long before = AsyncLog.dropped();
        for (int i = 0; i < EVENTS; i++) {
            log.doAppend(event(context, Level.INFO));
        }
        for (int i = 0; i < 100; i++) {
            log.doAppend(event(context, Level.WARN));
        }
        long dropped = AsyncLog.dropped() - before;
        assertThat(dropped).isPositive();
        disk.released.countDown();
        Awaitility.await().untilAsserted(() -> assertThat(disk.written).hasSize((int) (EVENTS + 100 - dropped)));
        assertThat(disk.written).filteredOn(Level.WARN::equals).hasSize(100);
        log.stop();
    }

    @Test
    void aRepeatedLogErrorIsPrintedOnceOnTheConsole() {
        ByteArrayOutputStream console = new ByteArrayOutputStream();
        LogTrouble trouble = new LogTrouble(new PrintStream(console, true, StandardCharsets.UTF_8));
        trouble.addStatusEvent(new InfoStatus("all is well", this));
        assertThat(console.size()).isZero();
        for (int i = 0; i < 100; i++) {
            trouble.addStatusEvent(new ErrorStatus("cannot write", this, new IOException("No space left")));
        }
        assertThat(console.toString(StandardCharsets.UTF_8).lines())
                .singleElement()
                .asString()
                .matches("\\S+Z level=WARN logger=LogTrouble thread=\\S+ logging has trouble, the server goes on"
                        + " what=\"cannot write\" error=\"No space left\"");
    }
}
