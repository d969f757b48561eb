package io.scarfall.presence.testing;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The executable of Redis that tests run, see the package. One that is not there is an error: a suite that skips its tests
 * looks as if it had passed.
 *
 * @param major its major version
 */
record RedisBinary(Path executable, int major) {

    /** Where servers keep their files: below the build's folder, since folders for temporary files may forbid execution. */
    static final Path FOLDER = Path.of("target", "redis").toAbsolutePath();

    private static final String HOW = "; install redis-server 7 or newer, or say by -Dscarfall.test.redis or "
            + "SCARFALL_TEST_REDIS which one to use: auto, path, bundled, the path of an executable, or redis://host:port";

    private static final Pattern VERSION = Pattern.compile("\\bv=(\\d+)\\.");

    /** The files in org.signal:embedded-redis 0.9.1, and their SHA-256. */
    private static final Map<String, String> BUNDLED = Map.of(
            "redis-server-7.0.15-linux-amd64", "c0cdeef856b3410fd99d6ec6fc6a20302e69059b00ce5d6abab7b3e5069ea91e",
            "redis-server-7.0.15-linux-arm64", "d5c7ff117caf45d7dc2f59c1f956e1830438779947d66aa5647c2cdcc16eca50",
            "redis-server-7.0.15-darwin-amd64", "e22a3d9147802bba0724efb2e446c49e1e514e76ff8031bb6d44b8628400d8f3",
            "redis-server-7.0.15-darwin-arm64", "07838a2eb6f5961c89d8e6f1f83482de355dfc6bb04e05bfb00ae1f137dee129");

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
     * The executable of a choice. An address names none: servers that are to be killed cannot be those of others, so
     * it is found as by {@code auto}.
     *
     * @throws IllegalStateException if there is none
     */
    static RedisBinary find(String choice) {
        if (choice.equals("auto") || isAddress(choice)) {
            RedisBinary installed = installed();
            return installed != null && installed.major >= 7 ? installed : bundled(FOLDER);
        }
        if (choice.equals("path")) {
            RedisBinary installed = installed();
            if (installed == null) {
                throw new IllegalStateException("no Redis for tests: none on the PATH" + HOW);
            }
            return installed;
        }
        if (choice.equals("bundled")) {
            return bundled(FOLDER);
        }
        if (!choice.contains("/")) {
            throw new IllegalStateException("no Redis for tests: cannot be had by '" + choice + "'" + HOW);
        }
        return of(Path.of(choice));
    }

    private static @Nullable RedisBinary installed() {
        String path = System.getenv("PATH");
        return Stream.of((path == null ? "" : path).split(File.pathSeparator))
                .flatMap(folder -> Stream.of("redis-server", "valkey-server").map(name -> Path.of(folder, name)))
                .filter(Files::isExecutable)
                .findFirst()
                .map(RedisBinary::of)
                .orElse(null);
    }

    static synchronized RedisBinary bundled(Path folder) {
        String name = "redis-server-7.0.15-" + platform();
        String hash = BUNDLED.get(name);
        if (hash == null) {
            throw new IllegalStateException("no Redis for tests: none is bundled for " + platform() + HOW);
        }
        Path file = folder.resolve(name);
        try {
            if (!Files.isExecutable(file) || !hash.equals(sha256(file))) {
                extract(name, file);
                if (!hash.equals(sha256(file))) {
                    throw new IllegalStateException("no Redis for tests: the bundled one is not what it was" + HOW);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return of(file);
    }

    /** By a file of another name: several JVMs may do this at once, and one may be running the file. */
    private static void extract(String name, Path file) throws IOException {
        Files.createDirectories(file.getParent());
        Path part = Files.createTempFile(file.getParent(), name, ".part");
        try (InputStream in = RedisBinary.class.getResourceAsStream("/" + name)) {
            if (in == null) {
                throw new IllegalStateException(
                        "no Redis for tests: org.signal:embedded-redis is not on the test path of this module" + HOW);
            }
            Files.copy(in, part, StandardCopyOption.REPLACE_EXISTING);
            if (!part.toFile().setExecutable(true)) {
                throw new IOException("cannot be made executable: " + part);
            }
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(part);
        }
    }

    private static String sha256(Path file) throws IOException {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    private static String platform() {
        String os = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        String cpu = System.getProperty("os.arch");
        return (os.startsWith("mac") ? "darwin" : os) + "-"
                + switch (cpu) {
                    case "x86_64" -> "amd64";
                    case "aarch64" -> "arm64";
                    default -> cpu;
                };
    }

    /** Asks the executable for its version, and so knows that it runs here. */
    private static RedisBinary of(Path executable) {
        String answer;
        try {
            Process version = new ProcessBuilder(List.of(executable.toString(), "--version"))
                    .redirectErrorStream(true)
                    .start();
            answer = new String(version.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException("no Redis for tests: " + e.getMessage() + HOW, e);
        }
        Matcher matcher = VERSION.matcher(answer);
        if (!matcher.find()) {
            throw new IllegalStateException("no Redis for tests: " + executable + " says " + answer.strip() + HOW);
        }
        int major = Integer.parseInt(matcher.group(1));
        if (major < 6) {
            throw new IllegalStateException("no Redis for tests: " + executable + " is older than 6" + HOW);
        }
        return new RedisBinary(executable, major);
    }
}
