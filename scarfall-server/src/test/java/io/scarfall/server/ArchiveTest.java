package io.scarfall.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** The files that a release archive has besides the program. */
class ArchiveTest {

    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#]+)(?:#[^)]*)?\\)");

    /** The project's files in the archive: from the path in the archive to the source file. */
    private static Map<String, Path> files() throws Exception {
        Element assembly = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(Path.of("src/assembly/archive.xml").toFile())
                .getDocumentElement();
        Map<String, Path> files = new TreeMap<>();
        for (Element file : elements(assembly, "file")) {
            Path source = Path.of(text(file, "source", ""));
            if (source.startsWith("..")) {
                add(files, text(file, "outputDirectory", ""), source.getFileName(), source);
            }
        }
        for (Element set : elements(assembly, "fileSet")) {
            Path folder = Path.of(text(set, "directory", ""));
            List<String> excluded = elements(set, "exclude").stream()
                    .map(Element::getTextContent)
                    .toList();
            try (Stream<Path> all = Files.walk(folder)) {
                all.filter(Files::isRegularFile)
                        .filter(file ->
                                !excluded.contains(folder.relativize(file).toString()))
                        .forEach(file -> add(files, text(set, "outputDirectory", ""), folder.relativize(file), file));
            }
        }
        return files;
    }

    private static void add(Map<String, Path> files, String folder, Path name, Path source) {
        assertThat(source).exists();
        assertThat(files.put(Path.of(folder).resolve(name).toString(), source)).isNull();
    }

    private static List<Element> elements(Element parent, String name) {
        NodeList nodes = parent.getElementsByTagName(name);
        List<Element> elements = new ArrayList<>();
        for (int i = 0; i < nodes.getLength(); i++) {
            elements.add((Element) nodes.item(i));
        }
        return elements;
    }

    private static String text(Element parent, String name, String fallback) {
        List<Element> found = elements(parent, name);
        return found.isEmpty() ? fallback : found.get(0).getTextContent();
    }

    private static List<String> links(Path page) throws IOException {
        return LINK.matcher(Files.readString(page))
                .results()
                .map(match -> match.group(1))
                .filter(target -> !target.contains("://"))
                .toList();
    }

    @Test
    void linksOfItsPagesPointToFilesInTheArchive() throws Exception {
        Map<String, Path> files = files();
        assertThat(files).containsKeys("docs/operations.md", "docs/reliability.md", "packaging/README.md", "LICENSE");
        List<String> dead = new ArrayList<>();
        for (Map.Entry<String, Path> page : files.entrySet()) {
            if (page.getKey().endsWith(".md")) {
                for (String link : links(page.getValue())) {
                    String target = Path.of(page.getKey())
                            .resolveSibling(link)
                            .normalize()
                            .toString();
                    boolean isFolder = files.keySet().stream().anyMatch(file -> file.startsWith(target + "/"));
                    if (!files.containsKey(target) && !isFolder) {
                        dead.add(page.getKey() + " -> " + link);
                    }
                }
            }
        }
        assertThat(dead).isEmpty();
    }

    @Test
    void itHasTheHealthCheckAndTheFilesThatTheReadmeInstalls() throws Exception {
        Map<String, Path> files = files();
        assertThat(files).containsKey("packaging/healthcheck");
        Pattern installed = Pattern.compile("packaging/[\\w.]+");
        String readme = Files.readString(Path.of("../packaging/README.md"));
        assertThat(installed.matcher(readme).results().map(MatchResult::group)).allMatch(files::containsKey);
    }
}
