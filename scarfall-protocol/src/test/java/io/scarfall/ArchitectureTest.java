package io.scarfall;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import io.scarfall.testing.ArchitectureRules;
import io.scarfall.testing.ArchitectureRules.Circle;
import io.scarfall.testing.PackagePicture;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("source")
class ArchitectureTest {
    private static final JavaClasses MAIN =
            ArchitectureRules.mainClasses("io.scarfall.engineio", "io.scarfall.socketio");

    @Test
    void importsOnlyWhatItMay() {
        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "java..",
                        "javax.crypto..",
                        "javax.net.ssl..",
                        "io.scarfall.engineio..",
                        "io.scarfall.socketio..",
                        "io.netty..",
                        "com.fasterxml.jackson..",
                        "tools.jackson..",
                        "org.slf4j..",
                        "org.jspecify..")
                .check(MAIN);
    }

    @Test
    void packetsKnowNothingOfNetty() {
        noClasses()
                .that()
                .resideInAnyPackage("..packet..", "..json..")
                .or()
                .haveSimpleNameContaining("Packet")
                .or()
                .haveSimpleName("PayloadCodec")
                .or()
                .haveSimpleName("Bytes")
                .or()
                .haveSimpleName("Limit")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.netty..")
                .check(MAIN);
    }

    @Test
    void engineIoKnowsNothingOfSocketIo() {
        noClasses()
                .that()
                .resideInAPackage("io.scarfall.engineio..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.scarfall.socketio..")
                .check(MAIN);
    }

    @Test
    void packagesHaveNoCycles() {
        ArchitectureRules.NO_PACKAGE_CYCLES.check(MAIN);
    }

    @Test
    void classesHaveNoCycles() {
        ArchitectureRules.checkNoClassCycles(
                MAIN,
                Circle.of(
                        "a socket gives out its broadcaster and its guard; rooms hold sockets; guards, listeners and interceptors get one",
                        "Broadcaster",
                        "EventHandler",
                        "EventInterceptor",
                        "EventListener",
                        "HomeLoops",
                        "Interceptors",
                        "LocalAdapter",
                        "Rooms",
                        "SessionGuard",
                        "Socket"));
    }

    @Test
    void theReadmeListsThePublicTypes() throws IOException {
        ArchitectureRules.checkPublicTypes(MAIN, Path.of("README.md"), 58);
    }

    @Test
    void applicationsSeeNoTypeOfNetty() {
        ArchitectureRules.apiWithout("io.netty..").check(MAIN);
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
    void nothingSleepsIncludingTests() {
        ArchitectureRules.NO_SLEEP.check(ArchitectureRules.mainAndTestClasses("io.scarfall"));
    }

    @Test
    void theDocumentationShowsThePackages() throws IOException {
        PackagePicture.check(MAIN, Path.of("../docs/architecture.md"), "scarfall-protocol");
    }
}
