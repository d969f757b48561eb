package io.scarfall.spring;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import io.scarfall.testing.ArchitectureRules;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("source")
class ArchitectureTest {

    private static final JavaClasses MAIN = ArchitectureRules.mainClasses("io.scarfall.spring");

    /** Both lines of Spring Boot work, because only these classes use what has two names. */
    @Test
    void onlyTwoClassesForEachLineKnowItsOwnNames() {
        noClasses()
                .that()
                .haveSimpleNameNotStartingWith("Boot3")
                .and()
                .haveSimpleNameNotStartingWith("Boot4")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "org.springframework.boot.actuate..",
                        "org.springframework.boot.health..",
                        "org.springframework.boot.autoconfigure.data..",
                        "org.springframework.boot.data..")
                .check(MAIN);
    }

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
        ArchitectureRules.checkPublicTypes(MAIN, Path.of("README.md"), 8);
    }

    @Test
    void noCodeSleepsIncludingTests() {
        ArchitectureRules.NO_SLEEP.check(ArchitectureRules.mainAndTestClasses("io.scarfall.spring"));
    }
}
