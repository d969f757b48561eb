package io.scarfall.testing;

import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;

/** Rules that more than one module keeps. */
public final class ArchitectureRules {
    public static final ArchRule NO_PACKAGE_CYCLES =
            slices().matching("io.scarfall.(**)").should().beFreeOfCycles();

    public static final ArchRule PLAIN_NAMES = classes()
            .that()
            .arePublic()
            .should()
            .haveNameNotMatching(".*(Helper|Util|Utils|Manager|Impl)")
            .because("a type is a noun of one concept");

    public static final ArchRule NO_SLEEP = noClasses()
            .should()
            .accessTargetWhere(call(Thread.class, "sleep"))
            .because("code waits for events, and tests for conditions");

    public static final ArchRule NO_ENVIRONMENT = noClasses()
            .should()
            .accessTargetWhere(call(System.class, "getenv"))
            .because("only the server reads its environment");

    /** A completed future is read with {@code getNow}. */
    public static final ArchRule NO_BLOCKING = noClasses()
            .should()
            .accessTargetWhere(call(CompletableFuture.class, "join")
                    .or(call(Future.class, "get"))
                    .or(call(Object.class, "wait"))
                    .or(call(CountDownLatch.class, "await")))
            .because("nothing blocks an event loop");

    /** Timers of the JDK take a lock in the thread that sets them, and in the one that is in time. */
    public static final ArchRule NO_LOCKING_TIMERS = noClasses()
            .should()
            .accessTargetWhere(call(CompletableFuture.class, "orTimeout")
                    .or(call(CompletableFuture.class, "completeOnTimeout"))
                    .or(call(CompletableFuture.class, "delayedExecutor")))
            .because("nothing blocks an event loop");

    private ArchitectureRules() {}

    /** The classes of the packages, without tests: neither from a folder nor from another module's test-jar. */
    public static JavaClasses mainClasses(String... packages) {
        return new ClassFileImporter()
                .withImportOption(location -> !location.contains("/test-classes/") && !location.contains("-tests.jar"))
                .importPackages(packages);
    }

    public static JavaClasses mainAndTestClasses(String... packages) {
        return new ClassFileImporter().importPackages(packages);
    }

    /** A call of the method or a reference to it, in the type or a subtype. */
    private static DescribedPredicate<JavaAccess<?>> call(Class<?> type, String method) {
        return target(owner(assignableTo(type)))
                .and(target(nameMatching(method)))
                .as("%s.%s", type.getSimpleName(), method);
    }
}
