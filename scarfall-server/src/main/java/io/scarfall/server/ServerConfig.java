package io.scarfall.server;

import io.scarfall.gateway.ControlConfig;
import io.scarfall.gateway.DeliveryConfig;
import io.scarfall.gateway.FriendsConfig;
import io.scarfall.gateway.LimitConfig;
import io.scarfall.gateway.Scarfall;
import io.scarfall.gateway.SessionConfig;
import io.scarfall.gateway.WireConfig;
import io.scarfall.presence.NodeId;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The checked configuration: the records of the gateway, and what the server has besides. See {@link Setting} for the meaning of
 * each setting.
 *
 * @param development whether the server runs for development: with example pages and demo tokens, on loopback
 * @param redis null to keep all state in this process
 * @param nodeName null for a random one
 * @param clientDir the folder of the JavaScript client; null to serve none
 * @param warnings settings that are allowed, but probably not intended
 */
record ServerConfig(
        boolean development,
        Listening listening,
        Engine engine,
        WireConfig wire,
        SessionConfig sessions,
        DeliveryConfig delivery,
        LimitConfig limits,
        FriendsConfig friends,
        ControlConfig control,
        KeySettings access,
        @Nullable RedisSettings redis,
        @Nullable String nodeName,
        @Nullable Path clientDir,
        Logs.Config logs,
        Drain drain,
        List<String> warnings) {

    private static final int MAX_PORT = 65_535;
    private static final Pattern ORIGIN = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*://[A-Za-z0-9.*_-]+(:(\\d{1,5}|\\*))?"
            + "|[A-Za-z][A-Za-z0-9+.-]*://\\[[0-9A-Fa-f:.]+](:(\\d{1,5}|\\*))?|null|file://");
    private static final Set<String> LOG_LEVELS = Set.of("error", "warn", "info", "debug", "trace");

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

    /** Heartbeats, and the sizes of what a session of Engine.IO reads and writes. */
    record Engine(
            Duration pingInterval,
            Duration pingTimeout,
            int maxPayloadBytes,
            int maxUnsentBytes,
            Duration slowTimeout) {}

    /** How the server stops: see {@link Scarfall#drain}. */
    record Drain(Duration delay, Duration timeout, Duration grace) {}

    /** Tells why the server cannot listen at an address; null if it can. */
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
     * @throws InvalidConfigException if anything is wrong; the message names every problem
     */
    static ServerConfig read(
            Map<String, String> environment, @Nullable String file, @Nullable String developmentSecret, PortCheck ports)
            throws InvalidConfigException {
        List<String> problems = new ArrayList<>();
        Settings settings = Settings.gather(environment, file, developmentSecret, problems);
        SettingReader in = new SettingReader(settings, problems);
        Logs.Config logs = logs(in);
        Logs.configure(logs); // first: checks of certificates and addresses ask for loggers
        ServerConfig config = new ServerConfig(
                developmentSecret != null,
                listening(in),
                engine(in),
                GatewaySettings.wire(in),
                GatewaySettings.sessions(in),
                GatewaySettings.delivery(in),
                GatewaySettings.limits(in),
                GatewaySettings.friends(in),
                GatewaySettings.control(in),
                KeySettings.read(in),
                RedisSettings.read(in),
                nodeName(in),
                in.folder(Setting.CLIENT_DIR),
                logs,
                drain(in),
                in.warnings());
        config.checkRest(in);
        List<String> taken = taken(config.listening(), ports);
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

    private static Listening listening(SettingReader in) {
        return new Listening(
                in.text(Setting.HOST),
                in.number(Setting.PORT, 0, MAX_PORT),
                in.required(Setting.INTERNAL_HOST),
                in.number(Setting.INTERNAL_PORT, 0, MAX_PORT),
                in.flag(Setting.INTERNAL_OPEN),
                in.flag(Setting.INTERNAL_NULL_ORIGIN),
                in.parsed(Setting.CORS_ORIGIN, List.of(), ServerConfig::origins),
                in.parsed(Setting.WS_PATH, "/", ServerConfig::path));
    }

    private static List<String> origins(String text) {
        List<String> origins =
                Arrays.stream(text.split(",", -1)).map(String::strip).toList();
        if (origins.equals(List.of("*"))) {
            return origins;
        }
        for (String origin : origins) {
            if (!ORIGIN.matcher(origin).matches()) {
                throw new IllegalArgumentException((origin.isEmpty() ? "a list with nothing between commas" : origin)
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

    private static Engine engine(SettingReader in) {
        return new Engine(
                in.duration(Setting.WS_PING_INTERVAL, Duration.ofMillis(1)),
                in.duration(Setting.WS_PING_TIMEOUT, Duration.ofMillis(1)),
                (int) in.bytes(Setting.MAX_PAYLOAD_BYTES, Integer.MAX_VALUE),
                (int) in.bytes(Setting.MAX_UNSENT_BYTES, Integer.MAX_VALUE),
                in.duration(Setting.SLOW_TIMEOUT, Duration.ofMillis(1)));
    }

    private static Drain drain(SettingReader in) {
        return new Drain(
                in.duration(Setting.DRAIN_DELAY, Duration.ZERO),
                in.duration(Setting.DRAIN_TIMEOUT, Duration.ofMillis(1)),
                in.duration(Setting.DRAIN_GRACE, Duration.ZERO, Scarfall.MAX_DRAIN_GRACE));
    }

    private static @Nullable String nodeName(SettingReader in) {
        return in.text(Setting.SCARFALL_NODE_NAME) == null
                ? null
                : in.parsed(Setting.SCARFALL_NODE_NAME, "", text -> new NodeId(text, 1).name());
    }

    private static Logs.Config logs(SettingReader in) {
        String level = in.required(Setting.LOG_LEVEL).toLowerCase(Locale.ROOT);
        if (!LOG_LEVELS.contains(level)) {
            in.problem(Setting.LOG_LEVEL, "is " + level + " (expected: error, warn, info, debug or trace)");
        }
        return new Logs.Config(
                level,
                in.required(Setting.LOG_DIR),
                in.bytes(Setting.LOG_FILE_SIZE, Long.MAX_VALUE),
                in.bytes(Setting.LOG_TOTAL_SIZE, Long.MAX_VALUE),
                in.duration(Setting.LOG_REPEAT_INTERVAL, Duration.ZERO, RepeatedLog.MAX_INTERVAL),
                in.number(Setting.LOG_LIBRARY_TEXTS, 1, RepeatedLog.MOST_TEXTS));
    }

    /** The rules and warnings that concern several settings. */
    private void checkRest(SettingReader in) {
        if (listening.port() == listening.internalPort() && listening.port() != 0) {
            in.problem(Setting.INTERNAL_PORT, "is " + listening.port() + ", as PORT (expected: another)");
        }
        if (listening.host() != null) {
            address(in, Setting.HOST, listening.host());
        }
        InetAddress internal = address(in, Setting.INTERNAL_HOST, listening.internalHost());
        if (internal != null
                && !internal.isLoopbackAddress()
                && !listening.openInternal()
                && !in.isSet(Setting.SERVICE_KEYS)) {
            in.problem(
                    Setting.INTERNAL_HOST,
                    "is " + listening.internalHost()
                            + " without SERVICE_KEYS: any program that reaches it could send to every user (expected: a loopback"
                            + " address, or SERVICE_KEYS, or INTERNAL_OPEN=true)");
        }
        if (internal != null && !internal.isLoopbackAddress() && !wire.internalTls()) {
            in.warn("INTERNAL_HOST is " + listening.internalHost()
                    + " without INTERNAL_TLS: keys and messages of services travel in plain text");
        }
        if (wire.memory().maxHeldBytesPerAddress() < engine.maxPayloadBytes()) {
            in.warn("MAX_HELD_BYTES_PER_ADDRESS is " + wire.memory().maxHeldBytesPerAddress()
                    + ", less than MAX_PAYLOAD_BYTES, " + engine.maxPayloadBytes()
                    + ": a client that sends so much is disconnected before it is read");
        }
        if (listening.internalNullOrigin() && access.serviceKeys().isEmpty()) {
            in.warn(
                    "INTERNAL_NULL_ORIGIN is true without SERVICE_KEYS: every web page that is looked at on this machine"
                            + " can act as a service");
        }
        if (!development && listening.corsOrigins().contains("*")) {
            in.warn("CORS_ORIGIN is *: every web page may connect");
        }
    }

    private static @Nullable InetAddress address(SettingReader in, Setting setting, String host) {
        try {
            return InetAddress.getByName(host);
        } catch (UnknownHostException e) {
            in.problem(setting, "is " + host + " (expected: an address or name of this machine)");
            return null;
        }
    }

    /** The ports that another process has: perhaps no mistake of a setting, but the start must fail. */
    private static List<String> taken(Listening listening, PortCheck ports) {
        List<String> taken = new ArrayList<>();
        String host = listening.host();
        tryPort(
                taken,
                Setting.PORT,
                host == null ? new InetSocketAddress(listening.port()) : new InetSocketAddress(host, listening.port()),
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
}
