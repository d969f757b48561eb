package io.scarfall.server;

import com.tngtech.archunit.core.domain.JavaClasses;
import io.scarfall.testing.ArchitectureRules;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
    /** All modules together: their packages must not meet in a circle either. */
    private static final JavaClasses MAIN = ArchitectureRules.mainClasses("io.scarfall");

    @Test
    void packagesHaveNoCycles() {
        ArchitectureRules.NO_PACKAGE_CYCLES.check(MAIN);
    }

    @Test
    void namesArePlain() {
        ArchitectureRules.PLAIN_NAMES.check(MAIN);
    }

    @Test
    void nothingSleepsNotEvenTests() {
        ArchitectureRules.NO_SLEEP.check(ArchitectureRules.mainAndTestClasses("io.scarfall.server"));
    }
}
