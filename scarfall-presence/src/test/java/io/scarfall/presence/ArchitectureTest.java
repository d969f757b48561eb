package io.scarfall.presence;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import org.junit.jupiter.api.Test;

/** What this module may know of others, and its packages of each other. */
class ArchitectureTest {
    private static final JavaClasses MAIN = new ClassFileImporter()
            .withImportOption(location -> !location.contains("/test-classes/"))
            .importPackages("io.scarfall.presence");

    @Test
    void packagesHaveNoCycles() {
        slices().matching("io.scarfall.(**)").should().beFreeOfCycles().check(MAIN);
    }

    @Test
    void presenceKnowsNothingAboveOrBesideIt() {
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
    void onlyTheHooksIntoLettuceKnowNetty() {
        noClasses()
                .that()
                .haveNameNotMatching("io\\.scarfall\\.presence\\.redis\\.(FlushOnce|RedisConnections)")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.netty..")
                .check(MAIN);
    }

    @Test
    void onlyTheRedisPackageKnowsRedis() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.scarfall.presence.redis..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.lettuce..", "io.scarfall.presence.redis..")
                .check(MAIN);
    }

    @Test
    void theRestKnowsOnlyJsonAndLogging() {
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
    void theInterfacesKnowNoImplementation() {
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
        classes()
                .that()
                .arePublic()
                .should()
                .haveNameNotMatching(".*(Helper|Util|Utils|Manager|Impl)")
                .check(MAIN);
    }

    @Test
    void nothingReadsTheEnvironment() {
        noClasses().should().callMethod(System.class, "getenv", String.class).check(MAIN);
        noClasses().should().callMethod(System.class, "getenv").check(MAIN);
    }

    @Test
    void nothingSleepsNotEvenTests() {
        noClasses()
                .should()
                .callMethod(Thread.class, "sleep", long.class)
                .check(new ClassFileImporter().importPackages("io.scarfall.presence"));
    }
}
