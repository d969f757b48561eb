package io.scarfall.server;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.joran.spi.JoranException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The server's log as logback.xml writes it: text from a peer cannot forge a line, in messages or in stack traces. */
class LogFormatTest {

    private static final String FORGED = "2026-01-01T00:00:00.000Z level=ERROR logger=Main thread=main all is lost";

    private final LoggerContext context = new LoggerContext();

    @TempDir
    private Path folder;

    @BeforeEach
    void configure() throws JoranException {
        context.setMDCAdapter(new LogbackMDCAdapter());
        context.putProperty("scarfall.log.dir", folder.toString());
        JoranConfigurator configurator = new JoranConfigurator();
        configurator.setContext(context);
        configurator.doConfigure(LogFormatTest.class.getResource("/logback.xml"));
    }

    @AfterEach
    void stop() {
        context.stop();
    }

    private List<String> written(String message, @Nullable Throwable error) {
        AsyncLog root = (AsyncLog) context.getLogger("ROOT").getAppender("async-console");
        ConsoleAppender<ILoggingEvent> console = (ConsoleAppender<ILoggingEvent>) root.getAppender("console");
        LoggingEvent event = new LoggingEvent("test", context.getLogger("test"), Level.WARN, message, error, null);
        return new String(console.getEncoder().encode(event), StandardCharsets.UTF_8)
                .lines()
                .toList();
    }

    @Test
    void aMessageIsOneLine() {
        List<String> lines = written("failed reason=a\r\n" + FORGED + "\u2028\u202e\u0007x", null);
        assertThat(lines).hasSize(1);
        assertThat(lines.get(0)).endsWith("thread=main failed reason=a " + FORGED + " x");
    }

    @Test
    void theMessageOfAnExceptionCannotForgeALine() {
        Exception cause = new Exception("inner\n" + FORGED);
        Exception error = new IllegalStateException("outer\r\n" + FORGED + "\n\n\u202e\u001b[2Jend", cause);
        error.addSuppressed(new Exception("aside\n" + FORGED));
        List<String> lines = written("handler failed", error);
        assertThat(lines.get(0)).endsWith(" handler failed");
        assertThat(lines.get(1))
                .startsWith("java.lang.IllegalStateException: outer ")
                .endsWith("[2Jend");
        assertThat(lines)
                .noneMatch(line -> line.startsWith("2026-01-01") || line.contains("\u001b") || line.contains("\u202e"));
        assertThat(lines).anyMatch(line -> line.startsWith("Caused by: java.lang.Exception: inner " + FORGED));
        assertThat(lines).anyMatch(line -> line.startsWith("\tSuppressed: java.lang.Exception: aside " + FORGED));
        assertThat(lines).anyMatch(line -> line.startsWith("\tat " + LogFormatTest.class.getName()));
        assertThat(lines.subList(2, lines.size()))
                .allMatch(line -> line.matches("\t*(at|Caused by:|Suppressed:|\\.\\.\\.) .*"));
    }
}
