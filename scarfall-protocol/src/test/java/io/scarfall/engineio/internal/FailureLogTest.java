package io.scarfall.engineio.internal;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The log of an operation that fails repeatedly. */
class FailureLogTest {

    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private final Logger logger = new LoggerContext().getLogger("test");
    private final AtomicLong nanos = new AtomicLong();
    private final FailureLog failures = new FailureLog(logger, "not joined node=a", nanos::get);

    @BeforeEach
    void listen() {
        logger.setLevel(Level.INFO);
        lines.start();
        logger.addAppender(lines);
    }

    private List<String> logged() {
        List<String> texts =
                lines.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
        lines.list.clear();
        return texts;
    }

    @Test
    void aReasonIsLoggedAtOnceAndThenRarely() {
        for (int i = 0; i < 1_000; i++) {
            failures.failed(new CompletionException(new IllegalStateException("NOPERM no channel " + i)));
        }
        assertThat(logged())
                .containsExactly(
                        "not joined node=a error=\"java.lang.IllegalStateException: NOPERM no channel 0\" unlogged=0");
        nanos.addAndGet(Duration.ofMinutes(5).toNanos() - 1);
        failures.failed(new IllegalStateException("NOPERM no channel 1"));
        assertThat(logged()).isEmpty();
        nanos.incrementAndGet();
        failures.failed(new IllegalStateException("NOPERM no channel 1"));
        assertThat(logged()).singleElement().asString().endsWith("unlogged=1000");
    }

    @Test
    void anotherReasonIsLoggedAtOnce() {
        failures.failed(new IllegalStateException("no connection"));
        failures.failed(new IllegalStateException("another format"));
        failures.failed(new IllegalStateException("no connection"));
        assertThat(logged()).hasSize(2);
    }

    @Test
    void theNumberOfLinesIsBounded() {
        for (int round = 0; round < 3; round++) {
            for (char c = 'a'; c <= 'z'; c++) {
                failures.failed(new IllegalStateException("reason " + c));
            }
        }
        assertThat(logged()).hasSize(16).last().asString().contains("reason p");
        nanos.addAndGet(Duration.ofMinutes(5).toNanos());
        failures.failed(new IllegalStateException("reason z"));
        assertThat(logged()).singleElement().asString().contains("reason z", "unlogged=0");
        for (char c = 'a'; c <= 'o'; c++) {
            failures.failed(new IllegalStateException("another " + c));
        }
        assertThat(logged()).hasSize(15).last().asString().contains("another o", "unlogged=32");
    }

    private static RuntimeException failure(String message) {
        return new IllegalArgumentException(message);
    }

    @Test
    void aPlaceInTheCodeLogsItsStackOnceAndIsThenCounted() {
        for (int i = 0; i < 10_000; i++) {
            failures.failed("event=e", failure("what a client wrote " + (char) ('a' + i)));
        }
        assertThat(lines.list)
                .singleElement()
                .satisfies(line ->
                        assertThat(line.getThrowableProxy().getMessage()).isEqualTo("what a client wrote a"));
        assertThat(logged()).containsExactly("not joined node=a event=e unlogged=0");
        failures.failed("event=e", new IllegalArgumentException("at another place"));
        assertThat(logged()).hasSize(1);
        nanos.addAndGet(Duration.ofMinutes(5).toNanos());
        failures.failed("event=f", new CompletionException(failure("later")));
        assertThat(logged()).containsExactly("not joined node=a event=f unlogged=9999");
    }

    @Test
    void aFailureWithoutAStackIsKnownByItsType() {
        @SuppressWarnings("serial")
        class Bare extends RuntimeException {
            Bare(String message) {
                super(message, null, false, false);
            }
        }
        failures.failed("event=e", new Bare("a"));
        failures.failed("event=e", new Bare("b"));
        assertThat(logged()).hasSize(1);
    }
}
