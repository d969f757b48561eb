package io.scarfall.server;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Ends a process that cannot serve any more, at once and with one last line: a restart is better than half a server. It allocates
 * what it needs before memory is short. Thread-safe.
 */
final class LastWords {

    /** The exit code, which is that of {@code -XX:+ExitOnOutOfMemoryError} too. */
    static final int BROKEN = 3;

    private static final byte[] OUT_OF_MEMORY = line("out of memory");
    private static final FileOutputStream STDERR = new FileOutputStream(FileDescriptor.err);
    private static final AtomicBoolean SPOKEN = new AtomicBoolean();

    private LastWords() {}

    /** Ends this process when a gateway is broken, or a thread ends for want of memory. */
    static void watch(CompletionStage<String> broken) {
        Thread.setDefaultUncaughtExceptionHandler((thread, error) -> {
            if (error instanceof OutOfMemoryError) {
                halt(OUT_OF_MEMORY);
            }
            System.err.print("Exception in thread \"" + thread.getName() + "\" ");
            error.printStackTrace();
        });
        var unused = broken.thenAccept(reason -> halt(line(reason)));
    }

    private static byte[] line(String reason) {
        String text = "scarfall: the server cannot go on and exits with code " + BROKEN + ": " + reason + "\n";
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static void halt(byte[] line) {
        try {
            if (SPOKEN.compareAndSet(false, true)) {
                STDERR.write(line);
            }
        } catch (IOException e) {
            // the console is closed: the process ends anyway
        } finally {
            Runtime.getRuntime().halt(BROKEN);
        }
    }
}
