package io.scarfall.server;

import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The command line: {@code java -jar scarfall-server.jar [--dev]}. Everything else is in the environment. */
public final class Main {

    private static final Logger log = LoggerFactory.getLogger(Main.class);
    private static final int RANDOM_SECRET_BYTES = 48;
    private static final int EXIT_USAGE = 2;

    private Main() {}

    public static void main(String[] args) throws InterruptedException {
        List<String> options = List.of(args);
        if (options.contains("--help")) {
            System.out.println(help());
        } else if (options.contains("--version")) {
            System.out.println("scarfall " + version());
        } else if (options.isEmpty() || options.equals(List.of("--dev"))) {
            run(!options.isEmpty(), System.getenv());
        } else {
            System.err.println("unknown option in: " + String.join(" ", options) + "\n\n" + help());
            System.exit(EXIT_USAGE);
        }
    }

    private static void run(boolean development, Map<String, String> environment) throws InterruptedException {
        ScarfallServer server;
        try {
            ServerConfig config = ServerConfig.read(environment, development ? randomSecret() : null);
            server = ScarfallServer.start(config);
        } catch (InvalidConfigException | StartException e) {
            System.err.println("scarfall: " + e.getMessage());
            System.exit(e instanceof InvalidConfigException ? EXIT_USAGE : 1);
            return;
        }
        log.info("ready mode={}", development ? "development" : "production");
        Runtime.getRuntime().addShutdownHook(new Thread(server::close, "scarfall-shutdown"));
        if (development) {
            System.out.println(server.welcome());
        }
        Thread.currentThread().join();
    }

    private static String randomSecret() {
        byte[] bytes = new byte[RANDOM_SECRET_BYTES];
        new SecureRandom().nextBytes(bytes);
        return Base64.getEncoder().encodeToString(bytes);
    }

    private static String version() {
        @Nullable String version = Main.class.getPackage().getImplementationVersion();
        return version == null ? "(unpackaged)" : version;
    }

    private static String help() {
        StringBuilder help = new StringBuilder("""
                Usage: java -jar scarfall-server.jar [option]

                  --dev      try it: a random secret, example pages, demo tokens, on this machine only
                  --help     this text
                  --version  the version

                Settings, by environment:

                """);
        for (Setting setting : Setting.values()) {
            help.append(String.format("  %-17s %s (%s)%n", setting.name(), setting.meaning(), setting.fallback()));
        }
        return help.toString();
    }
}
