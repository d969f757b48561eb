package io.scarfall.server;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The text of each {@link Setting} and its origin: the environment, else the file, else the default. Only names are checked here;
 * {@link SettingReader} makes values of the texts. Immutable.
 */
final class Settings {

    /** Names that a file for systemd may have too: they are for the launcher of the JVM. */
    private static final Set<String> OF_THE_JVM = Set.of("JDK_JAVA_OPTIONS", "JAVA_TOOL_OPTIONS");

    private static final long MAX_FILE_BYTES = 1024 * 1024;

    /** In development, only pages of this machine may connect. */
    private static final String LOOPBACK_ORIGINS =
            "http://localhost,http://localhost:*,http://127.0.0.1,http://127.0.0.1:*";

    /** The JVM replaces bytes that it cannot decode by this character. */
    private static final char REPLACEMENT = '\uFFFD';

    private final Map<Setting, Value> values = new EnumMap<>(Setting.class);

    /** Values under former names. A value under the current name has precedence, wherever it is. */
    private final Map<Setting, Value> former = new EnumMap<>(Setting.class);

    private final List<String> warnings = new ArrayList<>();

    private record Value(String text, String origin) {}

    private Settings() {}

    /**
     * Gathers all settings.
     *
     * @param file named on the command line; null if none was, so that {@code CONFIG_FILE} counts
     * @param developmentSecret what signs tokens in development, unless {@code JWT_SECRET} is set; null otherwise
     * @param problems receives what is wrong with names and files; never the value of a secret
     */
    static Settings gather(
            Map<String, String> environment,
            @Nullable String file,
            @Nullable String developmentSecret,
            List<String> problems) {
        Settings settings = new Settings();
        settings.addEnvironment(environment, problems);
        String path = file == null ? settings.text(Setting.CONFIG_FILE) : file;
        if (path != null) {
            settings.values.put(Setting.CONFIG_FILE, new Value(path, file == null ? "environment" : "command line"));
            settings.addFile(path, problems);
        }
        if (developmentSecret != null) {
            settings.add(
                    Map.of(
                            "HOST", "127.0.0.1",
                            "CORS_ORIGIN", LOOPBACK_ORIGINS,
                            "JWT_SECRET", developmentSecret),
                    "--dev",
                    problems);
        }
        settings.addFormer();
        return settings;
    }

    private void addFormer() {
        former.forEach((setting, value) -> {
            if (values.putIfAbsent(setting, value) == null) {
                warnings.add("the former name of " + setting + " is used: " + value.origin() + " (expected: " + setting
                        + ")");
            }
        });
    }

    private void addEnvironment(Map<String, String> environment, List<String> problems) {
        add(environment, "environment", problems);
        for (String name : new TreeSet<>(environment.keySet())) {
            if (isKnown(name) || OF_THE_JVM.contains(name)) {
                continue;
            }
            String meant = Spelling.ofEnvironment(name);
            if (meant != null && stripped(environment.get(meant)) == null) {
                warnings.add(
                        name + " in the environment is not a setting and is ignored (did you mean " + meant + "?)");
            }
        }
    }

    private void addFile(String path, List<String> problems) {
        String text = readFile("the file of settings", path, problems);
        if (text == null) {
            return;
        }
        Map<String, String> lines = SettingsFile.parse(text, path, problems);
        for (String name : lines.keySet()) {
            if (name.equals(Setting.CONFIG_FILE.name())) {
                problems.add(name + " in " + path + " (expected: one file, which names no other)");
            } else if (!isKnown(name) && !OF_THE_JVM.contains(name)) {
                String meant = Spelling.ofFile(name);
                problems.add(name + " in " + path + " is not a setting"
                        + (meant == null ? "" : " (did you mean " + meant + "?)"));
            }
        }
        add(lines, path, problems);
    }

    private static boolean isKnown(String name) {
        return Setting.named(name) != null || Setting.ofFile(name) != null;
    }

    /** Adds the values of one source. Sources that were added before have precedence. */
    private void add(Map<String, String> source, String origin, List<String> problems) {
        Setting.FORMER_NAMES.forEach((name, setting) -> {
            String text = stripped(source.get(name));
            if (text != null) {
                former.putIfAbsent(setting, new Value(text, name + " (" + origin + ")"));
            }
        });
        for (Setting setting : Setting.values()) {
            String text = stripped(source.get(setting.name()));
            Value value = text == null ? null : new Value(text, origin);
            if (setting.mayBeInFile()) {
                String nameOfFile = setting.name() + Setting.FILE_SUFFIX;
                String path = stripped(source.get(nameOfFile));
                if (path != null) {
                    if (value != null) {
                        problems.add(setting + " and " + nameOfFile + " are both set (expected: one of them)");
                    } else {
                        String content = readFile(nameOfFile, path, problems);
                        // A file that cannot be read is a problem of its own, and not a setting that is missing.
                        value = new Value(content == null ? "" : content.strip(), nameOfFile + " (" + origin + ")");
                        if (content != null && content.isBlank()) {
                            problems.add(nameOfFile + " names an empty file: " + path);
                        }
                    }
                }
            }
            if (value != null) {
                if (value.text().indexOf(REPLACEMENT) >= 0) {
                    problems.add(setting + " (" + value.origin() + ") is not UTF-8"
                            + " (expected: UTF-8, and a process with a UTF-8 locale, such as LC_ALL=C.UTF-8)");
                }
                values.putIfAbsent(setting, value);
            }
        }
    }

    /** A value without the space around it; null if nothing is left. */
    private static @Nullable String stripped(@Nullable String text) {
        return text == null || text.isBlank() ? null : text.strip();
    }

    /** Reads a small file of text; null, with a problem, if that fails. */
    static @Nullable String readFile(String what, String path, List<String> problems) {
        try {
            Path file = Path.of(path);
            if (Files.size(file) > MAX_FILE_BYTES) {
                problems.add(what + " is larger than " + MAX_FILE_BYTES + " bytes: " + path);
                return null;
            }
            return Files.readString(file);
        } catch (NoSuchFileException e) {
            problems.add(what + " does not exist: " + path);
        } catch (AccessDeniedException e) {
            problems.add(what + " may not be read by this user: " + path);
        } catch (CharacterCodingException e) {
            problems.add(what + " is not UTF-8: " + path);
        } catch (IOException | IllegalArgumentException e) { // the latter: no path at all
            problems.add(what + " cannot be read: " + path);
        }
        return null;
    }

    /** The text of a setting, as it was set or by default; null if there is none. */
    @Nullable
    String text(Setting setting) {
        Value value = values.get(setting);
        return value == null ? setting.fallbackValue() : value.text();
    }

    /** Whether it was set. */
    boolean isSet(Setting setting) {
        return values.containsKey(setting);
    }

    /**
     * Warnings about former names, and about variables in the environment that are probably misspelt settings. Such variables are
     * ignored: another program may use them.
     */
    List<String> warnings() {
        return List.copyOf(warnings);
    }

    /** All effective values with their origins, for people; of a secret only whether it is set. */
    String print() {
        List<String> lines = new ArrayList<>();
        for (Setting setting : Setting.values()) {
            Value value = values.get(setting);
            String shown = value == null ? setting.fallback() : shown(setting, value.text());
            if (setting.isSecret() && value == null) {
                shown = "(not set)";
            }
            lines.add(String.format(
                    "%-27s %-32s %s", setting, printable(shown), value == null ? "default" : value.origin()));
        }
        return String.join("\n", lines);
    }

    private static String shown(Setting setting, String text) {
        return switch (setting.kind()) {
            case SECRET -> "(set)";
            case PEM -> isPem(text) ? "(set)" : text;
            case URL ->
                text.replaceFirst("//.*@", "//...@")
                        .replaceFirst("[?#].*", "?..."); // a password may have any character
            default -> text;
        };
    }

    /** Whether the value of a {@link Setting.Kind#PEM} is the text itself, rather than its path. */
    static boolean isPem(String text) {
        return text.contains("-----BEGIN ");
    }

    /** Where the value of a setting comes from. */
    String origin(Setting setting) {
        Value value = values.get(setting);
        return value == null ? "default" : value.origin();
    }

    private static String printable(String text) {
        return text.replaceAll("\\p{Cntrl}+", " ");
    }
}
