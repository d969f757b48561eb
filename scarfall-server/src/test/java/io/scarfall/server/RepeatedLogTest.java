package io.scarfall.server;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.joran.spi.JoranException;
import ch.qos.logback.core.read.ListAppender;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Repeated log lines of libraries are limited and counted; lines of Scarfall are not limited. */
class RepeatedLogTest {

    private static final String LIBRARY = "io.lettuce.core.cluster.topology.DefaultClusterTopologyRefresh";

    private final LoggerContext context = new LoggerContext();
    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5); // it may overflow
    private final ListAppender<ILoggingEvent> written = new ListAppender<>();

    @TempDir
    private Path folder;

    @AfterEach
    void stop() {
        context.stop();
    }

    private void start(Duration interval, int texts) {
        context.setMDCAdapter(new LogbackMDCAdapter());
        RepeatedLog filter = new RepeatedLog(nanos::get);
        filter.setIntervalMillis(interval.toMillis());
        filter.setMaxTexts(texts);
        context.addTurboFilter(filter);
        Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.INFO);
        written.start();
        root.addAppender(written);
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    private List<String> lines() {
        List<String> lines =
                written.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
        written.list.clear();
        return lines;
    }

    private void cannotConnect(int port) {
        context.getLogger(LIBRARY).warn("Unable to connect to [127.0.0.1:{}]: Connection refused", port);
    }

    @Test
    void aRepeatedTextIsWrittenOncePerIntervalAndTheRestIsCounted() {
        start(Duration.ofMinutes(10), 30);
        for (int second = 0; second < 300; second++) {
            cannotConnect(6379 + second % 3);
            pass(Duration.ofSeconds(1));
        }
        assertThat(lines()).containsExactly("Unable to connect to [127.0.0.1:6379]: Connection refused");

        pass(Duration.ofMinutes(5));
        context.getLogger("io.scarfall.gateway.Scarfall").info("something else");
        assertThat(lines())
                .containsExactly(
                        "a library repeated itself, lines were left out library=" + LIBRARY
                                + " lines=299 seconds=600 text=\"Unable to connect to [0.0.0.0:0]: Connection refused\"",
                        "something else");

        cannotConnect(6379);
        cannotConnect(6379);
        assertThat(lines()).hasSize(1);
    }

    @Test
    void aLoggerThatReachesItsLimitDoesNotAffectOthers() {
        start(Duration.ofMinutes(10), 5);
        for (int i = 0; i < 100; i++) {
            context.getLogger(LIBRARY).warn("cannot " + "x".repeat(i));
        }
        context.getLogger("io.netty.channel").warn("cannot");
        assertThat(lines()).hasSize(6).endsWith("cannot");
        pass(Duration.ofMinutes(10));
        cannotConnect(1);
        assertThat(lines()).hasSize(2).first().asString().contains(" lines=95 ");
    }

    @Test
    void loggersBeyondTheTrackedOnesShareALimit() {
        start(Duration.ofMinutes(10), 1);
        for (int i = 0; i < 5_000; i++) {
            context.getLogger("library.L" + i).warn("made");
        }
        assertThat(lines()).hasSize(1_001);
    }

    @Test
    void linesOfScarfallAreAlwaysWritten() {
        start(Duration.ofMinutes(10), 1);
        for (int i = 0; i < 100; i++) {
            context.getLogger("io.scarfall.gateway.Scarfall").warn("the same");
        }
        assertThat(lines()).hasSize(100);
    }

    @Test
    void linesBelowTheLevelAreNotCounted() {
        start(Duration.ofMinutes(10), 1);
        Logger library = context.getLogger(LIBRARY);
        library.debug("below");
        assertThat(library.isDebugEnabled()).isFalse();
        library.warn("below");
        assertThat(library.isWarnEnabled()).isTrue();
        assertThat(lines()).containsExactly("below");
    }

    @Test
    void anIntervalOfZeroMeansNoLimit() {
        start(Duration.ZERO, 1);
        for (int i = 0; i < 100; i++) {
            cannotConnect(i);
        }
        assertThat(lines()).hasSize(100);
    }

    @Test
    void theServersLogbackConfigurationUsesTheFilter() throws JoranException {
        context.setMDCAdapter(new LogbackMDCAdapter());
        context.putProperty("scarfall.log.dir", folder.toString());
        context.putProperty("scarfall.log.library.texts", "2");
        JoranConfigurator configurator = new JoranConfigurator();
        configurator.setContext(context);
        configurator.doConfigure(RepeatedLogTest.class.getResource("/logback.xml"));
        Logger library = context.getLogger(LIBRARY);
        library.detachAndStopAllAppenders();
        library.setAdditive(false);
        written.start();
        library.addAppender(written);
        library.warn("one");
        library.warn("one");
        library.warn("two");
        library.warn("three");
        assertThat(lines()).containsExactly("one", "two");
    }
}
