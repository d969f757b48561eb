package io.scarfall.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/**
 * Runs the fuzz targets of a module on their stored inputs, without a fuzzer. A target is a class {@code …Fuzz} with a
 * method {@code public static void fuzzerTestOneInput(byte[])}; its inputs are test resources in a folder with its
 * name.
 */
public final class FuzzReplay {

    private static final String SUFFIX = "Fuzz.class";

    private FuzzReplay() {}

    /** Returns a test for each target in the test classes of a module. */
    public static Stream<DynamicTest> tests(Class<?> ofModule) throws IOException, URISyntaxException {
        Path classes = Path.of(
                ofModule.getProtectionDomain().getCodeSource().getLocation().toURI());
        List<Class<?>> targets;
        try (Stream<Path> files = Files.walk(classes)) {
            targets = files.filter(file -> file.toString().endsWith(SUFFIX))
                    .sorted()
                    .<Class<?>>map(file -> target(classes.relativize(file)))
                    .toList();
        }
        assertThat(targets).as("fuzz targets").isNotEmpty();
        return targets.stream().map(target -> DynamicTest.dynamicTest(target.getSimpleName(), () -> replay(target)));
    }

    private static Class<?> target(Path file) {
        String name = file.toString();
        try {
            return Class.forName(name.substring(0, name.length() - ".class".length())
                    .replace(file.getFileSystem().getSeparator(), "."));
        } catch (ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }

    private static void replay(Class<?> target) throws Exception {
        Method method = target.getMethod("fuzzerTestOneInput", byte[].class);
        URL folder = target.getResource(target.getSimpleName());
        assertThat(folder).as("inputs of %s", target.getName()).isNotNull();
        List<Path> inputs;
        try (Stream<Path> files = Files.list(Path.of(folder.toURI()))) {
            inputs = files.sorted().toList();
        }
        assertThat(inputs).as("inputs of %s", target.getName()).isNotEmpty();
        for (Path input : inputs) {
            try {
                method.invoke(null, (Object) read(input));
            } catch (InvocationTargetException e) {
                throw new AssertionError(input + ": " + e.getCause(), e.getCause());
            }
        }
    }

    private static byte[] read(Path input) {
        try {
            return Files.readAllBytes(input);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
