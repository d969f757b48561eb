package io.scarfall.server.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The page about reliability shows what was measured for every fault. */
class FaultTest {

    @Test
    void everyFaultIsARowOfTheReliabilityPage() throws IOException {
        String page = Files.readString(Path.of("..", "docs", "reliability.md"));
        String table = page.substring(page.indexOf(Experiment.Outcome.HEAD) + Experiment.Outcome.HEAD.length());
        assertThat(page).contains(Experiment.Outcome.HEAD);
        assertThat(Pattern.compile("(?m)^\\| (.+?) \\|")
                        .matcher(table.substring(0, table.indexOf("\n\n")))
                        .results()
                        .map(row -> row.group(1)))
                .containsExactlyElementsOf(
                        Stream.of(Fault.values()).map(Fault::words).toList());
    }
}
