package io.scarfall.server;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads settings as values of one kind: numbers, sizes, durations, switches, lists. It collects problems and warnings. A value that
 * cannot be read is replaced by one that can; with a problem no configuration is used. For one thread.
 */
final class SettingReader {

    /** The longest duration that a setting may have. */
    static final Duration LONGEST = Duration.ofDays(3650);

    private static final Pattern DURATION = Pattern.compile("(\\d{1,9})\\s*(ms|s|m|h|d)?");
    private static final Pattern SIZE = Pattern.compile("(\\d{1,10})\\s*(KB|MB|GB)?", Pattern.CASE_INSENSITIVE);

    private final Settings settings;
    private final List<String> problems;
    private final List<String> warnings;

    /** @param problems those found so far; new ones are added */
    SettingReader(Settings settings, List<String> problems) {
        this.settings = settings;
        this.problems = problems;
        warnings = new ArrayList<>(settings.warnings());
    }

    boolean isSet(Setting setting) {
        return settings.isSet(setting);
    }

    /** The text of a setting, as it was set or by default; null if there is none. */
    @Nullable
    String text(Setting setting) {
        return settings.text(setting);
    }

    /** Where the value of a setting comes from. */
    String origin(Setting setting) {
        return settings.origin(setting);
    }

    /** The text of a setting that was set; null if only the default holds. */
    @Nullable
    String given(Setting setting) {
        return settings.isSet(setting) ? settings.text(setting) : null;
    }

    /** The text of a setting that has a default, or that was checked before. */
    String required(Setting setting) {
        return String.valueOf(settings.text(setting));
    }

    List<String> problems() {
        return problems;
    }

    List<String> warnings() {
        return warnings;
    }

    void warn(String warning) {
        warnings.add(warning);
    }

    void problem(String problem) {
        if (!problems.contains(problem)) { // some settings are read more than once
            problems.add(problem);
        }
    }

    void problem(Setting setting, String what) {
        problem(setting + " " + what);
    }

    /**
     * A record of several settings. What the record itself refuses is a problem of the setting that is called as its component.
     *
     * @param instead what stands for a record that cannot be made
     */
    <T> T made(T instead, Supplier<T> maker) {
        int before = problems.size();
        try {
            return maker.get();
        } catch (IllegalArgumentException e) {
            if (problems.size() == before) { // else a replaced value may not fit, which says nothing
                problem(ofComponent(String.valueOf(e.getMessage())));
            }
            return instead;
        }
    }

    /** {@code maxPageSize: 0 (expected: ...)} as {@code MAX_PAGE_SIZE is 0 (expected: ...)}, where that is a setting. */
    private static String ofComponent(String message) {
        String[] nameAndReason = message.split(": ", 2);
        String name = nameAndReason[0].replaceAll("([a-z])([A-Z])", "$1_$2").toUpperCase(Locale.ROOT);
        return nameAndReason.length == 2 && Setting.named(name) != null ? name + " is " + nameAndReason[1] : message;
    }

    /** A setting by a parser, whose refusals are {@code value (expected: ...)}, perhaps with a name and a colon before. */
    <T> T parsed(Setting setting, T instead, Function<String, ? extends T> parser) {
        String text = settings.text(setting);
        return text == null ? instead : parsed(setting.name(), text, instead, parser);
    }

    <T> T parsed(String name, String text, T instead, Function<String, ? extends T> parser) {
        try {
            return parser.apply(text);
        } catch (IllegalArgumentException e) {
            problem(name + " is " + reason(e));
            return instead;
        }
    }

    /** The reason in a message {@code name: reason} of the gateway. */
    static String reason(IllegalArgumentException e) {
        return String.valueOf(e.getMessage()).replaceFirst("^\\w+: ", "");
    }

    int number(Setting setting, int least, int most) {
        return parsed(setting, least, text -> {
            String range = least + " to " + (most == Integer.MAX_VALUE ? "2147483647" : most);
            if (!text.matches("\\d{1,10}") || Long.parseLong(text) < least || Long.parseLong(text) > most) {
                throw new IllegalArgumentException(text + " (expected: a number, " + range + ")");
            }
            return Integer.parseInt(text);
        });
    }

    long bytes(Setting setting, long most) {
        return parsed(setting, 1L, text -> {
            Matcher matcher = SIZE.matcher(text);
            long bytes = matcher.matches() ? Long.parseLong(matcher.group(1)) * unit(matcher.group(2)) : 0;
            if (bytes < 1 || bytes > most) {
                throw new IllegalArgumentException(text
                        + " (expected: a number of bytes from 1, perhaps with KB, MB or GB after it" + bound(most));
            }
            return bytes;
        });
    }

    private static String bound(long most) {
        if (most == Integer.MAX_VALUE) {
            return ", below 2 GB)";
        }
        return most == Long.MAX_VALUE ? ")" : ", at most " + most + ")";
    }

    private static long unit(@Nullable String unit) {
        return switch (unit == null ? "" : unit.toUpperCase(Locale.ROOT)) {
            case "KB" -> 1L << 10;
            case "MB" -> 1L << 20;
            case "GB" -> 1L << 30;
            default -> 1L;
        };
    }

    boolean flag(Setting setting) {
        return parsed(setting, false, text -> {
            if (!text.equals("true") && !text.equals("false")) {
                throw new IllegalArgumentException(text + " (expected: true or false)");
            }
            return text.equals("true");
        });
    }

    static List<String> list(String text) {
        List<String> values =
                Arrays.stream(text.split(",", -1)).map(String::strip).toList();
        if (values.contains("")) {
            throw new IllegalArgumentException("a list with nothing between commas (expected: values)");
        }
        return values;
    }

    @Nullable
    Path folder(Setting setting) {
        String text = settings.text(setting);
        try {
            Path folder = text == null ? null : Path.of(text);
            if (folder == null || Files.isDirectory(folder)) {
                return folder;
            }
        } catch (InvalidPathException e) {
            // a character that no name of a file may have: it is no folder either
        }
        problem(setting, "is " + text + " (expected: a folder)");
        return null;
    }

    Duration duration(Setting setting, Duration least) {
        return duration(setting, least, LONGEST);
    }

    Duration duration(Setting setting, Duration least, Duration most) {
        return parsed(setting, Duration.ofSeconds(1), text -> {
            Duration duration = duration(text, setting.kind() == Setting.Kind.MILLISECONDS ? "ms" : "s");
            if (duration.compareTo(least) < 0 || duration.compareTo(most) > 0) {
                throw new IllegalArgumentException(text + " (expected: at least "
                        + (least.toMillis() >= 1000 ? least.toSeconds() + "s" : least.toMillis() + "ms")
                        + ", at most " + (most.equals(LONGEST) ? most.toDays() + "d" : most.toSeconds() + "s")
                        + ")");
            }
            return duration;
        });
    }

    static Duration duration(String text, String unit) {
        Matcher matcher = DURATION.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(text + " (expected: a number, and perhaps ms, s, m, h or d)");
        }
        long number = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2) == null ? unit : matcher.group(2)) {
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMinutes(number);
            case "h" -> Duration.ofHours(number);
            default -> Duration.ofDays(number);
        };
    }
}
