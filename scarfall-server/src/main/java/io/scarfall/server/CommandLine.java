package io.scarfall.server;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the command line asks for.
 *
 * @param configFile the file of settings; null if it names none
 * @param development whether to run for development
 * @param token what token to print; null but for {@link Task#TOKEN}
 */
record CommandLine(
        Task task,
        @Nullable String configFile,
        boolean development,
        @Nullable TokenRequest token) {

    static final String USAGE = """
            Usage: java -jar scarfall-server.jar [options]
                   java -jar scarfall-server.jar [options] token <user> [--email <address>] [--expires <time, such as 1h>]

                   java -jar scarfall-server.jar [options] health

            Without more it runs the gateway until it gets SIGTERM. token prints a token for a user, signed by JWT_SECRET. health
            asks the server that runs here with these settings whether it serves, and ends with 0 if it does, else with 1.

              --config <file>  take settings from a file too, with lines NAME=value; the environment goes before it
              --dev            try it: a random secret, example pages, demo tokens, on this machine only
              --print-config   print all settings as they hold, and where they come from, and stop
              --help           print this text, and stop
              --version        print the version, and stop
            """;

    enum Task {
        RUN,
        PRINT_CONFIG,
        TOKEN,
        HEALTH,
        HELP,
        VERSION
    }

    /** @param expires how long it shall live, as it was typed; null for {@code JWT_EXPIRATION} */
    record TokenRequest(
            String user, @Nullable String email, @Nullable String expires) {}

    /** @throws IllegalArgumentException if the arguments make no sense; the message says why */
    static CommandLine parse(List<String> arguments) {
        Deque<String> left = new ArrayDeque<>(arguments);
        Task task = Task.RUN;
        String configFile = null;
        boolean development = false;
        String user = null;
        String email = null;
        String expires = null;
        while (!left.isEmpty()) {
            String argument = left.pop();
            switch (argument) {
                case "--config" -> configFile = value(argument, left);
                case "--dev" -> development = true;
                case "--print-config" -> task = only(task, Task.PRINT_CONFIG);
                case "--help", "-h" -> task = only(task, Task.HELP);
                case "--version" -> task = only(task, Task.VERSION);
                case "token" -> {
                    task = only(task, Task.TOKEN);
                    user = value(argument, left);
                }
                case "health" -> task = only(task, Task.HEALTH);
                case "--email" -> email = value(argument, left);
                case "--expires" -> expires = value(argument, left);
                default -> throw new IllegalArgumentException("unknown option " + argument);
            }
        }
        if (user == null && (email != null || expires != null)) {
            throw new IllegalArgumentException("--email and --expires belong to token");
        }
        TokenRequest token = user == null ? null : new TokenRequest(user, email, expires);
        return new CommandLine(task, configFile, development, token);
    }

    private static Task only(Task before, Task task) {
        if (before != Task.RUN) {
            throw new IllegalArgumentException("these options do not go together");
        }
        return task;
    }

    private static String value(String option, Deque<String> left) {
        String value = left.poll();
        if (value == null || value.startsWith("--")) {
            throw new IllegalArgumentException(option + " needs a value");
        }
        return value;
    }

    /** The usage, and every setting. */
    static String help() {
        StringBuilder help = new StringBuilder(USAGE).append("""

                Settings, by the environment or the file. Times are numbers in the unit that is named, or have one of ms, s, m,
                h, d after them; sizes are bytes, or have KB, MB, GB after them. A secret, or the text of
                JWT_PUBLIC_KEY, may also stand in a file that <NAME>_FILE names.
                """);
        Setting.Group group = null;
        for (Setting setting : Setting.values()) {
            if (setting.group() != group) {
                group = setting.group();
                help.append('\n').append(group.title()).append(":\n");
            }
            String kind = setting.kind().description();
            help.append(String.format(
                    "  %-27s %-22s %s%s%n",
                    setting, setting.fallback(), setting.meaning(), kind.isEmpty() ? "" : " [" + kind + "]"));
        }
        return help.toString();
    }
}
