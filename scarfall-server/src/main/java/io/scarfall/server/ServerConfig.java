package io.scarfall.server;

import io.scarfall.gateway.auth.ServiceKeys;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the environment says, checked: the only place that reads strings of it. See {@link Setting} for what each means.
 *
 * @param development whether the server shows itself to somebody who tries it: with example pages and demo tokens, on
 *     loopback
 */
record ServerConfig(
        boolean development,
        @Nullable String host,
        int port,
        String internalHost,
        int internalPort,
        boolean openInternal,
        List<String> corsOrigins,
        String jwtSecret,
        Duration jwtExpiration,
        boolean tokenInQuery,
        ServiceKeys serviceKeys,
        String path,
        Duration pingInterval,
        Duration pingTimeout,
        Duration authTimeout,
        Duration sessionExpiry,
        Duration idleTimeout,
        @Nullable String nodeName,
        @Nullable Path clientDir) {

    private static final int MIN_SECRET_BYTES = 32;
    private static final Pattern DURATION = Pattern.compile("(\\d{1,12})\\s*(ms|s|m|h|d)?");

    /** In development any page of this machine may connect, and none of the open web. */
    private static final List<String> LOOPBACK_ORIGINS =
            List.of("http://localhost", "http://localhost:*", "http://127.0.0.1", "http://127.0.0.1:*");

    /** Names that promise what this version does not do: to ignore them would be a lie. */
    private static final List<String> UNSUPPORTED =
            List.of("REDIS_HOST", "REDIS_URL", "REDIS_CLUSTER", "TLS_CERT", "TLS_KEY");

    /**
     * Reads an environment.
     *
     * @param developmentSecret what signs tokens in development, where {@code JWT_SECRET} is not set; null otherwise
     * @throws InvalidConfigException if anything is wrong with it
     */
    static ServerConfig read(Map<String, String> environment, @Nullable String developmentSecret)
            throws InvalidConfigException {
        Reader reader = new Reader(environment);
        boolean development = developmentSecret != null;
        String secret = reader.text(Setting.JWT_SECRET);
        if (secret == null && developmentSecret != null) {
            secret = developmentSecret;
        }
        if (secret == null) {
            reader.problem(Setting.JWT_SECRET, "is not set (expected: a random secret of at least 32 bytes; or --dev)");
            secret = "";
        } else if (secret.getBytes(StandardCharsets.UTF_8).length < MIN_SECRET_BYTES) {
            reader.problem(Setting.JWT_SECRET, "is too short (expected: at least 32 bytes)");
        }
        for (String name : UNSUPPORTED) {
            if (environment.containsKey(name)) {
                reader.problems.add(name + " is not supported by this version");
            }
        }
        String rateLimit = environment.get("RATE_LIMIT");
        if (rateLimit != null && !rateLimit.equals("off")) {
            reader.problems.add("RATE_LIMIT: " + rateLimit + " (expected: off; this version has no rate limits)");
        }
        String host = reader.text(Setting.HOST);
        String internalHost = reader.text(Setting.INTERNAL_HOST);
        String path = reader.text(Setting.WS_PATH);
        ServerConfig config = new ServerConfig(
                development,
                host == null && development ? "127.0.0.1" : host,
                reader.integer(Setting.PORT, 3000),
                internalHost == null ? "127.0.0.1" : internalHost,
                reader.integer(Setting.INTERNAL_PORT, 4000),
                reader.bool(Setting.INTERNAL_OPEN),
                reader.list(Setting.CORS_ORIGIN, development ? LOOPBACK_ORIGINS : List.of("*")),
                secret,
                reader.duration(Setting.JWT_EXPIRATION, Duration.ofHours(24), "s"),
                reader.bool(Setting.TOKEN_IN_QUERY),
                reader.parsed(Setting.SERVICE_KEYS, ServiceKeys::parse, ServiceKeys.NONE),
                path == null ? "/socket.io" : path,
                reader.duration(Setting.WS_PING_INTERVAL, Duration.ofSeconds(25), "ms"),
                reader.duration(Setting.WS_PING_TIMEOUT, Duration.ofSeconds(20), "ms"),
                reader.duration(Setting.AUTH_TIMEOUT, Duration.ofSeconds(10), "s"),
                reader.duration(Setting.SESSION_EXPIRY, Duration.ofDays(1), "s"),
                reader.duration(Setting.IDLE_TIMEOUT, Duration.ofMinutes(30), "s"),
                reader.text(Setting.NODE_NAME),
                reader.folder(Setting.CLIENT_DIR));
        if (!reader.problems.isEmpty()) {
            throw new InvalidConfigException(reader.problems);
        }
        return config;
    }

    /** Tells no secret. */
    @Override
    public String toString() {
        return "ServerConfig[port=" + port + ", internalPort=" + internalPort + "]";
    }

    /** Reads settings, and gathers what is wrong with them. */
    private static final class Reader {

        private final Map<String, String> environment;
        private final List<String> problems = new ArrayList<>();

        Reader(Map<String, String> environment) {
            this.environment = environment;
        }

        void problem(Setting setting, String what) {
            problems.add(setting.name() + " " + what);
        }

        @Nullable
        String text(Setting setting) {
            return setting.in(environment);
        }

        <T> T parsed(Setting setting, Function<String, ? extends T> parser, T fallback) {
            String text = text(setting);
            if (text == null) {
                return fallback;
            }
            try {
                return parser.apply(text);
            } catch (IllegalArgumentException e) {
                problem(setting, setting.isSecret() ? "is malformed" : "is " + e.getMessage());
                return fallback;
            }
        }

        int integer(Setting setting, int fallback) {
            return parsed(
                    setting,
                    text -> {
                        if (!text.matches("\\d{1,9}")) {
                            throw new IllegalArgumentException(text + " (expected: a number)");
                        }
                        return Integer.parseInt(text);
                    },
                    fallback);
        }

        boolean bool(Setting setting) {
            return parsed(
                    setting,
                    text -> {
                        if (!text.equals("true") && !text.equals("false")) {
                            throw new IllegalArgumentException(text + " (expected: true or false)");
                        }
                        return text.equals("true");
                    },
                    false);
        }

        List<String> list(Setting setting, List<String> fallback) {
            return parsed(
                    setting,
                    text -> Arrays.stream(text.split(",")).map(String::trim).toList(),
                    fallback);
        }

        @Nullable
        Path folder(Setting setting) {
            String text = text(setting);
            Path folder = text == null ? null : Path.of(text);
            if (folder != null && !Files.isDirectory(folder)) {
                problem(setting, "is " + text + " (expected: a folder)");
            }
            return folder;
        }

        /** @param unit the unit of a bare number: {@code ms} or {@code s} */
        Duration duration(Setting setting, Duration fallback, String unit) {
            return parsed(setting, text -> duration(text, unit), fallback);
        }

        private static Duration duration(String text, String unit) {
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
}
