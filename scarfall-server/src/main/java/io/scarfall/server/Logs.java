package io.scarfall.server;

import ch.qos.logback.classic.LoggerContext;
import org.slf4j.ILoggerFactory;
import org.slf4j.LoggerFactory;

/** The logging of the process: console and rolling files, as {@code logback.xml} says with these values. */
final class Logs {

    /**
     * @param level of what Scarfall logs: {@code error} to {@code trace}
     * @param folder made if it is missing; one that cannot be written costs a warning
     * @param fileBytes at which a new file is begun
     * @param totalBytes of all files together
     */
    record Config(String level, String folder, long fileBytes, long totalBytes) {}

    private Logs() {}

    /** Says how to log. To be called before anything asks for a logger: logback reads its configuration then. */
    static void configure(Config config) {
        System.setProperty("scarfall.log.level", config.level());
        System.setProperty("scarfall.log.dir", config.folder());
        System.setProperty("scarfall.log.file.bytes", Long.toString(config.fileBytes()));
        System.setProperty("scarfall.log.total.bytes", Long.toString(config.totalBytes()));
    }

    /** Writes what waits, for a second at most, and logs nothing more. */
    static void stop() {
        ILoggerFactory factory = LoggerFactory.getILoggerFactory();
        if (factory instanceof LoggerContext context) {
            context.stop();
        }
    }
}
