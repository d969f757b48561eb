package io.scarfall.presence.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.scarfall.presence.testing.JavaProcess;
import io.scarfall.presence.testing.RedisServer;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A modular application compiles against this module, and queries Redis on the module path. */
class ModulePathTest {

    private static final String APPLICATION = """
            package application;

            import io.scarfall.presence.memory.MemoryCluster;
            import io.scarfall.presence.redis.RedisPresence;
            import java.time.Duration;

            public class Main {
                public static void main(String[] args) {
                    System.out.println("in memory " + MemoryCluster.create().settings().maxFriends());
                    try (RedisPresence presence = RedisPresence.connect(args[0])) {
                        System.out.println("online " + presence.isOnline("anna", Duration.ofSeconds(20)));
                    }
                    System.out.println("of " + RedisPresence.class.getModule().getName());
                }
            }
            """;

    @TempDir
    private Path folder;

    private String modules() throws Exception {
        Path classes = Path.of(RedisPresence.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        return classes + File.pathSeparator + System.getProperty("scarfall.presence.runtime");
    }

    /** Compiles a program; returns what the compiler printed. */
    private String compile(String program) throws Exception {
        Path module = Files.writeString(
                folder.resolve("module-info.java"), "module application { requires io.scarfall.presence; }");
        Path source = Files.createDirectories(folder.resolve("application")).resolve("Main.java");
        Files.writeString(source, program);
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        JavaCompiler javac = ToolProvider.getSystemJavaCompiler();
        javac.run(
                null,
                output,
                output,
                "-p",
                modules(),
                "-d",
                folder.resolve("classes").toString(),
                module.toString(),
                source.toString());
        return output.toString(StandardCharsets.UTF_8);
    }

    @Test
    void anApplicationNeedsNoModuleButThisOne() throws Exception {
        assertThat(compile(APPLICATION)).isEmpty();
        try (RedisServer redis = RedisServer.start();
                JavaProcess application = JavaProcess.ofModule(
                                folder.resolve("classes") + File.pathSeparator + modules(),
                                "application/application.Main")
                        .arguments(redis.uri())
                        .start()) {
            application.awaitLine("^of ", Duration.ofSeconds(60));
            assertThat(application.lines()).contains("in memory 5000", "online false", "of io.scarfall.presence");
            assertThat(application.awaitExit(Duration.ofSeconds(20))).isZero();
        }
    }

    @Test
    void anApplicationDoesNotReachInternalTypes() throws Exception {
        assertThat(compile(APPLICATION.replace(
                        "import java.time.Duration;",
                        "import io.scarfall.presence.internal.NodeAccess;\nimport java.time.Duration;")))
                .contains("package io.scarfall.presence.internal is not visible");
    }
}
