package io.scarfall.presence.testing;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A Redis that tests can run: an executable of this machine, or an image of a container. Which one is a setting; see the
 * package. A choice that is not available is an error, and no other step stands in for it: a suite that skips its tests
 * looks as if it had passed, and a run that was meant for Redis 8 must not pass with Redis 7.
 */
interface RedisProgram {

    /** Where servers keep their files: below the build's folder, since folders for temporary files may forbid execution. */
    Path FOLDER = Path.of("target", "redis").toAbsolutePath();

    Pattern VERSION = Pattern.compile("\\bv=(\\d+)\\.");

    String IMAGE = "docker:";

    /** Its major version. */
    int major();

    /**
     * Starts {@code redis-server} in a folder, with its output appended to {@code redis.log} there.
     *
     * @param readable folders that it reads besides
     */
    RedisProcess run(Path folder, List<String> arguments, Set<Path> readable);

    /** The setting as it was given; {@code auto} if it was not. */
    static String choice() {
        String property = System.getProperty("scarfall.test.redis");
        String choice = property != null ? property : System.getenv("SCARFALL_TEST_REDIS");
        return choice == null || choice.isBlank() ? "auto" : choice.strip();
    }

    /** Whether the setting is the address of a server, rather than a way to have one. */
    static boolean isAddress(String choice) {
        return choice.startsWith("redis://");
    }

    /**
     * The program of a choice. An address names none: tests must not kill the server of others, so the program is found
     * as by {@code auto}.
     *
     * @throws IllegalStateException if there is none; the message says why, and lists the choices
     */
    static RedisProgram find(String choice) {
        if (choice.equals("auto") || isAddress(choice)) {
            RedisBinary installed = RedisBinary.installed();
            return installed != null && installed.major() >= 7 ? installed : RedisBinary.bundled(FOLDER);
        }
        if (choice.equals("path")) {
            RedisBinary installed = RedisBinary.installed();
            if (installed == null) {
                throw missing("none on the PATH");
            }
            return installed;
        }
        if (choice.equals("bundled")) {
            return RedisBinary.bundled(FOLDER);
        }
        if (choice.startsWith(IMAGE)) {
            return RedisImage.named(choice.substring(IMAGE.length()));
        }
        if (!choice.contains("/")) {
            throw missing("'" + choice + "' is not a choice");
        }
        return RedisBinary.of(Path.of(choice));
    }

    /**
     * The major version in the answer to {@code redis-server --version}.
     *
     * @param name of the program, for the message
     * @throws IllegalStateException if it is no Redis, or too old
     */
    static int major(String name, String answer) {
        Matcher matcher = VERSION.matcher(answer);
        if (!matcher.find()) {
            throw missing(name + " is no Redis: it says " + answer.strip());
        }
        int major = Integer.parseInt(matcher.group(1));
        if (major < 6) {
            throw missing(name + " is older than 6");
        }
        return major;
    }

    static IllegalStateException missing(String why) {
        return new IllegalStateException("no Redis for tests: " + why
                + "; install redis-server 7 or newer, or choose one with -Dscarfall.test.redis or SCARFALL_TEST_REDIS: auto,"
                + " path, bundled, the path of an executable, docker:IMAGE, or redis://host:port");
    }
}
