package io.scarfall.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.scarfall.presence.testing.RedisServer;
import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every Java sample on every documentation page compiles and runs. Each sample has a frame in the test resources {@code samples/},
 * named after its page and its number there. A frame is a class {@code Sample} with everything that the sample needs, such as
 * imports, around a line {@code // SAMPLE}. Its {@code run} gets the address of a Redis.
 */
@Timeout(120)
@Tag("source")
class DocumentedSamplesTest {

    private static final Path ROOT = Path.of("..");
    private static final Path FRAMES = Path.of("src/test/resources/samples");
    private static final Pattern SAMPLE = Pattern.compile("(?ms)^```java\\n(.*?)^```$");

    /** Ports and addresses that a test replaces: another process may use the port, and the address may not exist here. */
    private static final Pattern PORT = Pattern.compile("\\b(?:3000|4000)\\b");

    private static final Pattern REDIS = Pattern.compile(
            "redis://localhost:6379|redis-sentinel://10\\.0\\.0\\.1,10\\.0\\.0\\.2,10\\.0\\.0\\.3#presence");

    @TempDir
    Path folder;

    /** All samples, by the names of their frames. */
    private static Map<String, String> samples() throws IOException {
        Map<String, String> samples = new TreeMap<>();
        for (Path page : pages()) {
            String name = ROOT.relativize(page).toString().replace(".md", "").replaceAll("[/\\\\]", ".");
            List<String> found = SAMPLE.matcher(Files.readString(page))
                    .results()
                    .map(match -> match.group(1))
                    .toList();
            for (int i = 0; i < found.size(); i++) {
                samples.put(name + "." + (i + 1) + ".java", found.get(i));
            }
        }
        return samples;
    }

    private static List<Path> pages() throws IOException {
        try (Stream<Path> files =
                Files.find(ROOT, 3, (path, attributes) -> path.toString().endsWith(".md"))) {
            return files.filter(path -> !path.toString().contains("node_modules")
                            && !path.toString().contains("target"))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void everySampleHasAFrameAndEveryFrameHasASample() throws IOException {
        try (Stream<Path> frames = Files.list(FRAMES)) {
            assertThat(frames.map(frame -> frame.getFileName().toString()))
                    .containsExactlyInAnyOrderElementsOf(samples().keySet());
        }
        assertThat(samples().keySet()).contains("README.1.java", "docs.presence.1.java");
    }

    /** Parts of sample applications, which have builds of their own: the page names the file after the language. */
    @Test
    void partsOfApplicationsAreAsInTheirFiles() throws IOException {
        Pattern part = Pattern.compile("(?ms)^```java (\\S+\\.java)\\n(.*?)^```$");
        for (Path page : pages()) {
            for (MatchResult found :
                    part.matcher(Files.readString(page)).results().toList()) {
                assertThat(Files.readString(ROOT.resolve(found.group(1))))
                        .as(page.toString())
                        .contains(found.group(2));
            }
        }
    }

    /** A Java sample that is not marked as Java would not be tested. */
    @Test
    void noSampleIsHidden() throws IOException {
        Pattern hidden = Pattern.compile("(?m)^ {4}.*;(?: +// .*)?$");
        for (Path page : pages()) {
            String text = Pattern.compile("(?ms)^ *```.*?^ *```$")
                    .matcher(Files.readString(page))
                    .replaceAll("");
            assertThat(hidden.matcher(text).results().map(MatchResult::group))
                    .as(page.toString())
                    .isEmpty();
        }
    }

    @TestFactory
    Stream<DynamicTest> aSampleRuns() throws IOException {
        return samples().entrySet().stream()
                .map(sample -> DynamicTest.dynamicTest(
                        sample.getKey(), () -> run(sample.getKey().replace(".java", ""), sample.getValue())));
    }

    private void run(String name, String sample) throws Exception {
        Path place = Files.createDirectory(folder.resolve(name));
        try (RedisServer redis = RedisServer.start()) {
            String here = REDIS.matcher(PORT.matcher(sample).replaceAll("0")).replaceAll(redis.uri());
            compile(framed(name, here, place), place, System.getProperty("java.class.path"));
            URL[] classes = {place.toUri().toURL()};
            try (URLClassLoader loader = new URLClassLoader(classes, getClass().getClassLoader())) {
                loader.loadClass("Sample").getMethod("run", String.class).invoke(null, redis.uri());
            } catch (InvocationTargetException e) {
                throw new AssertionError(name + " failed", e.getCause());
            }
        }
    }

    /** Compiles a sample that needs neither ports nor Redis, against these jars and folders. */
    static void compile(String name, Path place, List<Path> classPath) throws IOException {
        String paths = classPath.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
        compile(framed(name, samples().get(name + ".java"), place), place, paths);
    }

    private static Path framed(String name, String sample, Path place) throws IOException {
        String frame = Files.readString(FRAMES.resolve(name + ".java"));
        assertThat(frame).containsOnlyOnce("// SAMPLE\n");
        return Files.writeString(place.resolve("Sample.java"), frame.replace("// SAMPLE\n", sample));
    }

    private static void compile(Path source, Path classes, String classPath) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter errors = new StringWriter();
        List<String> options = List.of("-proc:none", "-classpath", classPath, "-d", classes.toString());
        boolean compiled = compiler.getTask(
                        errors,
                        null,
                        null,
                        options,
                        null,
                        compiler.getStandardFileManager(null, null, null).getJavaFileObjects(source))
                .call();
        assertThat(compiled).as(errors.toString()).isTrue();
    }
}
