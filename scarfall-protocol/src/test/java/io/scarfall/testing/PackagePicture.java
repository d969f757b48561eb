package io.scarfall.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The picture of a module's packages in {@code docs/architecture.md}, held against the code. It is a Mermaid flowchart
 * whose first line is {@code %% module}, with an arrow from each package to those it uses.
 *
 * <p>The picture leaves out an arrow that follows from others, and the arrows from the inside back to the API: internal
 * classes use its types, while the API's top classes create internal ones.
 */
public final class PackagePicture {
    private static final String ROOT = "io.scarfall.";
    private static final Pattern ARROW = Pattern.compile(" {4}(\\S+) --> (\\S+)");

    private PackagePicture() {}

    /** Checks the picture of a module. */
    public static void check(JavaClasses classes, Path document, String module) throws IOException {
        Set<String> arrows = reduced(graph(classes));
        String text = Files.readString(document);
        Matcher picture = Pattern.compile("```mermaid\\n%% " + module + "\\n(.*?)```", Pattern.DOTALL)
                .matcher(text);
        assertThat(picture.find())
                .as("a picture of %s in %s:%n%s", module, document, String.join("\n", arrows))
                .isTrue();
        List<String> drawn = picture.group(1)
                .lines()
                .filter(line -> ARROW.matcher(line).matches())
                .toList();
        assertThat(drawn).as("arrows between the packages of %s", module).containsExactlyInAnyOrderElementsOf(arrows);
    }

    private static Map<String, Set<String>> graph(JavaClasses classes) {
        Map<String, Set<String>> graph = new TreeMap<>();
        classes.forEach(type -> graph.put(type.getPackageName(), new TreeSet<>()));
        for (JavaClass type : classes) {
            for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
                String to = dependency.getTargetClass().getBaseComponentType().getPackageName();
                if (graph.containsKey(to) && !to.equals(type.getPackageName())) {
                    graph.get(type.getPackageName()).add(to);
                }
            }
        }
        Map<String, Set<String>> complete = new TreeMap<>();
        graph.forEach((from, all) -> complete.put(from, new TreeSet<>(all)));
        graph.forEach((from, all) -> all.removeIf(to ->
                isInternal(from) && !isInternal(to) && reachable(complete, to).contains(from)));
        return graph;
    }

    private static boolean isInternal(String name) {
        return List.of(name.split("\\.")).contains("internal");
    }

    private static Set<String> reduced(Map<String, Set<String>> graph) {
        Set<String> arrows = new TreeSet<>();
        graph.forEach((from, all) -> {
            for (String to : all) {
                boolean follows = all.stream()
                        .anyMatch(
                                via -> !via.equals(to) && reachable(graph, via).contains(to));
                if (!follows) {
                    arrows.add("    " + shortName(from) + " --> " + shortName(to));
                }
            }
        });
        return arrows;
    }

    private static String shortName(String name) {
        return name.substring(ROOT.length());
    }

    private static Set<String> reachable(Map<String, Set<String>> graph, String from) {
        Set<String> found = new TreeSet<>();
        visit(graph, from, found);
        return found;
    }

    private static void visit(Map<String, Set<String>> graph, String from, Set<String> found) {
        for (String to : graph.get(from)) {
            if (found.add(to)) {
                visit(graph, to, found);
            }
        }
    }
}
