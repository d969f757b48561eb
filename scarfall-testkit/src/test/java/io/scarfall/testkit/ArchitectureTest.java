package io.scarfall.testkit;

import io.scarfall.testing.ArchitectureRules;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

    @Test
    void namesArePlain() {
        ArchitectureRules.PLAIN_NAMES.check(ArchitectureRules.mainClasses("io.scarfall.testkit"));
    }

    @Test
    void nothingSleepsNotEvenTests() {
        ArchitectureRules.NO_SLEEP.check(ArchitectureRules.mainAndTestClasses("io.scarfall.testkit"));
    }
}
