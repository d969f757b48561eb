package io.scarfall.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.scarfall.engineio.Limit;
import io.scarfall.gateway.GatewayLimit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The documentation of settings matches the code. */
class DocumentationTest {

    private static final Path ROOT = Path.of("..");

    /** A table row whose first cell is the name of a setting. */
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `[A-Z][A-Z_]+` \\|.*\\|$");

    private static List<String> rows(String text) {
        return ROW.matcher(text).results().map(MatchResult::group).toList();
    }

    private static String read(String file) throws IOException {
        return Files.readString(ROOT.resolve(file));
    }

    /** One section of docs/operations.md. */
    private static String section(String title) throws IOException {
        String text = read("docs/operations.md");
        int start = text.indexOf("\n## " + title + "\n");
        assertThat(start).as(title).isNotNegative();
        return text.substring(start, text.indexOf("\n## ", start + 1));
    }

    private static String row(Setting setting) {
        String kind = setting.kind().description();
        String meaning = setting.meaning() + (kind.isEmpty() ? "" : " (" + kind + ")");
        return "| `" + setting + "` | " + escaped(setting.fallback()) + " | " + escaped(meaning) + " |";
    }

    /** Escapes characters that Markdown would interpret. */
    private static String escaped(String text) {
        return text.replace("*", "\\*").replace("<", "\\<");
    }

    @Test
    void theOperationsPageDescribesEverySetting() throws IOException {
        List<String> expected =
                Stream.of(Setting.values()).map(DocumentationTest::row).toList();
        assertThat(rows(section("Configuration"))).isEqualTo(expected);
        for (Setting.Group group : Setting.Group.values()) {
            assertThat(section("Configuration")).contains("\n### " + group.title() + "\n");
        }
    }

    @Test
    void theReadmeDescribesItsSettingsInTheSameWords() throws IOException {
        List<String> all =
                Stream.of(Setting.values()).map(DocumentationTest::row).toList();
        assertThat(rows(read("README.md"))).isNotEmpty().isSubsetOf(all);
    }

    @Test
    void everyCountedLimitIsDocumented() throws IOException {
        Set<String> words = Stream.concat(
                        Stream.of(GatewayLimit.values()).map(GatewayLimit::word),
                        Stream.of(Limit.values()).map(Limit::word))
                .collect(Collectors.toSet());
        Set<String> written = Pattern.compile("(?m)^\\|[^|]*\\|([^|]*)\\|")
                .matcher(section("Limits"))
                .results()
                .flatMap(
                        row -> Pattern.compile("`(\\w+)`").matcher(row.group(1)).results())
                .map(match -> match.group(1))
                .collect(Collectors.toSet());
        assertThat(written).isEqualTo(words);
    }

    /** All users of a machine can read the arguments of its processes. */
    @Test
    void composeHasNoSecretInACommandLineAndPublishesEveryNode() throws IOException {
        String compose = read("docker-compose.yml");
        Pattern command = Pattern.compile("(?m)^( +)(?:command|entrypoint|test):.*\\n(?:\\1 +.*\\n)*");
        assertThat(command.matcher(compose).results().map(MatchResult::group))
                .isNotEmpty()
                .noneMatch(text -> Pattern.compile("(?<!\\$)\\$\\{\\w*(PASSWORD|SECRET|KEY)")
                        .matcher(text)
                        .find());
        long nodes = Pattern.compile("(?m)^      SCARFALL_NODE_NAME: ")
                .matcher(compose)
                .results()
                .count();
        assertThat(Pattern.compile("(?m)^    ports: .*PUBLISH_NODE_\\d.*:4000")
                        .matcher(compose)
                        .results()
                        .count())
                .isEqualTo(nodes);
        String proxy = compose.substring(compose.indexOf("\n  proxy:"), compose.indexOf("\n  redis:"));
        assertThat(proxy).contains("healthcheck:");
    }

    /** The names that the packaged files set must be settings of this version. */
    @Test
    void packagedFilesSetOnlyKnownSettings() throws IOException {
        Pattern set = Pattern.compile("(?m)^ {2,6}([A-Z][A-Z_]+): ");
        String compose = Files.readString(ROOT.resolve("docker-compose.yml"));
        List<String> names = new ArrayList<>(
                set.matcher(compose).results().map(match -> match.group(1)).toList());
        Pattern assigned = Pattern.compile("(?m)^#?([A-Z][A-Z_]+)=");
        String file = Files.readString(ROOT.resolve("packaging/scarfall.env"));
        assigned.matcher(file).results().map(match -> match.group(1)).forEach(names::add);
        assertThat(names).contains("JWT_SECRET", "INTERNAL_HOST");
        names.removeAll(Set.of("JDK_JAVA_OPTIONS", "REDISCLI_AUTH"));
        assertThat(names).allMatch(name -> Setting.named(name) != null);
    }
}
