package io.scarfall.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.scarfall.presence.testing.JavaProcess;
import java.io.File;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The samples of the test kit compile and run with the oldest JUnit that the kit supports, which {@code pom.xml} names. {@link
 * DocumentedSamplesTest} runs them with the newest one.
 */
class OldJUnitTest {

    /** The old JUnit in one jar, with a program that runs tests. */
    private static final Path JUNIT = Path.of(System.getProperty("scarfall.old.junit"));

    private static final Pattern OWN_JUNIT = Pattern.compile("(?:junit-|opentest4j-|apiguardian-).*\\.jar");

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"scarfall-testkit.README.1", "scarfall-testkit.README.2"})
    void aSampleOfTheTestKitRuns(String name) throws Exception {
        List<Path> others = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(Path::of)
                .filter(path ->
                        !OWN_JUNIT.matcher(path.getFileName().toString()).matches())
                .toList();
        DocumentedSamplesTest.compile(
                name, folder, Stream.concat(Stream.of(JUNIT), others.stream()).toList());
        String classPath = Stream.concat(Stream.of(folder), others.stream())
                .map(Path::toString)
                .collect(Collectors.joining(File.pathSeparator));
        try (JavaProcess tests = JavaProcess.ofJar(JUNIT)
                .arguments("execute", "--disable-banner", "--class-path", classPath, "--select-class", "Sample")
                .start()) {
            int exit = tests.awaitExit(Duration.ofSeconds(50));
            assertThat(exit).as(String.join("\n", tests.lines())).isZero();
            tests.awaitLine(" 1 tests successful ");
        }
    }
}
