package io.scarfall.presence.testing;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A program in a JVM of its own, of the JDK that runs the tests, whose output is kept line by line. It can be killed, and
 * ends with the JVM of the tests. Methods that wait are for one test thread at a time.
 */
public final class JavaProcess implements AutoCloseable {

    private final ChildProcess process;
    private final List<String> lines = new ArrayList<>(); // guarded by itself
    private boolean ended; // guarded by lines

    private JavaProcess(ChildProcess process) {
        this.process = process;
        Thread reader = new Thread(this::read, "output of " + process.pid());
        reader.setDaemon(true);
        reader.start();
    }

    /** Will run a class with the class path of the tests. */
    public static Builder ofMain(Class<?> main) {
        return ofMain(System.getProperty("java.class.path"), main);
    }

    /** Will run a class with another class path. */
    public static Builder ofMain(String classPath, Class<?> main) {
        return new Builder("-cp", classPath, main.getName());
    }

    /**
     * Will run a module.
     *
     * @param main {@code module/class}
     */
    public static Builder ofModule(String modulePath, String main) {
        return new Builder("-p", modulePath, "-m", main);
    }

    /** Will run a jar. */
    public static Builder ofJar(Path jar) {
        return new Builder("-jar", jar.toString());
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** What it printed, to both streams, so far. */
    public List<String> lines() {
        synchronized (lines) {
            return List.copyOf(lines);
        }
    }

    /** As {@link #awaitLine(String, Duration)}, within {@link Await#BOUND}. */
    public MatchResult awaitLine(String regex) {
        return awaitLine(regex, Await.BOUND);
    }

    /**
     * Waits for a line, unless it was printed already.
     *
     * @param regex what to find in it; groups are in the result
     * @throws AssertionError if the process ends first, or does not print it in time; with its output
     */
    public MatchResult awaitLine(String regex, Duration bound) {
        Pattern pattern = Pattern.compile(regex);
        long deadline = System.nanoTime() + bound.toNanos();
        synchronized (lines) {
            for (int seen = 0; ; ) {
                for (; seen < lines.size(); seen++) {
                    Matcher matcher = pattern.matcher(lines.get(seen));
                    if (matcher.find()) {
                        return matcher.toMatchResult();
                    }
                }
                long left = deadline - System.nanoTime();
                if (ended || left <= 0) {
                    throw new AssertionError("no line '" + regex + "' "
                            + (ended ? "until its end" : "in " + bound.toMillis() + " ms") + "; it printed:\n"
                            + String.join("\n", lines));
                }
                waitForLines(left);
            }
        }
    }

    /** SIGKILL: nothing of it runs any more. Returns when it is gone. */
    public void kill9() {
        process.kill();
    }

    /**
     * SIGTERM: it may clean up.
     *
     * @return the exit code: 143 if it did not choose another
     */
    public int terminate() {
        process.signalTerminate();
        return awaitExit(Await.BOUND);
    }

    /** SIGTERM, without waiting for the end. */
    public void signalTerminate() {
        process.signalTerminate();
    }

    /**
     * Waits for its end, and the end of its output.
     *
     * @return the exit code
     * @throws AssertionError if it does not end in time
     */
    public int awaitExit(Duration bound) {
        int code = process.awaitExit(bound);
        synchronized (lines) {
            long deadline = System.nanoTime() + bound.toNanos();
            for (long left = bound.toNanos(); !ended && left > 0; left = deadline - System.nanoTime()) {
                waitForLines(left);
            }
        }
        return code;
    }

    /** SIGSTOP: it is frozen, and its connections stay. Returns when all its threads have stopped. */
    public void freeze() {
        process.freeze();
    }

    /** SIGCONT. */
    public void thaw() {
        process.thaw();
    }

    /** Kills it, if it runs. */
    @Override
    public void close() {
        kill9();
    }

    private void waitForLines(long nanos) {
        try {
            TimeUnit.NANOSECONDS.timedWait(lines, Math.max(nanos, 1_000_000)); // 0 ms would be for ever
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private void read() {
        try (BufferedReader output = process.process().inputReader()) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                synchronized (lines) {
                    lines.add(line);
                    lines.notifyAll();
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            synchronized (lines) {
                ended = true;
                lines.notifyAll();
            }
        }
    }

    /** Options of a program. */
    public static final class Builder {

        private final List<String> program;
        private final List<String> jvmArguments = new ArrayList<>();
        private final List<String> arguments = new ArrayList<>();
        private final Map<String, String> environment = new TreeMap<>();
        private @Nullable File folder;

        private Builder(String... program) {
            this.program = List.of(program);
        }

        /** Adds arguments of the program. */
        public Builder arguments(String... more) {
            arguments.addAll(Arrays.asList(more));
            return this;
        }

        /** Adds arguments of the JVM, such as {@code -Xmx64m}. */
        public Builder jvmArguments(String... more) {
            jvmArguments.addAll(Arrays.asList(more));
            return this;
        }

        /** Sets a variable of its environment; the others are those of the tests. */
        public Builder environment(String name, String value) {
            environment.put(name, value);
            return this;
        }

        /** The folder that it runs in; that of the tests if not called. */
        public Builder folder(Path folder) {
            this.folder = folder.toFile();
            return this;
        }

        /**
         * Starts it, and returns at once: {@link JavaProcess#awaitLine await the line} that says that it is ready.
         */
        public JavaProcess start() {
            List<String> command = new ArrayList<>();
            command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            command.addAll(jvmArguments);
            command.addAll(program);
            command.addAll(arguments);
            ProcessBuilder builder =
                    new ProcessBuilder(command).directory(folder).redirectErrorStream(true);
            builder.environment().putAll(environment);
            return new JavaProcess(ChildProcess.start(builder));
        }
    }
}
