package io.scarfall.gateway.internal.node;

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
    void theNumberOfRememberedReasonsIsBounded() {
        for (char c = 'a'; c <= 'z'; c++) {
            failures.failed(new IllegalStateException("reason " + c));
        }
        assertThat(logged()).hasSize(26);
        failures.failed(new IllegalStateException("reason z"));
        assertThat(logged()).isEmpty();
        failures.failed(new IllegalStateException("reason a"));
        assertThat(logged()).hasSize(1);
    }
}
