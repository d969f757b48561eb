package io.scarfall.server;

import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Every setting of the server: its name in the environment and in the file, its default and its meaning. The help, the report of
 * {@code --print-config}, the reader and the test of the documentation use this table. A new numeric setting needs a line here, a
 * component of a configuration record, and the line in {@link GatewaySettings} that joins them.
 */
enum Setting {
    HOST(Group.LISTENING, Kind.TEXT, "(all addresses)", "address of the user gateway"),
    PORT(Group.LISTENING, Kind.NUMBER, "3000", "port of the user gateway; 0 for any free one"),
    INTERNAL_HOST(Group.LISTENING, Kind.TEXT, "127.0.0.1", "address of the internal gateway"),
    INTERNAL_PORT(Group.LISTENING, Kind.NUMBER, "4000", "port of the internal gateway; 0 for any free one"),
    INTERNAL_OPEN(
            Group.LISTENING,
            Kind.SWITCH,
            "false",
            "allow the internal gateway to listen beyond loopback without SERVICE_KEYS"),
    INTERNAL_NULL_ORIGIN(
            Group.LISTENING,
            Kind.SWITCH,
            "false",
            "allow pages without an origin (files, sandboxed frames: Origin: null) to use the internal gateway"),
    CORS_ORIGIN(
            Group.LISTENING,
            Kind.LIST,
            "*",
            "origins whose pages may connect: *, or a list such as https://a.example,https://*.b.example"),
    WS_PATH(Group.LISTENING, Kind.TEXT, "/socket.io", "path of the protocol"),

    TLS_CERT(
            Group.NETWORK,
            Kind.TEXT,
            "(none)",
            "PEM file with the server's certificate and its chain; users then connect by https and wss"),
    TLS_KEY(Group.NETWORK, Kind.TEXT, "(none)", "PEM file with the private key of TLS_CERT, as PKCS#8"),
    TLS_KEY_PASSWORD(Group.NETWORK, Kind.SECRET, "(none)", "password of the private key"),
    INTERNAL_TLS(Group.NETWORK, Kind.SWITCH, "false", "use TLS on the internal gateway too"),
    TRUSTED_PROXIES(
            Group.NETWORK,
            Kind.LIST,
            "(none)",
            "proxies whose forwarded headers are trusted: addresses, or blocks such as 10.0.0.0/8"),
    PROXY_PROTOCOL(
            Group.NETWORK,
            Kind.SWITCH,
            "false",
            "expect a PROXY protocol header on connections from TRUSTED_PROXIES to the user gateway"),

    JWT_SECRET(
            Group.IDENTITY,
            Kind.SECRET,
            "(none, one required)",
            "secret of the HS256 tokens, at least 32 random bytes; or JWT_PUBLIC_KEY or JWT_JWKS_URL"),
    JWT_PUBLIC_KEY(
            Group.IDENTITY,
            Kind.PEM,
            "(none, one required)",
            "up to four public keys or certificates; a token must be signed by one of them"),
    JWT_JWKS_URL(
            Group.IDENTITY,
            Kind.URL,
            "(none, one required)",
            "URL of the issuer's key set: https, or http on this machine"),
    JWT_JWKS_KEEP(
            Group.IDENTITY,
            Kind.SECONDS,
            "10m",
            "how long a key still counts after the key set no longer lists it, at most 24h; 0 to drop it at once"),
    JWT_ALGORITHM(
            Group.IDENTITY,
            Kind.LIST,
            "RS256",
            "signature of tokens: RS256, ES256 or EDDSA for JWT_PUBLIC_KEY; a list of them for JWT_JWKS_URL"),
    JWT_ISSUER(Group.IDENTITY, Kind.LIST, "(any)", "accepted issuers; a token must name one of them"),
    JWT_AUDIENCE(Group.IDENTITY, Kind.LIST, "(any)", "accepted audiences; a token must name one of them"),
    JWT_CLOCK_SKEW(
            Group.IDENTITY,
            Kind.SECONDS,
            "5",
            "accepted difference between the clocks of issuer and server, at most 60"),
    JWT_EXPIRATION(Group.IDENTITY, Kind.SECONDS, "24h", "lifetime of tokens that this server issues"),
    TOKEN_WARNING(
            Group.IDENTITY,
            Kind.SECONDS,
            "60",
            "time before the end of a token at which the client gets a warning; 0 for no warning"),
    REVOCATION_EXPIRY(
            Group.IDENTITY,
            Kind.SECONDS,
            "30d",
            "time for which a revocation is kept; at least the lifetime of a token"),
    TOKEN_IN_QUERY(Group.IDENTITY, Kind.SWITCH, "false", "accept a token in the query string, where proxies log it"),
    SERVICE_KEYS(
            Group.IDENTITY,
            Kind.SECRET,
            "(none)",
            "services and their keys, as name:key,name:key, each of at least 16 random characters; without them services need none"),

    REDIS_URL(
            Group.STORE,
            Kind.URL,
            "(none)",
            "Redis that nodes share: redis://[[user]:password@]host[:port][/db], or"
                    + " redis-sentinel://[[user]:password@]host:port,host:port[/db]#name; rediss://, rediss-sentinel:// for TLS"),
    REDIS_HOST(Group.STORE, Kind.TEXT, "(none)", "host of a single Redis, instead of REDIS_URL"),
    REDIS_PORT(Group.STORE, Kind.NUMBER, "6379", "port at REDIS_HOST"),
    REDIS_CLUSTER(Group.STORE, Kind.LIST, "(none)", "some nodes of a Redis Cluster as host:port, instead of REDIS_URL"),
    REDIS_USERNAME(Group.STORE, Kind.TEXT, "(default)", "user for Redis, if REDIS_URL names none"),
    REDIS_PASSWORD(Group.STORE, Kind.SECRET, "(none)", "password for Redis, if REDIS_URL has none"),
    REDIS_DB(Group.STORE, Kind.NUMBER, "0", "number of the database at REDIS_HOST"),
    REDIS_TLS(Group.STORE, Kind.SWITCH, "false", "use TLS to REDIS_HOST or REDIS_CLUSTER"),
    REDIS_TLS_CA(
            Group.STORE,
            Kind.TEXT,
            "(those of the JVM)",
            "PEM file with the only certificates that are trusted for Redis and its Sentinels"),
    REDIS_SENTINEL_USERNAME(Group.STORE, Kind.TEXT, "(default)", "user for the Sentinels"),
    REDIS_SENTINEL_PASSWORD(Group.STORE, Kind.SECRET, "(none)", "password for the Sentinels (not part of REDIS_URL)"),
    REDIS_TIMEOUT(Group.STORE, Kind.SECONDS, "2", "time limit for a connection to Redis and for an answer of Redis"),
    FRIENDS_MAX_BYTES(
            Group.STORE,
            Kind.BYTES,
            "1MB",
            "bytes that a node reads of a list of friends that other systems write, 1KB to 64MB; it ignores the rest of a longer"
                    + " list"),

    WS_PING_INTERVAL(Group.SESSIONS, Kind.MILLISECONDS, "25000", "time between heartbeats"),
    WS_PING_TIMEOUT(Group.SESSIONS, Kind.MILLISECONDS, "20000", "time that a client may take to answer a heartbeat"),
    AUTH_TIMEOUT(Group.SESSIONS, Kind.SECONDS, "10", "time that a socket may stay unauthenticated"),
    OFFLINE_GRACE(
            Group.SESSIONS,
            Kind.SECONDS,
            "3",
            "time for which a user who lost the last connection still appears online, to reconnect; 0 for none, at most an"
                    + " hour"),
    NOTICE_WINDOW(
            Group.SESSIONS,
            Kind.MILLISECONDS,
            "250",
            "time in which a device gets at most one notice about a friend, the newest; 0 for every notice, at most a minute"),
    SESSION_EXPIRY(
            Group.SESSIONS,
            Kind.SECONDS,
            "86400",
            "time after which Redis deletes the record of a session that no node has written"),
    IDLE_TIMEOUT(
            Group.SESSIONS,
            Kind.SECONDS,
            "1800",
            "time after which the clean-up removes an inactive session without a socket"),
    CLEANUP_INTERVAL(Group.SESSIONS, Kind.SECONDS, "300", "time between clean-ups"),
    FRIENDS_REFRESH_INTERVAL(
            Group.SESSIONS,
            Kind.SECONDS,
            "60",
            "time in which a node reads the lists of friends of its online users again, which other systems write; 0 for never"),
    FRIENDS_REFRESH_RATE(
            Group.SESSIONS,
            Kind.NUMBER,
            "1000",
            "lists of friends that a node reads per second at most, while it follows changes"),

    MAX_CONNECTIONS(Group.TRAFFIC, Kind.NUMBER, "100000", "connections of a port; more are refused"),
    MAX_CONNECTIONS_PER_ADDRESS(
            Group.TRAFFIC, Kind.NUMBER, "1000", "connections of one address to the user gateway; not of loopback"),
    CONNECT_RATE(
            Group.TRAFFIC,
            Kind.TEXT,
            "100/400",
            "sessions that one address may open at the user gateway, per second and at once; or off. Loopback has no limit"),
    MAX_WAITING_CONNECTIONS(
            Group.TRAFFIC,
            Kind.NUMBER,
            "10000",
            "new connections of a port that may wait for their turn; more are refused"),
    MAX_REQUEST_LINE_BYTES(Group.TRAFFIC, Kind.BYTES, "16KB", "length of the first line of an HTTP request"),
    MAX_HEADER_BYTES(Group.TRAFFIC, Kind.BYTES, "32KB", "size of all headers of an HTTP request"),
    MAX_HEADERS(Group.TRAFFIC, Kind.NUMBER, "100", "headers of an HTTP request"),
    REQUEST_TIMEOUT(
            Group.TRAFFIC, Kind.SECONDS, "10", "time for a TLS handshake, and then for the head of an HTTP request"),
    REQUEST_BODY_TIMEOUT(Group.TRAFFIC, Kind.SECONDS, "30", "time for the body of an HTTP request"),
    KEEP_ALIVE_TIMEOUT(Group.TRAFFIC, Kind.SECONDS, "60", "time after which a connection without a request is closed"),
    MAX_PAYLOAD_BYTES(Group.TRAFFIC, Kind.BYTES, "1200000", "size of one WebSocket message, or of a POST when polling"),
    MAX_UNSENT_BYTES(
            Group.TRAFFIC,
            Kind.BYTES,
            "1MB",
            "what may wait for a slow client; a message that does not fit is not delivered to it"),
    SLOW_TIMEOUT(
            Group.TRAFFIC,
            Kind.SECONDS,
            "20",
            "time after which a connection is closed whose client reads less than 4 KB of the data that waits for it"),
    MAX_UNAUTHENTICATED_BYTES(
            Group.TRAFFIC,
            Kind.BYTES,
            "16KB",
            "size of a message, of a POST, and of an unfinished packet with its attachments until the client is authenticated"),
    MAX_HELD_BYTES(
            Group.TRAFFIC,
            Kind.BYTES,
            "(a quarter of the heap, or of direct memory if that is less)",
            "unfinished input and unsent output of all clients together; beyond it the connections that hold most are closed"),
    MAX_HELD_BYTES_PER_ADDRESS(
            Group.TRAFFIC,
            Kind.BYTES,
            "(a quarter of MAX_HELD_BYTES)",
            "held bytes for all clients of one address, including loopback"),
    MAX_ARGUMENTS(Group.TRAFFIC, Kind.NUMBER, "100", "arguments of an event or ack"),
    MAX_JSON_DEPTH(
            Group.TRAFFIC, Kind.NUMBER, "64", "nesting depth of arrays and objects in an argument, at most 1000"),
    MAX_NUMBER_LENGTH(Group.TRAFFIC, Kind.NUMBER, "1000", "characters of a number in JSON, at most 10000"),
    MAX_KEYS(Group.TRAFFIC, Kind.NUMBER, "50000", "names of members in all JSON of a packet"),

    LIMITS_ENFORCED(
            Group.LIMITS,
            Kind.SWITCH,
            "true",
            "refuse connections and events beyond MAX_CONNECTIONS..., CONNECT_RATE and RATE_LIMIT; false only counts them"),
    RATE_LIMIT(
            Group.LIMITS,
            Kind.TEXT,
            "session=200/2000, user=600/6000",
            "what events of a session, and of a user on this node, may cost per second and at once; or off"),
    MAX_SESSIONS_PER_USER(Group.LIMITS, Kind.NUMBER, "100", "authenticated sockets of a user on this node"),
    MAX_USER_SESSIONS(Group.LIMITS, Kind.NUMBER, "0", "sessions of a user on all nodes together; 0 for any number"),
    USER_SESSIONS_FULL(
            Group.LIMITS,
            Kind.TEXT,
            "refuse",
            "action when a user has MAX_USER_SESSIONS: refuse the new session, or end-oldest"),
    MAX_REVOCATIONS(Group.LIMITS, Kind.NUMBER, "1000000", "revocations that are kept at once"),
    MAX_FAILED_AUTHENTICATIONS(
            Group.LIMITS, Kind.NUMBER, "5", "invalid tokens or keys in a row, after which a client is disconnected"),
    MAX_RECIPIENTS(Group.LIMITS, Kind.NUMBER, "1000", "recipients of one message"),
    MAX_MESSAGE_BYTES(
            Group.LIMITS,
            Kind.BYTES,
            "1000000",
            "size of a message, as JSON; the default is less if MAX_PAYLOAD_BYTES is"),
    MAX_METADATA_BYTES(
            Group.LIMITS,
            Kind.BYTES,
            "65536",
            "size of a message's metadata, as JSON; the default is less if MAX_PAYLOAD_BYTES is"),
    MAX_FAN_OUT_BYTES(Group.LIMITS, Kind.BYTES, "64MB", "size of a message for all its recipients together"),
    MAX_UNANSWERED(
            Group.LIMITS, Kind.NUMBER, "1024", "messages of one sender that wait for their outcome; more are refused"),
    MAX_PAGE_SIZE(Group.LIMITS, Kind.NUMBER, "1000", "users in one page of a list"),
    MAX_USER_ID_LENGTH(Group.LIMITS, Kind.NUMBER, "128", "characters of a user's id, at most 512"),
    APPLY_TIMEOUT(
            Group.LIMITS,
            Kind.SECONDS,
            "2",
            "time after which another node no longer delivers a message; the message counts as failed"),
    ANSWER_TIMEOUT(
            Group.LIMITS,
            Kind.SECONDS,
            "12",
            "time that another node may take to tell what became of a message, before that is uncertain; at most 60"),

    SCARFALL_NODE_NAME(
            Group.OPERATION,
            Kind.TEXT,
            "(random)",
            "name of this node, unique among those that run at once; NODE_NAME is its former name"),
    LOG_LEVEL(Group.OPERATION, Kind.TEXT, "info", "error, warn, info, debug or trace"),
    LOG_DIR(Group.OPERATION, Kind.TEXT, "logs", "folder of the log files"),
    LOG_FILE_SIZE(Group.OPERATION, Kind.BYTES, "50MB", "size at which the server begins a new log file"),
    LOG_TOTAL_SIZE(
            Group.OPERATION,
            Kind.BYTES,
            "1GB",
            "size of all log files together; the oldest go, and what is 14 days old"),
    LOG_REPEAT_INTERVAL(
            Group.OPERATION,
            Kind.SECONDS,
            "600",
            "time in which a logger of a library writes the same text once; 0 for no bound, at most a day"),
    LOG_LIBRARY_TEXTS(
            Group.OPERATION,
            Kind.NUMBER,
            "30",
            "different texts that a logger of a library writes within LOG_REPEAT_INTERVAL; more are left out"),
    DRAIN_DELAY(
            Group.OPERATION,
            Kind.SECONDS,
            "0",
            "time for which a server that got SIGTERM still serves, while its health check reports that it stops"),
    DRAIN_TIMEOUT(
            Group.OPERATION,
            Kind.SECONDS,
            "10",
            "time limit for closing connections after DRAIN_DELAY; then the process exits"),
    DRAIN_GRACE(
            Group.OPERATION,
            Kind.SECONDS,
            "3",
            "time for which a user whose connection a stopping server closed still appears online, to reconnect to another"
                    + " node; 0 for none, at most an hour"),
    CLIENT_DIR(
            Group.OPERATION,
            Kind.TEXT,
            "(none)",
            "folder with socket.io.min.js, to be served at <WS_PATH>/socket.io.js"),
    CONFIG_FILE(Group.OPERATION, Kind.TEXT, "(none)", "file with further settings, as lines NAME=value; also --config");

    /** What settings are about, in the order in which they are shown. */
    enum Group {
        LISTENING("Where it listens"),
        NETWORK("TLS and proxies"),
        IDENTITY("Who users and services are"),
        STORE("What nodes share"),
        SESSIONS("Connections and sessions"),
        TRAFFIC("Limits of connections and packets"),
        LIMITS("Limits of users and messages"),
        OPERATION("Operation");

        private final String title;

        Group(String title) {
            this.title = title;
        }

        String title() {
            return title;
        }
    }

    /** What values look like. */
    enum Kind {
        TEXT(""),
        NUMBER("number"),
        SWITCH("true or false"),
        LIST("list, separated by commas"),
        /** A number of bytes, or with one of KB, MB, GB after it. */
        BYTES("bytes"),
        /** A number, or with one of ms, s, m, h, d after it. */
        MILLISECONDS("milliseconds"),
        SECONDS("seconds"),
        /** A URL, whose query is not shown: it may hold a key. */
        URL("URL"),
        /** Text in PEM, or the path of a file with it; {@code <name>_FILE} names such a file too. */
        PEM("PEM, or a file of it"),
        /** What must not be shown; it may also stand in the file that {@code <name>_FILE} names. */
        SECRET("secret");

        private final String description;

        Kind(String description) {
            this.description = description;
        }

        /** For people; empty for any text. */
        String description() {
            return description;
        }
    }

    /** Behind the name of a secret or key: the setting that names a file with it, as Docker and Kubernetes hand them out. */
    static final String FILE_SUFFIX = "_FILE";

    private static final Map<String, Setting> BY_NAME =
            Stream.of(values()).collect(Collectors.toUnmodifiableMap(Setting::name, Function.identity()));

    /** Names that settings had. In Kubernetes NODE_NAME is often the name of the machine, which several nodes may share. */
    static final Map<String, Setting> FORMER_NAMES = Map.of("NODE_NAME", SCARFALL_NODE_NAME);

    private final Group group;
    private final Kind kind;
    private final String fallback;
    private final String meaning;

    /** @param fallback a value; or, in parentheses, what holds where there is no value */
    Setting(Group group, Kind kind, String fallback, String meaning) {
        this.group = group;
        this.kind = kind;
        this.fallback = fallback;
        this.meaning = meaning;
    }

    Group group() {
        return group;
    }

    Kind kind() {
        return kind;
    }

    /** What holds where nothing is set, for people. */
    String fallback() {
        return fallback;
    }

    /** The value that holds where nothing is set; null if that is no value. */
    @Nullable
    String fallbackValue() {
        return fallback.startsWith("(") ? null : fallback;
    }

    /** What the setting means, in half a line. */
    String meaning() {
        return meaning;
    }

    /** Whether the value must not be shown. */
    boolean isSecret() {
        return kind == Kind.SECRET;
    }

    /** Whether {@code <name>_FILE} may name a file with the value. */
    boolean mayBeInFile() {
        return kind == Kind.SECRET || kind == Kind.PEM;
    }

    /** The setting of a name; null if there is none. */
    static @Nullable Setting named(String name) {
        Setting setting = BY_NAME.get(name);
        return setting == null ? FORMER_NAMES.get(name) : setting;
    }

    /** The setting that a name such as {@code JWT_SECRET_FILE} stands for; null if it is no such name. */
    static @Nullable Setting ofFile(String name) {
        Setting setting = name.endsWith(FILE_SUFFIX)
                ? BY_NAME.get(name.substring(0, name.length() - FILE_SUFFIX.length()))
                : null;
        return setting != null && setting.mayBeInFile() ? setting : null;
    }
}
