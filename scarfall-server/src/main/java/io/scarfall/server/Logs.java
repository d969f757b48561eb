package io.scarfall.server;

import ch.qos.logback.classic.LoggerContext;
import java.time.Duration;
import org.slf4j.ILoggerFactory;
import org.slf4j.LoggerFactory;

/** The logging of the process: console and rolling files, as {@code logback.xml} says with these values. */
final class Logs {

    /**
     * @param level of what Scarfall logs: {@code error} to {@code trace}
     * @param folder made if it is missing; one that cannot be written costs a warning
     * @param fileBytes at which a new file is begun
     * @param totalBytes of all files together
     * @param repeatInterval how long a library does not write the same text again; zero for no bound
     * @param libraryTexts how many texts a logger of a library writes in that time
     */
    record Config(
            String level, String folder, long fileBytes, long totalBytes, Duration repeatInterval, int libraryTexts) {}

    private Logs() {}

    /** Says how to log. To be called before anything asks for a logger: logback reads its configuration then. */
    static void configure(Config config) {
        System.setProperty("scarfall.log.level", config.level());
        System.setProperty("scarfall.log.dir", config.folder());
        System.setProperty("scarfall.log.file.bytes", Long.toString(config.fileBytes()));
        System.setProperty("scarfall.log.total.bytes", Long.toString(config.totalBytes()));
        System.setProperty(
                "scarfall.log.repeat.millis",
                Long.toString(config.repeatInterval().toMillis()));
        System.setProperty("scarfall.log.library.texts", Integer.toString(config.libraryTexts()));
    }

    /** Writes what waits, for a second at most, and logs nothing more. */
    static void stop() {
        ILoggerFactory factory = LoggerFactory.getILoggerFactory();
        if (factory instanceof LoggerContext context) {
            context.stop();
        }
    }
}
