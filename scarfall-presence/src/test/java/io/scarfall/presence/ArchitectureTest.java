package io.scarfall.presence;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import io.scarfall.testing.ArchitectureRules;
import io.scarfall.testing.PackagePicture;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What this module may depend on, its packages and classes on each other, and what applications see of it. */
@Tag("source")
class ArchitectureTest {
    private static final int MOST_PUBLIC_TYPES = 25;
    private static final JavaClasses MAIN = ArchitectureRules.mainClasses("io.scarfall.presence");

    @Test
    void packagesHaveNoCycles() {
        ArchitectureRules.NO_PACKAGE_CYCLES.check(MAIN);
    }

    @Test
    void classesHaveNoCycles() {
        ArchitectureRules.checkNoClassCycles(MAIN);
    }

    @Test
    void theReadmeListsThePublicTypes() throws Exception {
        ArchitectureRules.checkPublicTypes(MAIN, Path.of("README.md"), MOST_PUBLIC_TYPES);
    }

    @Test
    void applicationsSeeNoTypeOfLettuceNettyOrOfInternalPackages() {
        ArchitectureRules.apiWithout(
                        "io.lettuce..",
                        "io.netty..",
                        "com.fasterxml..",
                        "org.slf4j..",
                        "io.scarfall.presence.internal..")
                .check(MAIN);
    }

    @Test
    void presenceDependsOnNoModuleAboveOrBesideIt() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.scarfall.engineio..",
                        "io.scarfall.socketio..",
                        "io.scarfall.gateway..",
                        "io.scarfall.server..")
                .check(MAIN);
    }

    @Test
    void onlyTheHooksIntoLettuceDependOnNetty() {
        noClasses()
                .that()
                .haveNameNotMatching("io\\.scarfall\\.presence\\.redis\\.(FlushOnce|RedisConnections)")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.netty..")
                .check(MAIN);
    }

    @Test
    void onlyTheRedisPackageDependsOnLettuce() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.scarfall.presence.redis..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.lettuce..", "io.scarfall.presence.redis..")
                .check(MAIN);
    }

    @Test
    void theOtherPackagesDependOnJsonAndLoggingOnly() {
        classes()
                .that()
                .resideOutsideOfPackage("io.scarfall.presence.redis..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "java..", "io.scarfall.presence..", "com.fasterxml.jackson..", "org.slf4j..", "org.jspecify..")
                .check(MAIN);
    }

    @Test
    void theInterfacesDependOnNoImplementation() {
        noClasses()
                .that()
                .resideInAnyPackage("io.scarfall.presence", "io.scarfall.presence.internal..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.scarfall.presence.memory..", "io.scarfall.presence.redis..")
                .check(MAIN);
    }

    @Test
    void namesArePlain() {
        ArchitectureRules.PLAIN_NAMES.check(MAIN);
    }

    @Test
    void nothingReadsTheEnvironment() {
        ArchitectureRules.NO_ENVIRONMENT.check(MAIN);
    }

    @Test
    void nothingSleepsNotEvenTests() {
        ArchitectureRules.NO_SLEEP.check(ArchitectureRules.mainAndTestClasses("io.scarfall.presence"));
    }

    @Test
    void theDocumentationShowsThePackages() throws IOException {
        PackagePicture.check(MAIN, Path.of("../docs/architecture.md"), "scarfall-presence");
    }
}
