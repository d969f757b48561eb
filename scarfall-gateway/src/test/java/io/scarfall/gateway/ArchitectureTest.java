package io.scarfall.gateway;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import io.scarfall.testing.ArchitectureRules;
import io.scarfall.testing.PackagePicture;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("source")
class ArchitectureTest {
    private static final JavaClasses MAIN = ArchitectureRules.mainClasses("io.scarfall.gateway");

    @Test
    void importsOnlyAllowedPackages() {
        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "java..",
                        "io.scarfall.gateway..",
                        "io.scarfall.engineio..",
                        "io.scarfall.socketio..",
                        "io.scarfall.presence..",
                        "com.auth0.jwt..",
                        "com.fasterxml.jackson..",
                        "org.slf4j..",
                        "org.jspecify..")
                .check(MAIN);
    }

    @Test
    void onlyAuthKnowsJsonWebTokens() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.scarfall.gateway.internal.auth")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("com.auth0..")
                .check(MAIN);
    }

    @Test
    void userAndServiceEventsAreSeparate() {
        noClasses()
                .that()
                .resideInAPackage("io.scarfall.gateway.internal.user")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.scarfall.gateway.internal.service")
                .check(MAIN);
        noClasses()
                .that()
                .resideInAPackage("io.scarfall.gateway.internal.service")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.scarfall.gateway.internal.user")
                .check(MAIN);
    }

    /** Packages form a ladder: only the classes that build a gateway depend on the internal packages. */
    @Test
    void packagesHaveNoCycles() {
        slices().matching("io.scarfall.gateway.internal.(*)..")
                .should()
                .beFreeOfCycles()
                .check(MAIN);
        noClasses()
                .that()
                .resideInAPackage("io.scarfall.gateway.internal..")
                .should()
                .dependOnClassesThat(JavaClass.Predicates.assignableTo(Scarfall.class)
                        .or(JavaClass.Predicates.assignableTo(ScarfallBuilder.class)))
                .check(MAIN);
    }

    @Test
    void theReadmeListsThePublicTypes() throws IOException {
        ArchitectureRules.checkPublicTypes(MAIN, Path.of("README.md"), 42);
    }

    @Test
    void applicationsSeeNeitherLibrariesNorTheInside() {
        ArchitectureRules.apiWithout("io.netty..", "io.lettuce..", "com.auth0..", "..internal..")
                .check(MAIN);
    }

    @Test
    void classesHaveNoCycles() {
        ArchitectureRules.checkNoClassCycles(
                MAIN,
                ArchitectureRules.Circle.of(
                        "applications find the builder at what it builds", "Scarfall", "ScarfallBuilder"));
    }

    @Test
    void namesUsePlainWords() {
        ArchitectureRules.PLAIN_NAMES.check(MAIN);
    }

    /** Only starting and stopping may block. */
    @Test
    void nothingBlocks() {
        ArchitectureRules.NO_BLOCKING.check(
                MAIN.that(DescribedPredicate.not(JavaClass.Predicates.equivalentTo(Shutdown.class))));
    }

    /** Fetching keys has its own thread. */
    @Test
    void timersTakeNoLock() {
        ArchitectureRules.NO_LOCKING_TIMERS.check(
                MAIN.that(DescribedPredicate.not(JavaClass.Predicates.simpleName("JwksEndpoint"))));
    }

    @Test
    void noCodeReadsTheEnvironment() {
        ArchitectureRules.NO_ENVIRONMENT.check(MAIN);
    }

    @Test
    void noCodeSleepsIncludingTests() {
        ArchitectureRules.NO_SLEEP.check(ArchitectureRules.mainAndTestClasses("io.scarfall.gateway"));
    }

    @Test
    void theDocumentationShowsThePackages() throws IOException {
        PackagePicture.check(MAIN, Path.of("../docs/architecture.md"), "scarfall-gateway");
    }
}
