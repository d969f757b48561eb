package io.scarfall.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.scarfall.engineio.EngineServer;
import io.scarfall.engineio.EventLoops;
import io.scarfall.presence.redis.RedisPresence;
import io.scarfall.presence.testing.JavaProcess;
import io.scarfall.testing.Linkage;
import io.scarfall.testing.TestRun;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The jars that were compiled against new versions of Netty, Lettuce and Jackson also run on the oldest versions that an
 * application may bring. The build puts these into a folder.
 */
class OldestLibrariesTest {

    /** Only these know what the oldest versions lack. They are loaded if it is there. */
    private static final Set<String> GUARDED = Set.of(
            "io.scarfall.engineio.NettyVersion$Tickers",
            "io.scarfall.socketio.packet.JacksonVersion$Emoji",
            "io.scarfall.socketio.packet.JacksonVersion$Names");

    /** Both transports, binary data, messages, and two nodes with Redis. On Netty 4.1 no test sets the clock. */
    private static final List<String> TESTS = List.of(
            "io.scarfall.socketio.BinaryTest",
            "io.scarfall.gateway.WireTest",
            "io.scarfall.gateway.MessagesTest",
            "io.scarfall.gateway.NewFriendsRedisTest");

    private static final Path LIBRARIES = Path.of(System.getProperty("scarfall.oldest.libraries"));

    @Test
    void everyReferenceToALibraryIsInItsOldestVersion() throws Exception {
        Set<String> missing = new TreeSet<>();
        for (Class<?> module : List.of(EngineServer.class, RedisPresence.class, Scarfall.class)) {
            missing.addAll(Linkage.missing(module, Linkage.classPath(libraries("oldest", ""))));
        }
        assertThat(missing)
                .as("missing in the oldest versions")
                .allSatisfy(reference -> assertThat(GUARDED).contains(reference.split(" -> ")[0]));
        assertThat(missing.stream().map(reference -> reference.split(" -> ")[0]).collect(Collectors.toSet()))
                .as("guarded, but needed no more")
                .isEqualTo(GUARDED);
    }

    @Test
    @Timeout(180)
    void theGatewayRunsOnTheOldestVersions() throws Exception {
        try (JavaProcess tests = JavaProcess.ofMain(Linkage.classPath(libraries("oldest", "")), TestRun.class)
                .jvmArguments("-ea", "-XX:TieredStopAtLevel=1")
                .arguments(TESTS.toArray(String[]::new))
                .start()) {
            assertThat(tests.awaitLine("^passed (\\d+) failed (\\d+)$", Duration.ofSeconds(170))
                            .group(2))
                    .as(() -> String.join("\n", tests.lines()))
                    .isEqualTo("0");
        }
    }

    /** Starts event loops, and says how that went. */
    static final class Start {

        private Start() {}

        public static void main(String[] args) {
            try {
                EventLoops.start(1).close();
                System.out.println("started");
            } catch (IllegalStateException e) {
                System.out.println(e.getMessage());
            }
        }
    }

    @Test
    void aNettyThatIsTooOldIsRefused() throws Exception {
        assertThat(start(concat(libraries("too-old", ""), libraries("oldest", "netty-codec-http"))))
                .isEqualTo(
                        "Netty: 4.1.101.Final is too old (expected: 4.1.102 or newer; set the property netty.version,"
                                + " or import netty-bom before other BOMs)");
    }

    @Test
    void jarsOfDifferentVersionsAreRefused() throws Exception {
        Path newer = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> entry.contains("netty-common-"))
                .map(Path::of)
                .findFirst()
                .orElseThrow();
        assertThat(start(concat(List.of(newer), libraries("oldest", "netty-common"))))
                .startsWith("Netty: jars of different versions: {netty-buffer=4.1.102.Final,")
                .contains("netty-common=4.2.")
                .endsWith(
                        "(expected: one version; set the property netty.version, or import netty-bom before other BOMs)");
    }

    private static String start(List<Path> libraries) {
        try (JavaProcess start =
                JavaProcess.ofMain(Linkage.classPath(libraries), Start.class).start()) {
            assertThat(start.awaitExit(Duration.ofSeconds(30))).isZero();
            return start.lines().get(start.lines().size() - 1);
        }
    }

    /** The jars of a folder, without one of them if it has a name. */
    private static List<Path> libraries(String folder, String without) throws IOException {
        try (Stream<Path> jars = Files.list(LIBRARIES.resolve(folder))) {
            return jars.filter(jar ->
                            without.isEmpty() || !jar.getFileName().toString().startsWith(without + "-4"))
                    .toList();
        }
    }

    private static List<Path> concat(List<Path> first, List<Path> second) {
        return Stream.concat(first.stream(), second.stream()).toList();
    }
}
