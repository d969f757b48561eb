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
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * An executable of Redis: installed, named by its path, or bundled with the test dependency.
 *
 * @param major its major version
 */
record RedisBinary(Path executable, int major) implements RedisProgram {

    /** The files in org.signal:embedded-redis 0.9.1, and their SHA-256. */
    private static final Map<String, String> BUNDLED = Map.of(
            "redis-server-7.0.15-linux-amd64", "c0cdeef856b3410fd99d6ec6fc6a20302e69059b00ce5d6abab7b3e5069ea91e",
            "redis-server-7.0.15-linux-arm64", "d5c7ff117caf45d7dc2f59c1f956e1830438779947d66aa5647c2cdcc16eca50",
            "redis-server-7.0.15-darwin-amd64", "e22a3d9147802bba0724efb2e446c49e1e514e76ff8031bb6d44b8628400d8f3",
            "redis-server-7.0.15-darwin-arm64", "07838a2eb6f5961c89d8e6f1f83482de355dfc6bb04e05bfb00ae1f137dee129");

    /** The first one on the PATH; null if there is none. */
    static @Nullable RedisBinary installed() {
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
            throw RedisProgram.missing("none is bundled for " + platform());
        }
        Path file = folder.resolve(name);
        try {
            if (!Files.isExecutable(file) || !hash.equals(sha256(file))) {
                extract(name, file);
                if (!hash.equals(sha256(file))) {
                    throw RedisProgram.missing("the bundled one has another checksum than expected");
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
                throw RedisProgram.missing("org.signal:embedded-redis is not on the test path of this module");
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

    /** Asks the executable for its version, which shows that it runs here. */
    static RedisBinary of(Path executable) {
        String answer;
        try {
            Process version = new ProcessBuilder(List.of(executable.toString(), "--version"))
                    .redirectErrorStream(true)
                    .start();
            answer = new String(version.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            IllegalStateException missing = RedisProgram.missing(String.valueOf(e.getMessage()));
            missing.initCause(e);
            throw missing;
        }
        return new RedisBinary(executable, RedisProgram.major(executable.toString(), answer));
    }

    @Override
    public RedisProcess run(Path folder, List<String> arguments, Set<Path> readable) {
        List<String> command = new ArrayList<>(List.of(executable.toString()));
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
        builder.redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        folder.resolve("redis.log").toFile()));
        return ChildProcess.start(builder);
    }
}
