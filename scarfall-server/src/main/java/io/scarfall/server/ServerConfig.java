package io.scarfall.server;

import io.scarfall.gateway.auth.JwtVerifier;
import io.scarfall.gateway.auth.ServiceKeys;
import io.scarfall.gateway.auth.TokenConfig;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the settings say, checked: the only place that makes values of their texts. See {@link Setting} for what each means.
 *
 * @param development whether the server shows itself to somebody who tries it: with example pages and demo tokens, on
 *     loopback
 */
record ServerConfig(
        boolean development,
        Listening listening,
        Access access,
        Times times,
        Limits limits,
        @Nullable String nodeName,
        @Nullable Path clientDir,
        Logs.Config logs,
        Drain drain) {

    private static final int MAX_PORT = 65_535;
    private static final Pattern DURATION = Pattern.compile("(\\d{1,9})\\s*(ms|s|m|h|d)?");
    private static final Pattern SIZE = Pattern.compile("(\\d{1,10})\\s*(KB|MB|GB)?", Pattern.CASE_INSENSITIVE);
    private static final Pattern ORIGIN = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*://[A-Za-z0-9.*_-]+(:(\\d{1,5}|\\*))?"
            + "|[A-Za-z][A-Za-z0-9+.-]*://\\[[0-9A-Fa-f:.]+](:(\\d{1,5}|\\*))?|null|file://");
    private static final Set<String> LOG_LEVELS = Set.of("error", "warn", "info", "debug", "trace");
    private static final Duration LONGEST = Duration.ofDays(3650);

    /** @param host null for all addresses */
    record Listening(
            @Nullable String host,
            int port,
            String internalHost,
            int internalPort,
            boolean openInternal,
            List<String> corsOrigins,
            String path) {}

    record Access(String jwtSecret, Duration jwtExpiration, boolean tokenInQuery, ServiceKeys serviceKeys) {

        /** Tells no secret. */
        @Override
        public String toString() {
            return "Access[" + serviceKeys + "]";
        }
    }

    record Times(
            Duration pingInterval,
            Duration pingTimeout,
            Duration authTimeout,
            Duration sessionExpiry,
            Duration idleTimeout,
            Duration cleanupInterval) {}

    record Limits(
            int maxPayloadBytes,
            int maxUnsentBytes,
            int maxRecipients,
            int maxMessageBytes,
            int maxMetadataBytes,
            long maxFanOutBytes,
            int maxUnanswered,
            int maxPageSize,
            int maxUserIdLength) {}

    /** How the server takes leave: see {@link io.scarfall.gateway.Scarfall#drain}. */
    record Drain(Duration delay, Duration timeout) {}

    /** Tells why an address cannot be listened on; null if it can. */
    @FunctionalInterface
    interface PortCheck {
        @Nullable
        String whyNot(InetSocketAddress address);
    }

    /**
     * Reads and checks all settings.
     *
     * @param environment of the process
     * @param file of settings, from the command line; null if there is none
     * @param developmentSecret what signs tokens in development, where {@code JWT_SECRET} is not set; null otherwise
     * @param ports tries to listen
     * @throws InvalidConfigException if anything is wrong; it names all that is
     */
    static ServerConfig read(
            Map<String, String> environment, @Nullable String file, @Nullable String developmentSecret, PortCheck ports)
            throws InvalidConfigException {
        List<String> problems = new ArrayList<>();
        Settings settings = Settings.gather(environment, file, developmentSecret, problems);
        Reader reader = new Reader(settings, problems);
        ServerConfig config = new ServerConfig(
                developmentSecret != null,
                reader.listening(),
                reader.access(),
                reader.times(),
                reader.limits(),
                reader.nodeName(),
                reader.folder(Setting.CLIENT_DIR),
                reader.logs(),
                new Drain(
                        reader.duration(Setting.DRAIN_DELAY, Duration.ZERO),
                        reader.duration(Setting.DRAIN_TIMEOUT, Duration.ofMillis(1))));
        reader.checkRest(config);
        List<String> taken = reader.taken(config.listening(), ports);
        if (!problems.isEmpty() || !taken.isEmpty()) {
            throw new InvalidConfigException(problems, taken);
        }
        return config;
    }

    /**
     * Reads only what tokens are made of.
     *
     * @param expires how long they live, in place of {@code JWT_EXPIRATION}; null if that counts
     */
    static Access readAccess(Map<String, String> environment, @Nullable String file, @Nullable String expires)
            throws InvalidConfigException {
        List<String> problems = new ArrayList<>();
        Reader reader = new Reader(Settings.gather(environment, file, null, problems), problems);
        Access access = reader.access();
        Duration lifetime = expires == null
                ? access.jwtExpiration()
                : reader.parsed("--expires", expires, Duration.ZERO, text -> Reader.duration(text, "s"));
        if (!problems.isEmpty()) {
            throw new InvalidConfigException(problems);
        }
        return new Access(access.jwtSecret(), lifetime, access.tokenInQuery(), access.serviceKeys());
    }

    /** Reads settings, and gathers what is wrong with them. What is wrong is replaced by something, and never used. */
    private static final class Reader {

        private final Settings settings;
        private final List<String> problems;

        Reader(Settings settings, List<String> problems) {
            this.settings = settings;
            this.problems = problems;
        }

        Listening listening() {
            return new Listening(
                    settings.text(Setting.HOST),
                    number(Setting.PORT, 0, MAX_PORT),
                    required(Setting.INTERNAL_HOST),
                    number(Setting.INTERNAL_PORT, 0, MAX_PORT),
                    flag(Setting.INTERNAL_OPEN),
                    parsed(Setting.CORS_ORIGIN, List.of(), Reader::origins),
                    parsed(Setting.WS_PATH, "/", Reader::path));
        }

        Access access() {
            String secret = settings.text(Setting.JWT_SECRET);
            if (secret == null) {
                problem(
                        Setting.JWT_SECRET,
                        "is not set (expected: a random secret of at least 32 bytes, as openssl rand -base64 48 prints; or --dev)");
            } else if (!secret.isEmpty()) {
                checkSecret(secret);
            }
            return new Access(
                    secret == null ? "" : secret,
                    duration(Setting.JWT_EXPIRATION, Duration.ofSeconds(1)),
                    flag(Setting.TOKEN_IN_QUERY),
                    parsed(Setting.SERVICE_KEYS, ServiceKeys.NONE, ServiceKeys::parse));
        }

        private void checkSecret(String secret) {
            try {
                // Its rules are those that count; it has nothing to close, as it fetches no keys.
                var unused = JwtVerifier.bySecret(secret, TokenConfig.DEFAULT, Clock.systemUTC());
            } catch (IllegalArgumentException e) {
                problem(Setting.JWT_SECRET, "is " + reason(e));
            }
        }

        Times times() {
            return new Times(
                    duration(Setting.WS_PING_INTERVAL, Duration.ofMillis(1)),
                    duration(Setting.WS_PING_TIMEOUT, Duration.ofMillis(1)),
                    duration(Setting.AUTH_TIMEOUT, Duration.ofMillis(1)),
                    duration(Setting.SESSION_EXPIRY, Duration.ofSeconds(1)),
                    duration(Setting.IDLE_TIMEOUT, Duration.ofSeconds(1)),
                    duration(Setting.CLEANUP_INTERVAL, Duration.ofMillis(1)));
        }

        Limits limits() {
            return new Limits(
                    (int) bytes(Setting.MAX_PAYLOAD_BYTES, Integer.MAX_VALUE),
                    (int) bytes(Setting.MAX_UNSENT_BYTES, Integer.MAX_VALUE),
                    number(Setting.MAX_RECIPIENTS, 1, Integer.MAX_VALUE),
                    (int) bytes(Setting.MAX_MESSAGE_BYTES, Integer.MAX_VALUE),
                    (int) bytes(Setting.MAX_METADATA_BYTES, Integer.MAX_VALUE),
                    bytes(Setting.MAX_FAN_OUT_BYTES, Long.MAX_VALUE),
                    number(Setting.MAX_UNANSWERED, 1, Integer.MAX_VALUE),
                    number(Setting.MAX_PAGE_SIZE, 1, Integer.MAX_VALUE),
                    number(Setting.MAX_USER_ID_LENGTH, 1, 512));
        }

        @Nullable
        String nodeName() {
            String name = settings.text(Setting.NODE_NAME);
            if (name != null && !name.matches("[A-Za-z0-9._-]{1,128}")) {
                problem(Setting.NODE_NAME, "is " + name + " (expected: 1 to 128 of A-Z a-z 0-9 . _ -)");
            }
            return name;
        }

        Logs.Config logs() {
            String level = required(Setting.LOG_LEVEL).toLowerCase(Locale.ROOT);
            if (!LOG_LEVELS.contains(level)) {
                problem(Setting.LOG_LEVEL, "is " + level + " (expected: error, warn, info, debug or trace)");
            }
            return new Logs.Config(
                    level,
                    required(Setting.LOG_DIR),
                    bytes(Setting.LOG_FILE_SIZE, Long.MAX_VALUE),
                    bytes(Setting.LOG_TOTAL_SIZE, Long.MAX_VALUE));
        }

        /** What concerns more than one setting. */
        void checkRest(ServerConfig config) {
            Listening listening = config.listening();
            if (listening.port() == listening.internalPort() && listening.port() != 0) {
                problem(Setting.INTERNAL_PORT, "is " + listening.port() + ", as PORT (expected: another)");
            }
            if (listening.host() != null) {
                address(Setting.HOST, listening.host());
            }
            InetAddress internal = address(Setting.INTERNAL_HOST, listening.internalHost());
            if (internal != null
                    && !internal.isLoopbackAddress()
                    && !listening.openInternal()
                    && !settings.isSet(Setting.SERVICE_KEYS)) {
                problem(
                        Setting.INTERNAL_HOST,
                        "is " + listening.internalHost()
                                + " without SERVICE_KEYS: whoever reaches it could send to every user (expected: a loopback"
                                + " address, or SERVICE_KEYS, or INTERNAL_OPEN=true)");
            }
        }

        private @Nullable InetAddress address(Setting setting, String host) {
            try {
                return InetAddress.getByName(host);
            } catch (UnknownHostException e) {
                problem(setting, "is " + host + " (expected: an address or name of this machine)");
                return null;
            }
        }

        /** The ports that somebody else has: no mistake of a setting, perhaps, but a start that must fail. */
        List<String> taken(Listening listening, PortCheck ports) {
            List<String> taken = new ArrayList<>();
            String host = listening.host();
            tryPort(
                    taken,
                    Setting.PORT,
                    host == null
                            ? new InetSocketAddress(listening.port())
                            : new InetSocketAddress(host, listening.port()),
                    ports);
            tryPort(
                    taken,
                    Setting.INTERNAL_PORT,
                    new InetSocketAddress(listening.internalHost(), listening.internalPort()),
                    ports);
            return taken;
        }

        private static void tryPort(List<String> taken, Setting setting, InetSocketAddress address, PortCheck ports) {
            String reason = address.isUnresolved() || address.getPort() == 0 ? null : ports.whyNot(address);
            if (reason != null) {
                taken.add(setting + " is " + address.getPort() + ", where this process cannot listen: " + reason);
            }
        }

        private void problem(Setting setting, String what) {
            problems.add(setting + " " + what);
        }

        /** The reason in a message {@code name: reason} of the gateway. */
        private static String reason(IllegalArgumentException e) {
            return String.valueOf(e.getMessage()).replaceFirst("^\\w+: ", "");
        }

        private String required(Setting setting) {
            return String.valueOf(settings.text(setting));
        }

        private <T> T parsed(Setting setting, T instead, Function<String, ? extends T> parser) {
            String text = settings.text(setting);
            return text == null ? instead : parsed(setting.name(), text, instead, parser);
        }

        <T> T parsed(String name, String text, T instead, Function<String, ? extends T> parser) {
            try {
                return parser.apply(text);
            } catch (IllegalArgumentException e) {
                problems.add(name + " is " + reason(e));
                return instead;
            }
        }

        private int number(Setting setting, int least, int most) {
            return parsed(setting, least, text -> {
                String range = least + " to " + (most == Integer.MAX_VALUE ? "2147483647" : most);
                if (!text.matches("\\d{1,10}") || Long.parseLong(text) < least || Long.parseLong(text) > most) {
                    throw new IllegalArgumentException(text + " (expected: a number, " + range + ")");
                }
                return Integer.parseInt(text);
            });
        }

        private long bytes(Setting setting, long most) {
            return parsed(setting, 1L, text -> {
                Matcher matcher = SIZE.matcher(text);
                long bytes = matcher.matches() ? Long.parseLong(matcher.group(1)) * unit(matcher.group(2)) : 0;
                if (bytes < 1 || bytes > most) {
                    throw new IllegalArgumentException(
                            text + " (expected: a number of bytes from 1, perhaps with KB, MB or GB behind it"
                                    + (most == Integer.MAX_VALUE ? ", below 2 GB)" : ")"));
                }
                return bytes;
            });
        }

        private static long unit(@Nullable String unit) {
            return switch (unit == null ? "" : unit.toUpperCase(Locale.ROOT)) {
                case "KB" -> 1L << 10;
                case "MB" -> 1L << 20;
                case "GB" -> 1L << 30;
                default -> 1L;
            };
        }

        private boolean flag(Setting setting) {
            return parsed(setting, false, text -> {
                if (!text.equals("true") && !text.equals("false")) {
                    throw new IllegalArgumentException(text + " (expected: true or false)");
                }
                return text.equals("true");
            });
        }

        private static List<String> origins(String text) {
            List<String> origins =
                    Arrays.stream(text.split(",", -1)).map(String::strip).toList();
            if (origins.equals(List.of("*"))) {
                return origins;
            }
            for (String origin : origins) {
                if (!ORIGIN.matcher(origin).matches()) {
                    throw new IllegalArgumentException(
                            (origin.isEmpty() ? "a list with nothing between commas" : origin)
                                    + " (expected: * alone, or such as https://a.example, with scheme and without path)");
                }
            }
            return origins;
        }

        private static String path(String text) {
            if (!text.matches("/[A-Za-z0-9._~/-]*[A-Za-z0-9._~-]/?")) {
                throw new IllegalArgumentException(text + " (expected: such as /socket.io)");
            }
            return text;
        }

        private @Nullable Path folder(Setting setting) {
            String text = settings.text(setting);
            Path folder = text == null ? null : Path.of(text);
            if (folder != null && !Files.isDirectory(folder)) {
                problem(setting, "is " + text + " (expected: a folder)");
            }
            return folder;
        }

        private Duration duration(Setting setting, Duration least) {
            return parsed(setting, Duration.ofDays(1), text -> {
                Duration duration = duration(text, setting.kind() == Setting.Kind.MILLISECONDS ? "ms" : "s");
                if (duration.compareTo(least) < 0 || duration.compareTo(LONGEST) > 0) {
                    throw new IllegalArgumentException(text + " (expected: at least "
                            + (least.toMillis() >= 1000 ? least.toSeconds() + "s" : least.toMillis() + "ms")
                            + ", at most " + LONGEST.toDays() + "d)");
                }
                return duration;
            });
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
