package io.scarfall.server;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;

import com.tngtech.archunit.core.domain.JavaClasses;
import io.scarfall.testing.ArchitectureRules;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Rules for packages, classes and names. */
@Tag("source")
class ArchitectureTest {
    /** The classes of all modules: there must be no package cycle across modules either. */
    private static final JavaClasses MAIN = ArchitectureRules.mainClasses("io.scarfall");

    /** Except {@code io.scarfall.gateway}: its API and its internal packages use each other; that module has its own rule. */
    @Test
    void packagesHaveNoCycles() {
        ArchitectureRules.NO_PACKAGE_CYCLES.check(MAIN.that(not(resideInAPackage("io.scarfall.gateway"))));
    }

    @Test
    void classesHaveNoCycles() {
        ArchitectureRules.checkNoClassCycles(MAIN.that(resideInAPackage("io.scarfall.server")));
    }

    @Test
    void namesArePlain() {
        ArchitectureRules.PLAIN_NAMES.check(MAIN);
    }

    @Test
    void noCodeSleepsIncludingTests() {
        ArchitectureRules.NO_SLEEP.check(ArchitectureRules.mainAndTestClasses("io.scarfall.server"));
    }
}
