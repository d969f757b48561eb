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
    CORS_ORIGIN(
            Group.LISTENING,
            Kind.LIST,
            "*",
            "origins whose pages may connect: *, or a list such as https://a.example,https://*.b.example"),
    WS_PATH(Group.LISTENING, Kind.TEXT, "/socket.io", "path of the protocol"),

    JWT_SECRET(Group.IDENTITY, Kind.SECRET, "(none, required)", "secret of the HS256 tokens, at least 32 random bytes"),
    JWT_EXPIRATION(Group.IDENTITY, Kind.SECONDS, "24h", "how long tokens live that this server hands out"),
    TOKEN_IN_QUERY(
            Group.IDENTITY,
            Kind.SWITCH,
            "false",
            "whether a token may stand in the query string, where proxies log it"),
    SERVICE_KEYS(
            Group.IDENTITY,
            Kind.SECRET,
            "(none)",
            "services and their keys, as name:key,name:key; without them services need none"),

    WS_PING_INTERVAL(Group.SESSIONS, Kind.MILLISECONDS, "25000", "time between heartbeats"),
    WS_PING_TIMEOUT(Group.SESSIONS, Kind.MILLISECONDS, "20000", "time that a client may take to answer a heartbeat"),
    AUTH_TIMEOUT(Group.SESSIONS, Kind.SECONDS, "10", "time that a socket may stay unauthenticated"),
    SESSION_EXPIRY(
            Group.SESSIONS,
            Kind.SECONDS,
            "86400",
            "time after which the record of a session goes, if nothing else removes it"),
    IDLE_TIMEOUT(
            Group.SESSIONS, Kind.SECONDS, "1800", "time after which a silent session without a socket is cleaned up"),
    CLEANUP_INTERVAL(Group.SESSIONS, Kind.SECONDS, "300", "time between clean-ups"),

    MAX_PAYLOAD_BYTES(Group.LIMITS, Kind.BYTES, "1000000", "size of one WebSocket message, or of a POST when polling"),
    MAX_UNSENT_BYTES(
            Group.LIMITS, Kind.BYTES, "1048576", "what may wait for a client that does not read, before it is closed"),
    MAX_RECIPIENTS(Group.LIMITS, Kind.NUMBER, "1000", "recipients of one message"),
    MAX_MESSAGE_BYTES(Group.LIMITS, Kind.BYTES, "1000000", "size of a message, as JSON"),
    MAX_METADATA_BYTES(Group.LIMITS, Kind.BYTES, "65536", "size of a message's metadata, as JSON"),
    MAX_FAN_OUT_BYTES(Group.LIMITS, Kind.BYTES, "64MB", "size of a message for all its recipients together"),
    MAX_UNANSWERED(Group.LIMITS, Kind.NUMBER, "1024", "messages of one sender that may wait for their outcome"),
    MAX_PAGE_SIZE(Group.LIMITS, Kind.NUMBER, "1000", "users in one page of a list"),
    MAX_USER_ID_LENGTH(Group.LIMITS, Kind.NUMBER, "128", "characters of a user's id, at most 512"),

    NODE_NAME(Group.OPERATION, Kind.TEXT, "(random)", "name of this node, unique among those that run at once"),
    LOG_LEVEL(Group.OPERATION, Kind.TEXT, "info", "error, warn, info, debug or trace"),
    LOG_DIR(Group.OPERATION, Kind.TEXT, "logs", "folder of the log files"),
    LOG_FILE_SIZE(Group.OPERATION, Kind.BYTES, "50MB", "size at which a new log file is begun"),
    LOG_TOTAL_SIZE(
            Group.OPERATION,
            Kind.BYTES,
            "1GB",
            "size of all log files together; the oldest go, and what is 14 days old"),
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
    CLIENT_DIR(
            Group.OPERATION,
            Kind.TEXT,
            "(none)",
            "folder with socket.io.min.js, to be served at <WS_PATH>/socket.io.js"),
    CONFIG_FILE(Group.OPERATION, Kind.TEXT, "(none)", "file with further settings, as lines NAME=value; also --config");

    /** What settings are about, in the order in which they are shown. */
    enum Group {
        LISTENING("Where it listens"),
        IDENTITY("Who users and services are"),
        SESSIONS("Connections and sessions"),
        LIMITS("Limits"),
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

    /** Behind the name of a secret: the setting that names a file with it, as Docker and Kubernetes hand secrets out. */
    static final String FILE_SUFFIX = "_FILE";

    private static final Map<String, Setting> BY_NAME =
            Stream.of(values()).collect(Collectors.toUnmodifiableMap(Setting::name, Function.identity()));

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

    /** The setting of a name; null if there is none. */
    static @Nullable Setting named(String name) {
        return BY_NAME.get(name);
    }

    /** The secret that a name such as {@code JWT_SECRET_FILE} stands for; null if it is no such name. */
    static @Nullable Setting secretOfFile(String name) {
        Setting secret = name.endsWith(FILE_SUFFIX)
                ? BY_NAME.get(name.substring(0, name.length() - FILE_SUFFIX.length()))
                : null;
        return secret != null && secret.isSecret() ? secret : null;
    }
}
