package io.scarfall.presence.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A process that ends with this JVM, however that ends. Needs a POSIX shell. */
final class ChildProcess implements RedisProcess {

    private final Process process;

    private ChildProcess(Process process) {
        this.process = process;
    }

    static ChildProcess start(ProcessBuilder command) {
        try {
            Process process = command.start();
            Watchdog.watch(process);
            return new ChildProcess(process);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Process process() {
        return process;
    }

    @Override
    public long pid() {
        return process.pid();
    }

    @Override
    public boolean isAlive() {
        return process.isAlive();
    }

    @Override
    public void kill() {
        process.toHandle().destroyForcibly(); // Process's own method would close its output under the reader
        awaitExit(Await.BOUND);
    }

    @Override
    public void terminate() {
        signalTerminate();
        awaitExit(Await.BOUND);
    }

    /** SIGTERM, without waiting for the end. */
    void signalTerminate() {
        process.toHandle().destroy();
    }

    int awaitExit(Duration bound) {
        try {
            if (process.waitFor(bound.toMillis(), TimeUnit.MILLISECONDS)) {
                return process.exitValue();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
        throw new AssertionError("process " + pid() + " did not end in " + bound.toMillis() + " ms");
    }

    @Override
    public void freeze() {
        signal("STOP", pid());
        awaitStopped(pid());
    }

    /** Returns when all threads of a process have stopped (on Linux; elsewhere perhaps a moment before). */
    static void awaitStopped(long pid) {
        Path threads = Path.of("/proc", Long.toString(pid), "task");
        if (Files.isDirectory(threads)) {
            Await.until("threads of " + pid + " to stop", () -> allStopped(threads));
        }
    }

    @Override
    public void thaw() {
        signal("CONT", pid());
    }

    /** Sends a signal to a process that runs. */
    static void signal(String name, long pid) {
        if (!ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false)) {
            throw new IllegalStateException("process " + pid + " has ended");
        }
        try {
            Process kill = new ProcessBuilder("sh", "-c", "kill -" + name + " " + pid).start();
            if (!kill.waitFor(10, TimeUnit.SECONDS) || kill.exitValue() != 0) {
                throw new IllegalStateException("no signal " + name + " to process " + pid);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** proc(5): the state comes after the name, which is in parentheses and may hold any character. */
    private static boolean allStopped(Path threads) throws IOException {
        List<Path> all;
        try (Stream<Path> tasks = Files.list(threads)) {
            all = tasks.toList();
        }
        for (Path thread : all) {
            String stat;
            try {
                stat = Files.readString(thread.resolve("stat"), StandardCharsets.ISO_8859_1);
            } catch (NoSuchFileException e) {
                continue; // a thread that ended in the meantime
            }
            if (stat.charAt(stat.lastIndexOf(')') + 2) != 'T') {
                return false;
            }
        }
        return true;
    }

    /**
     * A shell that knows the ids of the running processes, and kills them when its input ends. Its input ends with
     * this JVM: shutdown hooks do not run in a JVM that is killed.
     */
    private static final class Watchdog {

        private static final String SCRIPT = """
                trap '' HUP INT TERM
                watched=
                while read -r change pid; do
                  if [ "$change" = + ]; then
                    watched="$watched $pid"
                  else
                    left=
                    for other in $watched; do
                      [ "$other" = "$pid" ] || left="$left $other"
                    done
                    watched=$left
                  fi
                done
                [ -z "$watched" ] || kill -9 $watched
                """;

        private static @Nullable Writer changes;

        static synchronized void watch(Process process) throws IOException {
            if (changes == null) {
                changes = new ProcessBuilder("sh", "-c", SCRIPT)
                        .redirectOutput(Redirect.DISCARD)
                        .redirectError(Redirect.DISCARD)
                        .start()
                        .outputWriter(StandardCharsets.US_ASCII);
            }
            tell("+ " + process.pid());
            process.onExit().thenAccept(ended -> forget(ended.pid()));
        }

        /** Its id may be given to another process soon. */
        private static synchronized void forget(long pid) {
            try {
                tell("- " + pid);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static void tell(String change) throws IOException {
            if (changes != null) {
                changes.write(change + "\n");
                changes.flush();
            }
        }
    }
}
