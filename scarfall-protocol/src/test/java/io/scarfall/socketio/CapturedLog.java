package io.scarfall.socketio;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxy;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.LoggerFactory;

/**
 * Collects what the package logs as WARN or ERROR, instead of the console. An entry that no test expects is a failure.
 */
final class CapturedLog implements AutoCloseable {

    private final Logger logger = (Logger) LoggerFactory.getLogger("io.scarfall");
    private final List<ILoggingEvent> events = new CopyOnWriteArrayList<>();
    private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            events.add(event);
        }
    };

    CapturedLog() {
        appender.start();
        logger.setAdditive(false);
        logger.addAppender(appender);
    }

    /** Removes one ERROR, whose message starts like this and has this cause. */
    void expectError(String message, Class<? extends Throwable> cause) {
        assertThat(events).isNotEmpty();
        ILoggingEvent event = events.remove(0);
        assertThat(event.getLevel()).isEqualTo(Level.ERROR);
        assertThat(event.getFormattedMessage()).startsWith(message);
        assertThat(((ThrowableProxy) event.getThrowableProxy()).getThrowable()).isInstanceOf(cause);
    }

    /** Removes one ERROR without a stack, whose message starts and continues like this, and has no input in it. */
    void expectLine(String message, String error) {
        assertThat(events).isNotEmpty();
        ILoggingEvent event = events.remove(0);
        assertThat(event.getLevel()).isEqualTo(Level.ERROR);
        assertThat(event.getFormattedMessage())
                .startsWith(message)
                .contains(error)
                .doesNotContain("secret");
        assertThat(event.getThrowableProxy()).isNull();
    }

    @Override
    public void close() {
        logger.detachAppender(appender);
        logger.setAdditive(true);
        assertThat(events).as("logged besides").isEmpty();
    }
}
