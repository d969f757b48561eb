package io.scarfall.server;

import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Every setting of the server: its name in the environment and in the file, what holds without it, and what it means. The
 * help, the report of {@code --print-config}, the reader and the test of the documentation stem from this table.
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
            "whether the internal gateway may listen beyond loopback without SERVICE_KEYS"),
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
            "PEM file with the server's certificate, and those that lead to a known one: serves https and wss to users"),
    TLS_KEY(Group.NETWORK, Kind.TEXT, "(none)", "PEM file with the certificate's private key, as PKCS#8"),
    TLS_KEY_PASSWORD(Group.NETWORK, Kind.SECRET, "(none)", "what the key is encrypted with"),
    INTERNAL_TLS(Group.NETWORK, Kind.SWITCH, "false", "whether the internal gateway speaks TLS too"),
    TRUSTED_PROXIES(
            Group.NETWORK,
            Kind.LIST,
            "(none)",
            "proxies that are believed whom they speak for: addresses, or blocks such as 10.0.0.0/8"),
    PROXY_PROTOCOL(
            Group.NETWORK,
            Kind.SWITCH,
            "false",
            "whether connections of those proxies to the user gateway begin with a header of the PROXY protocol"),

    JWT_SECRET(
            Group.IDENTITY,
            Kind.SECRET,
            "(none, one required)",
            "secret of the HS256 tokens, at least 32 random bytes; or JWT_PUBLIC_KEY or JWT_JWKS_URL"),
    JWT_PUBLIC_KEY(
            Group.IDENTITY,
            Kind.PEM,
            "(none, one required)",
            "up to four public keys or certificates, of which any may have signed a token"),
    JWT_JWKS_URL(
            Group.IDENTITY,
            Kind.URL,
            "(none, one required)",
            "where the issuer publishes its key set: https, or http on this machine"),
    JWT_JWKS_KEEP(
            Group.IDENTITY,
            Kind.SECONDS,
            "10m",
            "how long a key still counts after the key set no longer lists it, at most 24h; 0 to drop it at once"),
    JWT_ALGORITHM(
            Group.IDENTITY,
            Kind.LIST,
            "RS256",
            "how tokens are signed: RS256, ES256 or EDDSA for JWT_PUBLIC_KEY, any of them for JWT_JWKS_URL"),
    JWT_ISSUER(Group.IDENTITY, Kind.LIST, "(any)", "issuers of which a token must name one"),
    JWT_AUDIENCE(Group.IDENTITY, Kind.LIST, "(any)", "audiences of which a token must name one"),
    JWT_CLOCK_SKEW(
            Group.IDENTITY, Kind.SECONDS, "5", "how far the clocks of issuer and server may be apart, at most 60"),
    JWT_EXPIRATION(Group.IDENTITY, Kind.SECONDS, "24h", "how long tokens live that this server hands out"),
    TOKEN_WARNING(
            Group.IDENTITY, Kind.SECONDS, "60", "how long before the end of its token a client is told; 0 for never"),
    REVOCATION_EXPIRY(
            Group.IDENTITY,
            Kind.SECONDS,
            "30d",
            "time for which a revocation is kept: as long as the longest token lives"),
    TOKEN_IN_QUERY(
            Group.IDENTITY,
            Kind.SWITCH,
            "false",
            "whether a token may stand in the query string, where proxies log it"),
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
    REDIS_HOST(Group.STORE, Kind.TEXT, "(none)", "or the host of a single Redis"),
    REDIS_PORT(Group.STORE, Kind.NUMBER, "6379", "and its port"),
    REDIS_CLUSTER(Group.STORE, Kind.LIST, "(none)", "or some nodes of a Redis Cluster, as host:port"),
    REDIS_USERNAME(Group.STORE, Kind.TEXT, "(default)", "user at Redis, where the URL names none"),
    REDIS_PASSWORD(Group.STORE, Kind.SECRET, "(none)", "password at Redis, where the URL has none"),
    REDIS_DB(Group.STORE, Kind.NUMBER, "0", "number of the database at REDIS_HOST"),
    REDIS_TLS(Group.STORE, Kind.SWITCH, "false", "whether REDIS_HOST or REDIS_CLUSTER is spoken to by TLS"),
    REDIS_TLS_CA(
            Group.STORE,
            Kind.TEXT,
            "(those of the JVM)",
            "PEM file with the certificates that alone may vouch for Redis and its Sentinels"),
    REDIS_SENTINEL_USERNAME(Group.STORE, Kind.TEXT, "(default)", "user at the Sentinels"),
    REDIS_SENTINEL_PASSWORD(Group.STORE, Kind.SECRET, "(none)", "password at the Sentinels, which the URL has not"),
    REDIS_TIMEOUT(Group.STORE, Kind.SECONDS, "2", "time that Redis may take to connect or to answer"),
    FRIENDS_MAX_BYTES(
            Group.STORE,
            Kind.BYTES,
            "1MB",
            "size up to which a list of friends that other systems write is read, 1KB to 64MB; the rest of a longer list is"
                    + " left out"),

    WS_PING_INTERVAL(Group.SESSIONS, Kind.MILLISECONDS, "25000", "time between heartbeats"),
    WS_PING_TIMEOUT(Group.SESSIONS, Kind.MILLISECONDS, "20000", "time that a client may take to answer a heartbeat"),
    AUTH_TIMEOUT(Group.SESSIONS, Kind.SECONDS, "10", "time that a socket may stay unauthenticated"),
    OFFLINE_GRACE(
            Group.SESSIONS,
            Kind.SECONDS,
            "3",
            "time that users stay online for their friends whose last connection was lost, to come back; 0 for not at all,"
                    + " at most an hour"),
    NOTICE_WINDOW(
            Group.SESSIONS,
            Kind.MILLISECONDS,
            "250",
            "time in which a device gets at most one notice about a friend, the newest; 0 for all, at most a minute"),
    SESSION_EXPIRY(
            Group.SESSIONS,
            Kind.SECONDS,
            "86400",
            "time after which the record of a session goes, if nothing else removes it"),
    IDLE_TIMEOUT(
            Group.SESSIONS, Kind.SECONDS, "1800", "time after which a silent session without a socket is cleaned up"),
    CLEANUP_INTERVAL(Group.SESSIONS, Kind.SECONDS, "300", "time between clean-ups"),
    FRIENDS_REFRESH_INTERVAL(
            Group.SESSIONS,
            Kind.SECONDS,
            "60",
            "time in which the lists of friends that other systems write are read again of all who are online; 0 for never"),
    FRIENDS_REFRESH_RATE(Group.SESSIONS, Kind.NUMBER, "1000", "how many of those lists are read per second at most"),

    MAX_CONNECTIONS(Group.TRAFFIC, Kind.NUMBER, "100000", "connections of a port"),
    MAX_CONNECTIONS_PER_ADDRESS(
            Group.TRAFFIC, Kind.NUMBER, "1000", "connections of one address to the user gateway; not of loopback"),
    CONNECT_RATE(
            Group.TRAFFIC,
            Kind.TEXT,
            "100/400",
            "sessions that one address may open at the user gateway, per second and at once; or off. Not of loopback"),
    MAX_WAITING_CONNECTIONS(
            Group.TRAFFIC,
            Kind.NUMBER,
            "10000",
            "new connections of a port that wait for their turn when many come at once"),
    MAX_REQUEST_LINE_BYTES(Group.TRAFFIC, Kind.BYTES, "16KB", "length of the first line of an HTTP request"),
    MAX_HEADER_BYTES(Group.TRAFFIC, Kind.BYTES, "32KB", "size of all headers of an HTTP request"),
    MAX_HEADERS(Group.TRAFFIC, Kind.NUMBER, "100", "headers of an HTTP request"),
    REQUEST_TIMEOUT(
            Group.TRAFFIC, Kind.SECONDS, "10", "time for a TLS handshake, and then for the head of an HTTP request"),
    REQUEST_BODY_TIMEOUT(Group.TRAFFIC, Kind.SECONDS, "30", "time for the body of an HTTP request"),
    KEEP_ALIVE_TIMEOUT(Group.TRAFFIC, Kind.SECONDS, "60", "time that a connection is kept without a request"),
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
            "time that a client may take less than 4 KB of what waits for it, before its connection is closed"),
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
            "the same for the clients of one address, loopback too"),
    MAX_ARGUMENTS(Group.TRAFFIC, Kind.NUMBER, "100", "arguments of an event or ack"),
    MAX_JSON_DEPTH(
            Group.TRAFFIC, Kind.NUMBER, "64", "how deep arrays and objects of an argument may be nested, at most 1000"),
    MAX_NUMBER_LENGTH(Group.TRAFFIC, Kind.NUMBER, "1000", "characters of a number in JSON, at most 10000"),
    MAX_KEYS(Group.TRAFFIC, Kind.NUMBER, "50000", "names of members in all JSON of a packet"),

    LIMITS_ENFORCED(
            Group.LIMITS,
            Kind.SWITCH,
            "true",
            "whether connections and events beyond MAX_CONNECTIONS..., CONNECT_RATE and RATE_LIMIT are refused, or only counted"),
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
            "who has to go when a user has MAX_USER_SESSIONS: refuse the new session, or end-oldest"),
    MAX_REVOCATIONS(Group.LIMITS, Kind.NUMBER, "1000000", "revocations that are kept at once"),
    MAX_FAILED_AUTHENTICATIONS(
            Group.LIMITS, Kind.NUMBER, "5", "bad proofs in a row of a user or service, before it is closed"),
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
    MAX_UNANSWERED(Group.LIMITS, Kind.NUMBER, "1024", "messages of one sender that may wait for their outcome"),
    MAX_PAGE_SIZE(Group.LIMITS, Kind.NUMBER, "1000", "users in one page of a list"),
    MAX_USER_ID_LENGTH(Group.LIMITS, Kind.NUMBER, "128", "characters of a user's id, at most 512"),
    APPLY_TIMEOUT(
            Group.LIMITS,
            Kind.SECONDS,
            "2",
            "time after which another node hands a message over no more: it has failed"),
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
    LOG_FILE_SIZE(Group.OPERATION, Kind.BYTES, "50MB", "size at which a new log file is begun"),
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
            "time that a server which was told to stop goes on serving, while its health says that it is leaving"),
    DRAIN_TIMEOUT(
            Group.OPERATION,
            Kind.SECONDS,
            "10",
            "time after it in which the server takes leave of its clients and ends, whatever happens"),
    DRAIN_GRACE(
            Group.OPERATION,
            Kind.SECONDS,
            "3",
            "time that users stay online for their friends whose connection is closed then, to come back on another node; 0"
                    + " for not at all, at most an hour"),
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
        /** A number of bytes, or with one of KB, MB, GB behind it. */
        BYTES("bytes"),
        /** A number, or with one of ms, s, m, h, d behind it. */
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
