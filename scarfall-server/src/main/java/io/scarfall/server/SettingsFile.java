package io.scarfall.server;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A file of settings: lines {@code NAME=value}, empty lines, and lines that begin with {@code #} or {@code ;}. It is the form
 * of systemd's {@code EnvironmentFile=} (systemd.exec(5)), so that one file serves both: a value may stand in quotes. What
 * systemd would read as something else than what stands there, by backslashes and continued lines, is refused.
 */
final class SettingsFile {

    private static final Pattern LINE = Pattern.compile("([A-Za-z_][A-Za-z0-9_]*)\\s*=\\s*(.*)");

    private SettingsFile() {}

    /**
     * Reads a file's text.
     *
     * @param origin the name of the file, for problems
     * @param problems gets what is wrong; it shows no value
     */
    static Map<String, String> parse(String text, String origin, List<String> problems) {
        Map<String, String> values = new LinkedHashMap<>();
        String[] lines = text.split("\r?\n|\r", -1);
        for (int i = 0; i < lines.length; i++) {
            String line = lines[i].strip();
            if (line.isEmpty() || line.startsWith("#") || line.startsWith(";")) {
                continue;
            }
            String where = origin + " line " + (i + 1);
            Matcher matcher = LINE.matcher(line);
            if (!matcher.matches()) {
                problems.add(where + " is not a setting (expected: NAME=value, or # and a comment)");
                continue;
            }
            String name = matcher.group(1);
            String value = matcher.group(2);
            char quote = value.isEmpty() ? 0 : value.charAt(0);
            if (quote == '\'' || quote == '"') {
                if (value.length() < 2 || value.indexOf(quote, 1) != value.length() - 1) {
                    problems.add(where + ": " + name + " has an unmatched quote, or text after a closing quote");
                    continue;
                }
                value = value.substring(1, value.length() - 1);
            }
            if (quote != '\'' && value.indexOf('\\') >= 0) {
                problems.add(where + ": " + name + " has a backslash (expected: in single quotes, all on one line)");
                continue;
            }
            if (values.putIfAbsent(name, value) != null) {
                problems.add(where + ": " + name + " is set again");
            }
        }
        return values;
    }
}
