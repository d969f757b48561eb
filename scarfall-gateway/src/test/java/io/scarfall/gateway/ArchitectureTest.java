package io.scarfall.gateway;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import io.scarfall.testing.ArchitectureRules;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
    private static final JavaClasses MAIN = ArchitectureRules.mainClasses("io.scarfall.gateway");

    @Test
    void knowsNoRedisAndNoChannels() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.lettuce..", "io.netty.channel..", "io.scarfall.presence.redis..")
                .check(MAIN);
    }

    @Test
    void onlyAuthKnowsTokens() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.scarfall.gateway.auth..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("com.auth0..")
                .check(MAIN);
    }

    @Test
    void packagesHaveNoCycles() {
        ArchitectureRules.NO_PACKAGE_CYCLES.check(MAIN);
    }

    @Test
    void namesArePlain() {
        ArchitectureRules.PLAIN_NAMES.check(MAIN);
    }

    @Test
    void nothingBlocks() {
        ArchitectureRules.NO_BLOCKING.check(MAIN);
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
