package io.scarfall.server;

import io.scarfall.engineio.ConnectionLimits;
import io.scarfall.engineio.HttpLimits;
import io.scarfall.engineio.TlsFiles;
import io.scarfall.engineio.TrustedProxies;
import io.scarfall.gateway.ControlConfig;
import io.scarfall.gateway.ControlConfig.WhenFull;
import io.scarfall.gateway.DeliveryConfig;
import io.scarfall.gateway.FriendsConfig;
import io.scarfall.gateway.JwksConfig;
import io.scarfall.gateway.JwtAlgorithm;
import io.scarfall.gateway.LimitConfig;
import io.scarfall.gateway.MemoryLimits;
import io.scarfall.gateway.RateLimits;
import io.scarfall.gateway.Scarfall;
import io.scarfall.gateway.ServiceKeys;
import io.scarfall.gateway.SessionConfig;
import io.scarfall.gateway.TokenConfig;
import io.scarfall.gateway.internal.auth.JwtVerifier;
import io.scarfall.presence.redis.RedisPresenceCluster;
import io.scarfall.socketio.packet.JsonLimits;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the settings say, checked: the only place that makes values of their texts. See {@link Setting} for what each means.
 *
 * @param development whether the server shows itself to somebody who tries it: with example pages and demo tokens, on
 *     loopback
 * @param redis null to keep all state in this process
 * @param warnings what is allowed, and most likely not meant
 */
record ServerConfig(
        boolean development,
        Listening listening,
        Network network,
        Access access,
        @Nullable Redis redis,
        Times times,
        Traffic traffic,
        Limits limits,
        @Nullable String nodeName,
        @Nullable Path clientDir,
        Logs.Config logs,
        Drain drain,
        List<String> warnings) {

    private static final int MAX_PORT = 65_535;
    private static final Pattern DURATION = Pattern.compile("(\\d{1,9})\\s*(ms|s|m|h|d)?");
    private static final Pattern SIZE = Pattern.compile("(\\d{1,10})\\s*(KB|MB|GB)?", Pattern.CASE_INSENSITIVE);
    private static final Pattern ORIGIN = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*://[A-Za-z0-9.*_-]+(:(\\d{1,5}|\\*))?"
            + "|[A-Za-z][A-Za-z0-9+.-]*://\\[[0-9A-Fa-f:.]+](:(\\d{1,5}|\\*))?|null|file://");
    private static final Pattern RATE = Pattern.compile("(0*[1-9]\\d{0,8})\\s*/\\s*(0*[1-9]\\d{0,8})");
    private static final String OFF = "off";

    /** The settings that say by what tokens are verified. */
    private static final List<Setting> KEYS = List.of(Setting.JWT_SECRET, Setting.JWT_PUBLIC_KEY, Setting.JWT_JWKS_URL);

    /** Of a small payload, metadata has at most this part by default. */
    private static final int METADATA_SHARE = 15;

    /** A byte each for message and metadata. */
    private static final int LEAST_ROOM = 2;

    /** The settings that say where the state is that nodes share. */
    private static final List<Setting> STORES = List.of(Setting.REDIS_URL, Setting.REDIS_HOST, Setting.REDIS_CLUSTER);

    private static final Pattern HOST_AND_PORT = Pattern.compile("[^\\s:/]+:\\d{1,5}");

    private static final Set<String> LOG_LEVELS = Set.of("error", "warn", "info", "debug", "trace");
    private static final Duration LONGEST = Duration.ofDays(3650);

    /** @param host null for all addresses */
    record Listening(
            @Nullable String host,
            int port,
            String internalHost,
            int internalPort,
            boolean openInternal,
            boolean internalNullOrigin,
            List<String> corsOrigins,
            String path) {}

    record Network(
            List<String> trustedProxies,
            boolean proxyProtocol,
            @Nullable TlsFiles tls,
            boolean internalTls) {}

    /** By what users' tokens are verified. */
    sealed interface Keys permits Secret, PublicKey, KeySet {}

    /** The secret of HS256. */
    record Secret(String text) implements Keys {

        /** Tells no secret. */
        @Override
        public String toString() {
            return "Secret";
        }
    }

    record PublicKey(JwtAlgorithm algorithm, String pem) implements Keys {}

    record KeySet(JwksConfig jwks) implements Keys {}

    /** @param jwtExpiration of tokens that this server makes */
    record Access(
            Keys keys, TokenConfig tokens, Duration jwtExpiration, boolean tokenInQuery, ServiceKeys serviceKeys) {}

    /**
     * What nodes share.
     *
     * @param address of one Redis or of Sentinels; null for a cluster
     * @param cluster some nodes of a cluster; empty for an address
     * @param tls whether a cluster is spoken to by TLS; an address says that itself
     * @param ca who vouches for its certificates; null for whom the JVM trusts
     * @param maxFriendsBytes how much is read of a list of friends that other systems write
     */
    record Redis(
            @Nullable String address,
            List<String> cluster,
            @Nullable String username,
            @Nullable String password,
            @Nullable String sentinelUsername,
            @Nullable String sentinelPassword,
            boolean tls,
            @Nullable Path ca,
            Duration timeout,
            int maxFriendsBytes) {

        /** Tells no secret. */
        @Override
        public String toString() {
            return "Redis";
        }
    }

    record Times(
            Duration pingInterval,
            Duration pingTimeout,
            Duration authTimeout,
            Duration offlineGrace,
            Duration noticeWindow,
            Duration sessionExpiry,
            Duration idleTimeout,
            Duration cleanupInterval,
            FriendsConfig friends) {}

    /** What connections and packets may be like. */
    record Traffic(
            ConnectionLimits connections,
            HttpLimits http,
            JsonLimits json,
            MemoryLimits memory,
            int maxPayloadBytes,
            int maxUnsentBytes,
            Duration slowTimeout) {}

    record Limits(LimitConfig users, DeliveryConfig messages, int maxPageSize, ControlConfig control) {}

    /** How the server takes leave: see {@link io.scarfall.gateway.Scarfall#drain}. */
    record Drain(Duration delay, Duration timeout, Duration grace) {}

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
        Logs.Config logs = reader.logs();
        // First of all: what checks certificates and addresses asks for loggers.
        Logs.configure(logs);
        ServerConfig config = new ServerConfig(
                developmentSecret != null,
                reader.listening(),
                reader.network(),
                reader.access(),
                reader.redis(),
                reader.times(),
                reader.traffic(),
                reader.limits(),
                reader.nodeName(),
                reader.folder(Setting.CLIENT_DIR),
                logs,
                new Drain(
                        reader.duration(Setting.DRAIN_DELAY, Duration.ZERO),
                        reader.duration(Setting.DRAIN_TIMEOUT, Duration.ofMillis(1)),
                        reader.duration(Setting.DRAIN_GRACE, Duration.ZERO, Scarfall.MAX_DRAIN_GRACE)),
                reader.warnings);
        reader.checkRest(config);
        List<String> taken = reader.taken(config.listening(), ports);
        if (!problems.isEmpty()) { // a name that is ignored may be why another one is missing
            throw new InvalidConfigException(
                    problems,
                    Stream.concat(settings.warnings().stream(), taken.stream()).toList());
        }
        if (!taken.isEmpty()) {
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
        if (expires != null && lifetime.compareTo(Duration.ofSeconds(1)) < 0 && problems.isEmpty()) {
            problems.add("--expires is " + expires + " (expected: 1 s or more)");
        }
        if (!(access.keys() instanceof Secret)) {
            problems.add(Setting.JWT_SECRET + " is not set (expected: the secret that tokens are signed by)");
        }
        if (!problems.isEmpty()) {
            throw new InvalidConfigException(problems);
        }
        return new Access(access.keys(), access.tokens(), lifetime, access.tokenInQuery(), access.serviceKeys());
    }

    /** Reads settings, and gathers what is wrong with them. What is wrong is replaced by something, and never used. */
    private static final class Reader {

        private final Settings settings;
        private final List<String> problems;
        private final List<String> warnings;

        Reader(Settings settings, List<String> problems) {
            this.settings = settings;
            this.problems = problems;
            warnings = new ArrayList<>(settings.warnings());
        }

        Listening listening() {
            return new Listening(
                    settings.text(Setting.HOST),
                    number(Setting.PORT, 0, MAX_PORT),
                    required(Setting.INTERNAL_HOST),
                    number(Setting.INTERNAL_PORT, 0, MAX_PORT),
                    flag(Setting.INTERNAL_OPEN),
                    flag(Setting.INTERNAL_NULL_ORIGIN),
                    parsed(Setting.CORS_ORIGIN, List.of(), Reader::origins),
                    parsed(Setting.WS_PATH, "/", Reader::path));
        }

        Network network() {
            List<String> proxies = parsed(Setting.TRUSTED_PROXIES, List.of(), text -> {
                List<String> blocks = list(text);
                var unused = TrustedProxies.of(blocks);
                return blocks;
            });
            boolean proxyProtocol = flag(Setting.PROXY_PROTOCOL);
            if (proxyProtocol && !settings.isSet(Setting.TRUSTED_PROXIES)) {
                problem(Setting.PROXY_PROTOCOL, "is true without TRUSTED_PROXIES (expected: those that speak it)");
            }
            TlsFiles tls = tls();
            boolean internalTls = flag(Setting.INTERNAL_TLS);
            if (internalTls && !settings.isSet(Setting.TLS_CERT)) {
                problem(Setting.INTERNAL_TLS, "is true without TLS_CERT and TLS_KEY (expected: a certificate)");
            }
            return new Network(proxies, proxyProtocol, tls, internalTls);
        }

        private @Nullable TlsFiles tls() {
            String certificate = settings.text(Setting.TLS_CERT);
            String key = settings.text(Setting.TLS_KEY);
            if (certificate == null || key == null) {
                for (Setting setting : List.of(Setting.TLS_CERT, Setting.TLS_KEY, Setting.TLS_KEY_PASSWORD)) {
                    if (settings.isSet(setting)) {
                        problem(setting, "is set alone (expected: TLS_CERT and TLS_KEY, or none)");
                    }
                }
                return null;
            }
            try {
                TlsFiles files =
                        new TlsFiles(Path.of(certificate), Path.of(key), settings.text(Setting.TLS_KEY_PASSWORD));
                files.check();
                return files;
            } catch (IllegalArgumentException e) { // also: no path at all
                boolean isKey = String.valueOf(e.getMessage()).startsWith("tlsKey");
                problem(isKey ? Setting.TLS_KEY : Setting.TLS_CERT, "is " + reason(e));
                return null;
            }
        }

        Access access() {
            TokenConfig tokens = new TokenConfig(
                    parsed(Setting.JWT_ISSUER, List.of(), Reader::list),
                    parsed(Setting.JWT_AUDIENCE, List.of(), Reader::list),
                    skew(),
                    duration(Setting.TOKEN_WARNING, Duration.ZERO));
            return new Access(
                    keys(),
                    tokens,
                    duration(Setting.JWT_EXPIRATION, Duration.ofSeconds(1)),
                    flag(Setting.TOKEN_IN_QUERY),
                    parsed(Setting.SERVICE_KEYS, ServiceKeys.NONE, ServiceKeys::parse));
        }

        @Nullable
        Redis redis() {
            List<Setting> given = STORES.stream().filter(settings::isSet).toList();
            if (given.size() > 1) {
                problems.add(given.stream().map(Setting::name).collect(Collectors.joining(" and "))
                        + " are set together (expected: one of them)");
            }
            if (given.isEmpty()) {
                if (settings.isSet(Setting.REDIS_PASSWORD)) {
                    problem(Setting.REDIS_PASSWORD, "is set without REDIS_HOST, REDIS_URL or REDIS_CLUSTER");
                }
                return null; // and REDIS_PORT may be what Kubernetes says of a service of that name
            }
            boolean tls = flag(Setting.REDIS_TLS);
            Duration timeout = duration(Setting.REDIS_TIMEOUT, Duration.ofMillis(1));
            int maxFriendsBytes = (int) bytes(Setting.FRIENDS_MAX_BYTES, 64 << 20);
            if (maxFriendsBytes < 1_024) {
                problem(Setting.FRIENDS_MAX_BYTES, maxFriendsBytes + " (expected: 1KB to 64MB)");
            }
            Setting source = given.get(0);
            List<String> cluster = source == Setting.REDIS_CLUSTER
                    ? parsed(Setting.REDIS_CLUSTER, List.of(), Reader::hostsAndPorts)
                    : List.of();
            String address = switch (source) {
                case REDIS_HOST -> redisAddress(tls);
                case REDIS_URL -> parsed(Setting.REDIS_URL, "", Reader::redisUrl);
                default -> null;
            };
            return new Redis(
                    address,
                    cluster,
                    given(Setting.REDIS_USERNAME),
                    settings.text(Setting.REDIS_PASSWORD),
                    given(Setting.REDIS_SENTINEL_USERNAME),
                    settings.text(Setting.REDIS_SENTINEL_PASSWORD),
                    tls,
                    redisCa(address == null ? tls : address.startsWith("rediss")),
                    timeout,
                    maxFriendsBytes);
        }

        private @Nullable String given(Setting setting) {
            return settings.isSet(setting) ? settings.text(setting) : null;
        }

        private @Nullable Path redisCa(boolean tls) {
            String file = given(Setting.REDIS_TLS_CA);
            if (file == null) {
                return null;
            }
            if (!tls) {
                problem(Setting.REDIS_TLS_CA, "is set, and Redis is not spoken to by TLS");
            }
            try {
                Path ca = Path.of(file);
                var unused = RedisPresenceCluster.builder().tlsCa(ca); // its rules are those that count
                return ca;
            } catch (IllegalArgumentException e) { // also: no path at all
                problem(Setting.REDIS_TLS_CA, "is of no use: " + e.getMessage());
                return null;
            }
        }

        private String redisAddress(boolean tls) {
            String host = required(Setting.REDIS_HOST);
            if (host.contains("/")) {
                problem(Setting.REDIS_HOST, "is " + host + " (expected: a host; an address goes into REDIS_URL)");
            }
            int port = number(Setting.REDIS_PORT, 1, MAX_PORT);
            int database = number(Setting.REDIS_DB, 0, 1_000_000);
            return (tls ? "rediss://" : "redis://") + (host.contains(":") ? "[" + host + "]" : host) + ":" + port + "/"
                    + database;
        }

        private static String redisUrl(String text) {
            var unused = RedisPresenceCluster.builder().address(text); // its rules are those that count
            return text;
        }

        private static List<String> hostsAndPorts(String text) {
            List<String> nodes = list(text);
            for (String node : nodes) {
                if (!HOST_AND_PORT.matcher(node).matches()) {
                    throw new IllegalArgumentException(node + " (expected: host:port)");
                }
            }
            return nodes;
        }

        private Duration skew() {
            return parsed(Setting.JWT_CLOCK_SKEW, Duration.ZERO, text -> {
                Duration skew = duration(text, "s");
                if (skew.compareTo(TokenConfig.MAX_SKEW) > 0 || skew.toMillisPart() != 0) {
                    throw new IllegalArgumentException(
                            text + " (expected: 0 to " + TokenConfig.MAX_SKEW.toSeconds() + "s, in whole seconds)");
                }
                return skew;
            });
        }

        /** Exactly one source of keys: of two, each would let in whom the other does not know. */
        private Keys keys() {
            List<Setting> given = KEYS.stream().filter(settings::isSet).toList();
            if (given.isEmpty()) {
                problem(
                        Setting.JWT_SECRET,
                        "is not set (expected: a random secret of at least 32 bytes, as openssl rand -base64 48 prints; or"
                                + " JWT_PUBLIC_KEY, JWT_JWKS_URL or --dev)");
                return new Secret("");
            }
            if (given.size() > 1) {
                problems.add(given.stream()
                                .map(setting -> setting + " (" + settings.origin(setting) + ")")
                                .collect(Collectors.joining(" and "))
                        + " are set together (expected: one of them, to verify tokens by)");
            }
            Setting source = given.get(0);
            if (source == Setting.JWT_SECRET && settings.isSet(Setting.JWT_ALGORITHM)) {
                problem(Setting.JWT_ALGORITHM, "is set beside JWT_SECRET, whose tokens are signed by HS256");
            }
            if (source != Setting.JWT_JWKS_URL && settings.isSet(Setting.JWT_JWKS_KEEP)) {
                problem(Setting.JWT_JWKS_KEEP, "is set without JWT_JWKS_URL");
            }
            Duration keep = duration(Setting.JWT_JWKS_KEEP, Duration.ZERO, JwksConfig.MAX_KEEP);
            Keys keys = parsed(source, new Secret(""), text -> switch (source) {
                case JWT_PUBLIC_KEY -> publicKey(text);
                case JWT_JWKS_URL ->
                    new KeySet(JwksConfig.of(URI.create(text), algorithms()).withKeep(keep));
                default -> secret(text);
            });
            return keys;
        }

        private static Secret secret(String text) {
            if (!text.isEmpty()) { // else its file was unreadable or empty, which has been said
                // Its rules are those that count; it has nothing to close, as it fetches no keys.
                var unused = JwtVerifier.bySecret(text, TokenConfig.DEFAULT, Clock.systemUTC());
            }
            return new Secret(text);
        }

        private Keys publicKey(String text) {
            JwtAlgorithm[] algorithms = algorithms();
            if (algorithms.length != 1) {
                problem(Setting.JWT_ALGORITHM, "is a list (expected: the one algorithm of JWT_PUBLIC_KEY)");
            }
            String pem = text;
            if (!text.isEmpty() && !Settings.isPem(text)) {
                pem = Settings.readFile("the file of " + Setting.JWT_PUBLIC_KEY, text, problems);
            }
            if (pem == null || pem.isEmpty() || algorithms.length == 0) {
                return new Secret(""); // what is wrong has been said
            }
            var unused = JwtVerifier.byPublicKey(algorithms[0], pem, TokenConfig.DEFAULT, Clock.systemUTC());
            return new PublicKey(algorithms[0], pem);
        }

        private JwtAlgorithm[] algorithms() {
            EnumSet<JwtAlgorithm> algorithms = EnumSet.noneOf(JwtAlgorithm.class);
            for (String name : parsed(Setting.JWT_ALGORITHM, List.<String>of(), Reader::list)) {
                try {
                    algorithms.add(JwtAlgorithm.valueOf(name.toUpperCase(Locale.ROOT)));
                } catch (IllegalArgumentException e) {
                    problem(Setting.JWT_ALGORITHM, "is " + name + " (expected: RS256, ES256 or EDDSA)");
                }
            }
            return algorithms.toArray(JwtAlgorithm[]::new);
        }

        Times times() {
            return new Times(
                    duration(Setting.WS_PING_INTERVAL, Duration.ofMillis(1)),
                    duration(Setting.WS_PING_TIMEOUT, Duration.ofMillis(1)),
                    duration(Setting.AUTH_TIMEOUT, Duration.ofMillis(1)),
                    duration(Setting.OFFLINE_GRACE, Duration.ZERO, SessionConfig.MAX_GRACE),
                    duration(Setting.NOTICE_WINDOW, Duration.ZERO, SessionConfig.MAX_WINDOW),
                    duration(Setting.SESSION_EXPIRY, Duration.ofSeconds(1)),
                    duration(Setting.IDLE_TIMEOUT, Duration.ofSeconds(1)),
                    duration(Setting.CLEANUP_INTERVAL, Duration.ofMillis(1)),
                    friends());
        }

        private FriendsConfig friends() {
            int rate = number(Setting.FRIENDS_REFRESH_RATE, 1, 100_000);
            return parsed(Setting.FRIENDS_REFRESH_INTERVAL, FriendsConfig.DEFAULT, text -> {
                Duration interval = duration(text, "s");
                try {
                    return new FriendsConfig(interval, rate);
                } catch (IllegalArgumentException e) {
                    throw new IllegalArgumentException(text + " (expected: 0, or 1 to 86400 seconds)");
                }
            });
        }

        Traffic traffic() {
            Duration request = duration(Setting.REQUEST_TIMEOUT, Duration.ofMillis(1));
            return new Traffic(
                    connections(),
                    new HttpLimits(
                            (int) bytes(Setting.MAX_REQUEST_LINE_BYTES, Integer.MAX_VALUE),
                            (int) bytes(Setting.MAX_HEADER_BYTES, Integer.MAX_VALUE),
                            number(Setting.MAX_HEADERS, 1, Integer.MAX_VALUE),
                            request,
                            duration(Setting.REQUEST_BODY_TIMEOUT, Duration.ofMillis(1)),
                            duration(Setting.KEEP_ALIVE_TIMEOUT, Duration.ofMillis(1)),
                            request),
                    new JsonLimits(
                            number(Setting.MAX_JSON_DEPTH, 1, 1_000),
                            number(Setting.MAX_NUMBER_LENGTH, 1, 10_000),
                            number(Setting.MAX_ARGUMENTS, 1, Integer.MAX_VALUE),
                            number(Setting.MAX_KEYS, 1, Integer.MAX_VALUE)),
                    memory(),
                    (int) bytes(Setting.MAX_PAYLOAD_BYTES, Integer.MAX_VALUE),
                    (int) bytes(Setting.MAX_UNSENT_BYTES, Integer.MAX_VALUE),
                    duration(Setting.SLOW_TIMEOUT, Duration.ofMillis(1)));
        }

        private MemoryLimits memory() {
            MemoryLimits limits = settings.isSet(Setting.MAX_HELD_BYTES)
                    ? MemoryLimits.of(bytes(Setting.MAX_HELD_BYTES, Long.MAX_VALUE))
                    : MemoryLimits.DEFAULT;
            if (settings.isSet(Setting.MAX_HELD_BYTES_PER_ADDRESS)) {
                limits = limits.withMaxHeldBytesPerAddress(
                        bytes(Setting.MAX_HELD_BYTES_PER_ADDRESS, limits.maxHeldBytes()));
            }
            return limits.withMaxUnauthenticatedBytes(
                    (int) bytes(Setting.MAX_UNAUTHENTICATED_BYTES, Integer.MAX_VALUE));
        }

        private ConnectionLimits connections() {
            ConnectionLimits limits = ConnectionLimits.DEFAULT
                    .withMaxConnections(number(Setting.MAX_CONNECTIONS, 1, Integer.MAX_VALUE))
                    .withMaxPerAddress(number(Setting.MAX_CONNECTIONS_PER_ADDRESS, 1, Integer.MAX_VALUE))
                    .withMaxWaiting(number(Setting.MAX_WAITING_CONNECTIONS, 1, Integer.MAX_VALUE))
                    .withEnforce(flag(Setting.LIMITS_ENFORCED));
            // Who wants no rates wants none of these either.
            boolean isOff = OFF.equals(settings.text(Setting.CONNECT_RATE))
                    || (OFF.equals(settings.text(Setting.RATE_LIMIT)) && !settings.isSet(Setting.CONNECT_RATE));
            if (isOff) {
                return limits.withConnectsPerAddress(Integer.MAX_VALUE, Integer.MAX_VALUE);
            }
            return parsed(Setting.CONNECT_RATE, limits, text -> {
                Matcher matcher = RATE.matcher(text);
                if (!matcher.matches()) {
                    throw new IllegalArgumentException(
                            text + " (expected: off, or a rate per second and a burst, such as 100/400)");
                }
                return limits.withConnectsPerAddress(
                        Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
            });
        }

        Limits limits() {
            Duration apply = duration(Setting.APPLY_TIMEOUT, Duration.ofMillis(1), DeliveryConfig.LONGEST_ANSWER);
            Duration answer = duration(Setting.ANSWER_TIMEOUT, Duration.ofMillis(1), DeliveryConfig.LONGEST_ANSWER);
            if (answer.compareTo(apply) < 0) {
                problem(
                        Setting.ANSWER_TIMEOUT,
                        "is " + settings.text(Setting.ANSWER_TIMEOUT) + " (expected: at least the APPLY_TIMEOUT, "
                                + settings.text(Setting.APPLY_TIMEOUT) + ")");
                answer = apply;
            }
            MessageBounds bounds = messageBounds();
            return new Limits(
                    new LimitConfig(
                            rates(),
                            number(Setting.MAX_SESSIONS_PER_USER, 1, Integer.MAX_VALUE),
                            number(Setting.MAX_FAILED_AUTHENTICATIONS, 1, Integer.MAX_VALUE)),
                    new DeliveryConfig(
                            number(Setting.MAX_RECIPIENTS, 1, Integer.MAX_VALUE),
                            number(Setting.MAX_USER_ID_LENGTH, 1, DeliveryConfig.LONGEST_USER_ID),
                            bounds.message,
                            bounds.metadata,
                            bytes(Setting.MAX_FAN_OUT_BYTES, Long.MAX_VALUE),
                            number(Setting.MAX_UNANSWERED, 1, Integer.MAX_VALUE),
                            apply,
                            answer),
                    number(Setting.MAX_PAGE_SIZE, 1, Integer.MAX_VALUE),
                    new ControlConfig(
                            duration(Setting.REVOCATION_EXPIRY, Duration.ofSeconds(1), LONGEST),
                            number(Setting.MAX_REVOCATIONS, 1, Integer.MAX_VALUE),
                            number(Setting.MAX_USER_SESSIONS, 0, Integer.MAX_VALUE),
                            parsed(Setting.USER_SESSIONS_FULL, WhenFull.REFUSE_NEW, Reader::whenFull)));
        }

        private record MessageBounds(int message, int metadata) {}

        /**
         * Message and metadata fit into a payload, with the event around them: beyond its bound a client is not answered, but disconnected. What is not
         * set follows what is.
         */
        private MessageBounds messageBounds() {
            int room = (int) bytes(Setting.MAX_PAYLOAD_BYTES, Integer.MAX_VALUE) - DeliveryConfig.ENVELOPE_BYTES;
            boolean messageIsSet = settings.isSet(Setting.MAX_MESSAGE_BYTES);
            boolean metadataIsSet = settings.isSet(Setting.MAX_METADATA_BYTES);
            int metadata = (int) bytes(Setting.MAX_METADATA_BYTES, Integer.MAX_VALUE);
            if (!metadataIsSet) {
                metadata = Math.max(1, Math.min(metadata, room / METADATA_SHARE));
            }
            int message = (int) bytes(Setting.MAX_MESSAGE_BYTES, Integer.MAX_VALUE);
            if (!messageIsSet) {
                message = Math.max(1, Math.min(message, room - metadata));
            }
            if (room < LEAST_ROOM) {
                problem(
                        Setting.MAX_PAYLOAD_BYTES,
                        "is " + required(Setting.MAX_PAYLOAD_BYTES) + " (expected: at least "
                                + (DeliveryConfig.ENVELOPE_BYTES + LEAST_ROOM)
                                + " for a message, its metadata and the event around them)");
            } else if ((messageIsSet || metadataIsSet) && (long) message + metadata > room) {
                problem(
                        messageIsSet ? Setting.MAX_MESSAGE_BYTES : Setting.MAX_METADATA_BYTES,
                        "is " + (messageIsSet ? message : metadata) + " (expected: with "
                                + (messageIsSet ? "MAX_METADATA_BYTES, " + metadata : "MAX_MESSAGE_BYTES, " + message)
                                + ", and " + DeliveryConfig.ENVELOPE_BYTES
                                + " for the event around them at most MAX_PAYLOAD_BYTES, "
                                + (room + DeliveryConfig.ENVELOPE_BYTES) + ")");
            }
            return new MessageBounds(message, metadata);
        }

        private static WhenFull whenFull(String text) {
            return switch (text) {
                case "refuse" -> WhenFull.REFUSE_NEW;
                case "end-oldest" -> WhenFull.END_OLDEST;
                default -> throw new IllegalArgumentException(text + " (expected: refuse or end-oldest)");
            };
        }

        private RateLimits rates() {
            RateLimits rates = RateLimits.DEFAULT;
            try {
                rates = RateLimits.parse(required(Setting.RATE_LIMIT));
            } catch (IllegalArgumentException e) { // it names the part that is wrong
                problem(Setting.RATE_LIMIT, "has " + e.getMessage());
            }
            boolean onlyCounts = rates.mode() == RateLimits.Mode.ENFORCE && !flag(Setting.LIMITS_ENFORCED);
            return onlyCounts ? rates.with(RateLimits.Mode.COUNT) : rates;
        }

        @Nullable
        String nodeName() {
            String name = settings.text(Setting.SCARFALL_NODE_NAME);
            if (name != null && !name.matches("[A-Za-z0-9._-]{1,128}")) {
                problem(Setting.SCARFALL_NODE_NAME, "is " + name + " (expected: 1 to 128 of A-Z a-z 0-9 . _ -)");
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
                    bytes(Setting.LOG_TOTAL_SIZE, Long.MAX_VALUE),
                    duration(Setting.LOG_REPEAT_INTERVAL, Duration.ZERO, RepeatedLog.MAX_INTERVAL),
                    number(Setting.LOG_LIBRARY_TEXTS, 1, RepeatedLog.MOST_TEXTS));
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
            if (internal != null
                    && !internal.isLoopbackAddress()
                    && !config.network().internalTls()) {
                warnings.add("INTERNAL_HOST is " + listening.internalHost()
                        + " without INTERNAL_TLS: keys and messages of services travel in plain text");
            }
            Traffic traffic = config.traffic();
            if (traffic.memory().maxHeldBytesPerAddress() < traffic.maxPayloadBytes()) {
                warnings.add("MAX_HELD_BYTES_PER_ADDRESS is " + traffic.memory().maxHeldBytesPerAddress()
                        + ", less than MAX_PAYLOAD_BYTES, " + traffic.maxPayloadBytes()
                        + ": a client that sends so much is disconnected before it is read");
            }
            if (listening.internalNullOrigin() && config.access().serviceKeys().isEmpty()) {
                warnings.add(
                        "INTERNAL_NULL_ORIGIN is true without SERVICE_KEYS: every web page that is looked at on this machine"
                                + " can act as a service");
            }
            if (!config.development() && listening.corsOrigins().contains("*")) {
                warnings.add("CORS_ORIGIN is *: every web page may connect");
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
            String problem = setting + " " + what;
            if (!problems.contains(problem)) { // some settings are read more than once
                problems.add(problem);
            }
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
                String problem = name + " is " + reason(e);
                if (!problems.contains(problem)) { // where it is read for two
                    problems.add(problem);
                }
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
                                    + bound(most));
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

        private boolean flag(Setting setting) {
            return parsed(setting, false, text -> {
                if (!text.equals("true") && !text.equals("false")) {
                    throw new IllegalArgumentException(text + " (expected: true or false)");
                }
                return text.equals("true");
            });
        }

        private static List<String> list(String text) {
            List<String> values =
                    Arrays.stream(text.split(",", -1)).map(String::strip).toList();
            if (values.contains("")) {
                throw new IllegalArgumentException("a list with nothing between commas (expected: values)");
            }
            return values;
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

        private Duration duration(Setting setting, Duration least) {
            return duration(setting, least, LONGEST);
        }

        private Duration duration(Setting setting, Duration least, Duration most) {
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
