package io.scarfall.gateway;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import io.scarfall.testing.ArchitectureRules;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
    private static final JavaClasses MAIN = ArchitectureRules.mainClasses("io.scarfall.gateway");

    @Test
    void importsOnlyWhatItMay() {
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
    void usersAndServicesShareNothing() {
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

    /** The API and what is behind it are one ladder of classes: only what builds a gateway stands above the inside. */
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
    void namesArePlain() {
        ArchitectureRules.PLAIN_NAMES.check(MAIN);
    }

    /** Only a start and a stop wait. */
    @Test
    void nothingBlocks() {
        ArchitectureRules.NO_BLOCKING.check(
                MAIN.that(DescribedPredicate.not(JavaClass.Predicates.equivalentTo(Shutdown.class))));
    }

    /** Fetching keys has a thread of its own. */
    @Test
    void timersTakeNoLock() {
        ArchitectureRules.NO_LOCKING_TIMERS.check(
                MAIN.that(DescribedPredicate.not(JavaClass.Predicates.simpleName("JwksEndpoint"))));
    }

    @Test
    void nothingReadsTheEnvironment() {
        ArchitectureRules.NO_ENVIRONMENT.check(MAIN);
    }

    @Test
    void nothingSleepsNotEvenTests() {
        ArchitectureRules.NO_SLEEP.check(ArchitectureRules.mainAndTestClasses("io.scarfall.gateway"));
    }
}
