package io.scarfall.server;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Every setting of the server: a name of the environment, what holds without it, and what it means. */
enum Setting {
    HOST("all addresses", "address of the user gateway"),
    PORT("3000", "port of the user gateway; 0 for any free one"),
    INTERNAL_HOST("127.0.0.1", "address of the internal gateway"),
    INTERNAL_PORT("4000", "port of the internal gateway; 0 for any free one"),
    INTERNAL_OPEN("false", "whether the internal gateway may listen beyond loopback without SERVICE_KEYS"),
    CORS_ORIGIN("*", "origins whose pages may connect: *, or a list such as https://a.example,https://*.b.example"),
    JWT_SECRET("none, required", "secret of the HS256 tokens, at least 32 bytes"),
    JWT_EXPIRATION("24h", "how long tokens live that this server hands out"),
    TOKEN_IN_QUERY("false", "whether a token may stand in the query string, where proxies log it"),
    SERVICE_KEYS("none", "services and their keys, as name:key,name:key; without them services need none"),
    WS_PATH("/socket.io", "path of the protocol"),
    WS_PING_INTERVAL("25000", "milliseconds between heartbeats"),
    WS_PING_TIMEOUT("20000", "milliseconds that a client may take to answer a heartbeat"),
    AUTH_TIMEOUT("10", "seconds that a socket may stay unauthenticated"),
    SESSION_EXPIRY("86400", "seconds after which the record of a session goes, if nothing else removes it"),
    IDLE_TIMEOUT("1800", "seconds after which a silent session without a socket is cleaned up"),
    NODE_NAME("random", "name of this node, unique among those that run at once"),
    CLIENT_DIR("none", "folder with socket.io.min.js, to be served at <WS_PATH>/socket.io.js"),
    LOG_LEVEL("info", "error, warn, info, debug or trace"),
    LOG_DIR("logs", "folder of the log files");

    private final String fallback;
    private final String meaning;

    Setting(String fallback, String meaning) {
        this.fallback = fallback;
        this.meaning = meaning;
    }

    /** What holds where the environment says nothing, for people. */
    String fallback() {
        return fallback;
    }

    /** What the setting means, in half a line. */
    String meaning() {
        return meaning;
    }

    /** Whether the value must not be shown. */
    boolean isSecret() {
        return this == JWT_SECRET || this == SERVICE_KEYS;
    }

    /** Returns the value in an environment; null if it is not there, or blank. */
    @Nullable
    String in(Map<String, String> environment) {
        String value = environment.get(name());
        return value == null || value.isBlank() ? null : value.trim();
    }
}
