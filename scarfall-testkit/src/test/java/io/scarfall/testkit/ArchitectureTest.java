package io.scarfall.testkit;

import io.scarfall.testing.ArchitectureRules;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

    @Test
    void namesUsePlainWords() {
        ArchitectureRules.PLAIN_NAMES.check(ArchitectureRules.mainClasses("io.scarfall.testkit"));
    }

    @Test
    void noCodeSleepsIncludingTests() {
        ArchitectureRules.NO_SLEEP.check(ArchitectureRules.mainAndTestClasses("io.scarfall.testkit"));
    }
}
