package io.scarfall.testing;

import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaType;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

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

    /** Timers of the JDK take a lock in the thread that sets them, and in the thread that runs them. */
    public static final ArchRule NO_LOCKING_TIMERS = noClasses()
            .should()
            .accessTargetWhere(call(CompletableFuture.class, "orTimeout")
                    .or(call(CompletableFuture.class, "completeOnTimeout"))
                    .or(call(CompletableFuture.class, "delayedExecutor")))
            .because("nothing blocks an event loop");

    private static final String PUBLIC_TYPES = "## Public types";
    private static final Pattern PACKAGE_HEADING = Pattern.compile("### `([a-z0-9_.]+)`");
    private static final Pattern TYPE_ROW = Pattern.compile("\\| `([A-Za-z0-9_]+)` \\| .*\\S.* \\|");

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

    // Cycles among classes

    /**
     * Top-level classes that know each other because they are one concept.
     *
     * @param reason why they are not cut apart
     * @param types their simple names
     */
    public record Circle(String reason, Set<String> types) {

        public static Circle of(String reason, String... types) {
            return new Circle(reason, Set.of(types));
        }
    }

    /**
     * Checks that no top-level classes depend on each other in a cycle. A nested class counts as its top-level class.
     * Every allowed circle must still exist, so that the list does not outlive what it explains.
     */
    public static void checkNoClassCycles(JavaClasses classes, Circle... allowed) {
        Map<String, Set<String>> graph = graph(classes);
        List<Set<String>> circles = circles(graph);
        Set<Circle> unused = new HashSet<>(Arrays.asList(allowed));
        List<String> violations = new ArrayList<>();
        for (Set<String> circle : circles) {
            Set<String> names = simpleNames(circle);
            List<Circle> reasons = Arrays.stream(allowed)
                    .filter(known -> known.types().equals(names))
                    .toList();
            unused.removeAll(reasons);
            if (reasons.isEmpty()) {
                violations.add("circle of " + names + ":\n" + edges(graph, circle));
            }
        }
        unused.forEach(circle -> violations.add("no such circle, remove it from the list: " + circle.types()));
        assertThat(violations).as("cycles among top-level classes").isEmpty();
    }

    private static Map<String, Set<String>> graph(JavaClasses classes) {
        Map<String, Set<String>> graph = new TreeMap<>();
        for (JavaClass type : classes) {
            graph.computeIfAbsent(topLevel(type), name -> new TreeSet<>());
        }
        for (JavaClass type : classes) {
            for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
                String from = topLevel(type);
                String to = topLevel(dependency.getTargetClass().getBaseComponentType());
                if (!from.equals(to) && graph.containsKey(to)) {
                    graph.get(from).add(to);
                }
            }
        }
        return graph;
    }

    private static String topLevel(JavaClass type) {
        JavaClass outermost = type;
        while (outermost.getEnclosingClass().isPresent()) {
            outermost = outermost.getEnclosingClass().get();
        }
        return outermost.getName();
    }

    /** The strongly connected components of more than one class (Tarjan). */
    private static List<Set<String>> circles(Map<String, Set<String>> graph) {
        List<Set<String>> circles = new ArrayList<>();
        Map<String, Integer> lowest = new HashMap<>();
        Deque<String> path = new ArrayDeque<>();
        graph.keySet().forEach(type -> visit(type, graph, lowest, path, circles));
        return circles;
    }

    private static int visit(
            String type,
            Map<String, Set<String>> graph,
            Map<String, Integer> lowest,
            Deque<String> path,
            List<Set<String>> circles) {
        if (lowest.containsKey(type)) {
            return lowest.get(type);
        }
        int index = lowest.size();
        int low = index;
        lowest.put(type, index);
        path.push(type);
        for (String next : graph.get(type)) {
            low = Math.min(low, visit(next, graph, lowest, path, circles));
        }
        lowest.put(type, low);
        if (low == index) {
            Set<String> circle = new TreeSet<>();
            String member;
            do {
                member = path.pop();
                lowest.put(member, Integer.MAX_VALUE); // it is in no further circle
                circle.add(member);
            } while (!member.equals(type));
            if (circle.size() > 1) {
                circles.add(circle);
            }
        }
        return low == index ? Integer.MAX_VALUE : low;
    }

    private static Set<String> simpleNames(Collection<String> types) {
        Set<String> names = new TreeSet<>();
        types.forEach(type -> names.add(type.substring(type.lastIndexOf('.') + 1)));
        return names;
    }

    private static String edges(Map<String, Set<String>> graph, Set<String> circle) {
        StringBuilder text = new StringBuilder();
        for (String type : circle) {
            Set<String> targets = new TreeSet<>(graph.get(type));
            targets.retainAll(circle);
            text.append("  ")
                    .append(simpleNames(Set.of(type)))
                    .append(" -> ")
                    .append(simpleNames(targets))
                    .append('\n');
        }
        return text.toString();
    }

    // The API of a module

    private static boolean isInternal(JavaClass type) {
        return Arrays.asList(type.getPackageName().split("\\.")).contains("internal");
    }

    /** Whether applications see a type: it and all types around it are public, in a package that is not internal. */
    private static boolean isApi(JavaClass type) {
        boolean isPublic = type.getModifiers().contains(JavaModifier.PUBLIC);
        return isPublic
                && !isInternal(type)
                && type.getEnclosingClass().map(ArchitectureRules::isApi).orElse(true);
    }

    /**
     * Checks that the public top-level types outside internal packages are exactly those that a README lists. Its
     * section {@code ## Public types} has a heading {@code ### `package`} for each package, and a table with a row
     * {@code | `Type` | what it is for |} for each type.
     *
     * @param most how many there may be
     */
    public static void checkPublicTypes(JavaClasses classes, Path readme, int most) throws IOException {
        Set<String> types = new TreeSet<>();
        for (JavaClass type : classes) {
            if (type.isTopLevelClass() && isApi(type) && !type.getSimpleName().equals("package-info")) {
                types.add(type.getName());
            }
        }
        assertThat(listedTypes(readme)).as("public types in %s", readme).containsExactlyElementsOf(types);
        assertThat(types).as("public types").hasSizeLessThanOrEqualTo(most);
    }

    private static Set<String> listedTypes(Path readme) throws IOException {
        Set<String> types = new TreeSet<>();
        String inPackage = "";
        boolean isListing = false;
        for (String line : Files.readAllLines(readme)) {
            Matcher heading = PACKAGE_HEADING.matcher(line);
            Matcher row = TYPE_ROW.matcher(line);
            if (line.startsWith("## ")) {
                isListing = line.equals(PUBLIC_TYPES);
            } else if (isListing && heading.matches()) {
                inPackage = heading.group(1);
            } else if (isListing && row.matches()) {
                types.add(inPackage + "." + row.group(1));
            }
        }
        return types;
    }

    /**
     * Applications see no type of these packages, such as {@code io.netty..}: neither in a signature nor as a
     * supertype.
     */
    public static ArchRule apiWithout(String... packages) {
        DescribedPredicate<JavaClass> hidden = JavaClass.Predicates.resideInAnyPackage(packages);
        return classes()
                .should(new ArchCondition<>("show applications no type of " + Arrays.toString(packages)) {
                    @Override
                    public void check(JavaClass type, ConditionEvents events) {
                        if (isApi(type)) {
                            shown(type)
                                    .forEach((where, shown) -> shown.stream()
                                            .flatMap(each -> each.getAllInvolvedRawTypes().stream())
                                            .map(JavaClass::getBaseComponentType)
                                            .filter(hidden)
                                            .forEach(found -> events.add(SimpleConditionEvent.violated(
                                                    type, where + " shows " + found.getName()))));
                        }
                    }
                })
                .because("an application compiles against the API alone");
    }

    private static Map<String, List<JavaType>> shown(JavaClass type) {
        Map<String, List<JavaType>> shown = new TreeMap<>();
        List<JavaType> supertypes = new ArrayList<>(type.getInterfaces());
        type.getSuperclass().ifPresent(supertypes::add);
        shown.put(type.getName(), supertypes);
        for (JavaCodeUnit unit : type.getCodeUnits()) {
            if (isShown(unit.getModifiers())) {
                List<JavaType> types = new ArrayList<>(unit.getParameterTypes());
                types.add(unit.getReturnType());
                types.addAll(unit.getExceptionTypes());
                shown.put(unit.getFullName(), types);
            }
        }
        for (JavaField field : type.getFields()) {
            if (isShown(field.getModifiers())) {
                shown.put(field.getFullName(), List.of(field.getType()));
            }
        }
        return shown;
    }

    private static boolean isShown(Set<JavaModifier> modifiers) {
        return (modifiers.contains(JavaModifier.PUBLIC) || modifiers.contains(JavaModifier.PROTECTED))
                && !modifiers.contains(JavaModifier.SYNTHETIC);
    }

    /** A call of the method or a reference to it, in the type or a subtype. */
    private static DescribedPredicate<JavaAccess<?>> call(Class<?> type, String method) {
        return target(owner(assignableTo(type)))
                .and(target(nameMatching(method)))
                .as("%s.%s", type.getSimpleName(), method);
    }
}
