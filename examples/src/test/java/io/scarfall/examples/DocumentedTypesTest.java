package io.scarfall.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The types that the description of the architecture names exist, and so do their members. */
class DocumentedTypesTest {
    private static final Path ROOT = Path.of("..");

    /** {@code `Type`} or {@code `Type.member`}: a word with a small letter in it, so no name of a setting. */
    private static final Pattern NAME = Pattern.compile("`([A-Z][A-Za-z]*[a-z][A-Za-z]*)(?:\\.([a-z]\\w*))?`");

    /** Types of the JDK and of the test kit's tools, which are no files of this project. */
    private static final List<String> FOREIGN = List.of("CompletionStage", "ArchitectureTest");

    @Test
    void everyNamedTypeExists() throws IOException {
        Map<String, String> sources = new HashMap<>();
        try (Stream<Path> files = Files.walk(ROOT, 12)) {
            for (Path file : files.filter(path -> path.toString().contains("/src/main/java/"))
                    .filter(path -> path.toString().endsWith(".java"))
                    .toList()) {
                sources.put(file.getFileName().toString().replace(".java", ""), Files.readString(file));
            }
        }
        List<String> missing = new ArrayList<>();
        int named = 0;
        Matcher names = NAME.matcher(Files.readString(ROOT.resolve("docs/architecture.md")));
        while (names.find()) {
            String type = names.group(1);
            if (FOREIGN.contains(type)) {
                continue;
            }
            named++;
            String source = sources.get(type);
            if (source == null || (names.group(2) != null && !source.contains(names.group(2)))) {
                missing.add(names.group());
            }
        }
        assertThat(missing).as("named in docs/architecture.md, and not found").isEmpty();
        assertThat(named).as("names that were found").isGreaterThan(50);
    }
}
