package io.scarfall.server;

import io.scarfall.testing.Cost;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Fuzzes a settings file, and all settings with any values. The server reads them, or refuses them with a list of problems.
 * Neither the configuration nor the list may show a secret. Settings that read other files, resolve host names or change the
 * log are left out.
 */
public final class SettingsFuzz {

    private static final Set<String> LEFT_OUT =
            Set.of("CONFIG_FILE", "JWT_PUBLIC_KEY", "HOST", "INTERNAL_HOST", "TLS_CERT", "TLS_KEY", "REDIS_TLS_CA");

    private static final int SHORTEST_SECRET = 6;

    /** A constant part of the cost, in bytes of input: each misspelt name is compared with all settings. */
    private static final int ALL_SETTINGS = 2_000;

    private SettingsFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) {
        String text = new String(input, StandardCharsets.UTF_8);
        Cost.bounded(ALL_SETTINGS + input.length, 20_000, () -> {
            List<String> problems = new ArrayList<>();
            Map<String, String> values = SettingsFile.parse(text, "file", problems);
            checkLines(text, values, problems);
            Map<String, String> environment = new HashMap<>(values);
            environment
                    .keySet()
                    .removeIf(name ->
                            LEFT_OUT.contains(name) || name.startsWith("LOG_") || name.endsWith(Setting.FILE_SUFFIX));
            checkConfig(environment);
        });
    }

    private static void checkLines(String text, Map<String, String> values, List<String> problems) {
        int lines = text.split("\r?\n|\r", -1).length;
        assert values.size() + problems.size() <= lines;
        StringBuilder again = new StringBuilder();
        values.forEach((name, value) -> {
            String quote = value.indexOf('\'') < 0 ? "'" : "\"";
            again.append("  ")
                    .append(name)
                    .append(" = ")
                    .append(quote)
                    .append(value)
                    .append(quote)
                    .append("\r\n");
        });
        boolean quotable = values.values().stream()
                .allMatch(value -> value.indexOf('\'') < 0 || (value.indexOf('"') < 0 && value.indexOf('\\') < 0));
        if (quotable) {
            List<String> none = new ArrayList<>();
            assert SettingsFile.parse(again.toString(), "file", none).equals(values) : again;
            assert none.isEmpty() : none;
        }
    }

    private static void checkConfig(Map<String, String> environment) {
        String told;
        try {
            told = ServerConfig.read(environment, null, null, address -> null).toString();
        } catch (InvalidConfigException e) {
            told = e.getMessage();
        }
        checkNoSecret(environment, told);
        try {
            KeySettings.forTokens(environment, null, null);
        } catch (InvalidConfigException e) {
            checkNoSecret(environment, e.getMessage());
        }
        checkNoSecret(
                environment,
                Settings.gather(environment, null, null, new ArrayList<>()).print());
    }

    private static void checkNoSecret(Map<String, String> environment, String told) {
        for (Setting setting : Setting.values()) {
            String value = environment.get(setting.name());
            if (setting.isSecret() && value != null && isTelling(value.strip(), environment)) {
                assert !told.contains(value.strip()) : setting + " is shown in " + told;
            }
        }
    }

    /** Whether this secret is distinctive: not an ordinary word, and not part of another setting. */
    private static boolean isTelling(String secret, Map<String, String> environment) {
        return secret.length() >= SHORTEST_SECRET
                && secret.matches(".*[^A-Za-z ._-].*[^A-Za-z ._-].*")
                && environment.entrySet().stream()
                                .filter(entry -> entry.getValue().contains(secret)
                                        || entry.getKey().contains(secret))
                                .count()
                        == 1;
    }
}
