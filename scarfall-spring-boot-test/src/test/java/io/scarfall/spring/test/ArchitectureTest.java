package io.scarfall.spring.test;

import com.tngtech.archunit.core.domain.JavaClasses;
import io.scarfall.testing.ArchitectureRules;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("source")
class ArchitectureTest {

    private static final JavaClasses MAIN = ArchitectureRules.mainClasses("io.scarfall.spring.test");

    @Test
    void classesHaveNoCycles() {
        ArchitectureRules.checkNoClassCycles(MAIN);
    }

    @Test
    void namesArePlain() {
        ArchitectureRules.PLAIN_NAMES.check(MAIN);
    }

    @Test
    void theReadmeListsThePublicTypes() throws IOException {
        ArchitectureRules.checkPublicTypes(MAIN, Path.of("README.md"), 1);
    }

    @Test
    void noCodeSleepsIncludingTests() {
        ArchitectureRules.NO_SLEEP.check(ArchitectureRules.mainAndTestClasses("io.scarfall.spring.test"));
    }
}
