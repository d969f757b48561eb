package io.scarfall.engineio;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.LoggerFactory;

/**
 * Collects what Scarfall and Netty log as WARN or ERROR, instead of the console. An entry that no test expects is a
 * failure.
 */
final class ErrorLog implements AutoCloseable {

    private final List<Logger> loggers =
            List.of((Logger) LoggerFactory.getLogger("io.scarfall"), (Logger) LoggerFactory.getLogger("io.netty"));
    private final List<ILoggingEvent> events = new CopyOnWriteArrayList<>();
    private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            events.add(event);
        }
    };

    ErrorLog() {
        appender.start();
        for (Logger logger : loggers) {
            logger.setAdditive(false);
            logger.addAppender(appender);
        }
    }

    /** Removes one entry, whose message starts like this and has this cause. */
    void expect(String message, Class<? extends Throwable> cause) {
        assertThat(events).isNotEmpty();
        ILoggingEvent event = events.remove(0);
        assertThat(event.getFormattedMessage()).startsWith(message);
        assertThat(event.getThrowableProxy().getClassName()).isEqualTo(cause.getName());
    }

    /** Removes one WARN with this message and no cause. */
    void expectWarning(String message) {
        assertThat(events).isNotEmpty();
        ILoggingEvent event = events.remove(0);
        assertThat(event.getLevel()).isEqualTo(Level.WARN);
        assertThat(event.getFormattedMessage()).isEqualTo(message);
        assertThat(event.getThrowableProxy()).isNull();
    }

    void assertNothing() {
        assertThat(events).extracting(ErrorLog::withCause).as("logged").isEmpty();
    }

    private static String withCause(ILoggingEvent event) {
        return event + "\n" + ThrowableProxyUtil.asString(event.getThrowableProxy());
    }

    @Override
    public void close() {
        for (Logger logger : loggers) {
            logger.detachAppender(appender);
            logger.setAdditive(true);
        }
        assertNothing();
    }
}
