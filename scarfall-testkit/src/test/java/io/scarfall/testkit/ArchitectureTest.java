package io.scarfall.testkit;

import io.scarfall.testing.ArchitectureRules;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("source")
class ArchitectureTest {

    @Test
    void namesUsePlainWords() {
        ArchitectureRules.PLAIN_NAMES.check(ArchitectureRules.mainClasses("io.scarfall.testkit"));
    }

    @Test
    void theReadmeListsThePublicTypes() throws IOException {
        ArchitectureRules.checkPublicTypes(
                ArchitectureRules.mainClasses("io.scarfall.testkit"), Path.of("README.md"), 8);
    }

    @Test
    void noCodeSleepsIncludingTests() {
        ArchitectureRules.NO_SLEEP.check(ArchitectureRules.mainAndTestClasses("io.scarfall.testkit"));
    }
}
