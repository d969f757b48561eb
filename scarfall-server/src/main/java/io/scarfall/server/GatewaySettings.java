package io.scarfall.server;

import io.scarfall.engineio.ConnectionLimits;
import io.scarfall.engineio.HttpLimits;
import io.scarfall.engineio.TlsFiles;
import io.scarfall.engineio.TrustedProxies;
import io.scarfall.gateway.ControlConfig;
import io.scarfall.gateway.ControlConfig.WhenFull;
import io.scarfall.gateway.DeliveryConfig;
import io.scarfall.gateway.FriendsConfig;
import io.scarfall.gateway.LimitConfig;
import io.scarfall.gateway.MemoryLimits;
import io.scarfall.gateway.RateLimits;
import io.scarfall.gateway.SessionConfig;
import io.scarfall.gateway.WireConfig;
import io.scarfall.socketio.packet.JsonLimits;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Joins settings to the configuration records of the gateway: each setting has one line here. */
final class GatewaySettings {

    private static final Duration SHORTEST = Duration.ofMillis(1);
    private static final Pattern RATE = Pattern.compile("(0*[1-9]\\d{0,8})\\s*/\\s*(0*[1-9]\\d{0,8})");
    private static final String OFF = "off";

    /** Of a small payload, metadata has at most this part by default. */
    private static final int METADATA_SHARE = 15;

    /** A byte each for message and metadata. */
    private static final int LEAST_ROOM = 2;

    private GatewaySettings() {}

    static WireConfig wire(SettingReader in) {
        TrustedProxies proxies = in.parsed(
                Setting.TRUSTED_PROXIES, TrustedProxies.NONE, text -> TrustedProxies.of(SettingReader.list(text)));
        boolean proxyProtocol = in.flag(Setting.PROXY_PROTOCOL);
        if (proxyProtocol && !in.isSet(Setting.TRUSTED_PROXIES)) {
            in.problem(Setting.PROXY_PROTOCOL, "is true without TRUSTED_PROXIES (expected: those that speak it)");
        }
        TlsFiles tls = tls(in);
        boolean internalTls = in.flag(Setting.INTERNAL_TLS);
        if (internalTls && !in.isSet(Setting.TLS_CERT)) {
            in.problem(Setting.INTERNAL_TLS, "is true without TLS_CERT and TLS_KEY (expected: a certificate)");
        }
        // With a problem in one of two settings, the pair may be one that the record refuses.
        return new WireConfig(
                connections(in),
                http(in),
                json(in),
                memory(in),
                proxies,
                proxyProtocol && !proxies.isEmpty(),
                tls,
                internalTls && tls != null);
    }

    private static @Nullable TlsFiles tls(SettingReader in) {
        String certificate = in.text(Setting.TLS_CERT);
        String key = in.text(Setting.TLS_KEY);
        if (certificate == null || key == null) {
            for (Setting setting : List.of(Setting.TLS_CERT, Setting.TLS_KEY, Setting.TLS_KEY_PASSWORD)) {
                if (in.isSet(setting)) {
                    in.problem(setting, "is set alone (expected: TLS_CERT and TLS_KEY, or none)");
                }
            }
            return null;
        }
        try {
            TlsFiles files = new TlsFiles(Path.of(certificate), Path.of(key), in.text(Setting.TLS_KEY_PASSWORD));
            files.check();
            return files;
        } catch (IllegalArgumentException e) { // also: no path at all
            boolean isKey = String.valueOf(e.getMessage()).startsWith("tlsKey");
            in.problem(isKey ? Setting.TLS_KEY : Setting.TLS_CERT, "is " + SettingReader.reason(e));
            return null;
        }
    }

    private static HttpLimits http(SettingReader in) {
        Duration request = in.duration(Setting.REQUEST_TIMEOUT, SHORTEST);
        return new HttpLimits(
                (int) in.bytes(Setting.MAX_REQUEST_LINE_BYTES, Integer.MAX_VALUE),
                (int) in.bytes(Setting.MAX_HEADER_BYTES, Integer.MAX_VALUE),
                in.number(Setting.MAX_HEADERS, 1, Integer.MAX_VALUE),
                request,
                in.duration(Setting.REQUEST_BODY_TIMEOUT, SHORTEST),
                in.duration(Setting.KEEP_ALIVE_TIMEOUT, SHORTEST),
                request);
    }

    private static JsonLimits json(SettingReader in) {
        return new JsonLimits(
                in.number(Setting.MAX_JSON_DEPTH, 1, 1_000),
                in.number(Setting.MAX_NUMBER_LENGTH, 1, 10_000),
                in.number(Setting.MAX_ARGUMENTS, 1, Integer.MAX_VALUE),
                in.number(Setting.MAX_KEYS, 1, Integer.MAX_VALUE));
    }

    private static ConnectionLimits connections(SettingReader in) {
        ConnectionLimits limits = ConnectionLimits.DEFAULT
                .withMaxConnections(in.number(Setting.MAX_CONNECTIONS, 1, Integer.MAX_VALUE))
                .withMaxPerAddress(in.number(Setting.MAX_CONNECTIONS_PER_ADDRESS, 1, Integer.MAX_VALUE))
                .withMaxWaiting(in.number(Setting.MAX_WAITING_CONNECTIONS, 1, Integer.MAX_VALUE))
                .withEnforce(in.flag(Setting.LIMITS_ENFORCED));
        // Without rates of events there is no rate of connects either, unless it is set.
        boolean isOff = OFF.equals(in.text(Setting.CONNECT_RATE))
                || (OFF.equals(in.text(Setting.RATE_LIMIT)) && !in.isSet(Setting.CONNECT_RATE));
        if (isOff) {
            return limits.withConnectsPerAddress(Integer.MAX_VALUE, Integer.MAX_VALUE);
        }
        return in.parsed(Setting.CONNECT_RATE, limits, text -> {
            Matcher matcher = RATE.matcher(text);
            if (!matcher.matches()) {
                throw new IllegalArgumentException(
                        text + " (expected: off, or a rate per second and a burst, such as 100/400)");
            }
            return limits.withConnectsPerAddress(
                    Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
        });
    }

    private static MemoryLimits memory(SettingReader in) {
        MemoryLimits limits = in.isSet(Setting.MAX_HELD_BYTES)
                ? MemoryLimits.of(in.bytes(Setting.MAX_HELD_BYTES, Long.MAX_VALUE))
                : MemoryLimits.DEFAULT;
        if (in.isSet(Setting.MAX_HELD_BYTES_PER_ADDRESS)) {
            limits = limits.withMaxHeldBytesPerAddress(
                    in.bytes(Setting.MAX_HELD_BYTES_PER_ADDRESS, limits.maxHeldBytes()));
        }
        return limits.withMaxUnauthenticatedBytes((int) in.bytes(Setting.MAX_UNAUTHENTICATED_BYTES, Integer.MAX_VALUE));
    }

    static SessionConfig sessions(SettingReader in) {
        return in.made(
                SessionConfig.DEFAULT,
                () -> new SessionConfig(
                        in.duration(Setting.AUTH_TIMEOUT, SHORTEST),
                        SessionConfig.DEFAULT.touchInterval(),
                        in.duration(Setting.SESSION_EXPIRY, Duration.ofSeconds(1)),
                        in.duration(Setting.IDLE_TIMEOUT, Duration.ofSeconds(1)),
                        in.duration(Setting.CLEANUP_INTERVAL, SHORTEST),
                        in.number(Setting.MAX_PAGE_SIZE, 1, Integer.MAX_VALUE),
                        in.duration(Setting.OFFLINE_GRACE, Duration.ZERO, SessionConfig.MAX_GRACE),
                        in.duration(Setting.NOTICE_WINDOW, Duration.ZERO, SessionConfig.MAX_WINDOW)));
    }

    static FriendsConfig friends(SettingReader in) {
        int rate = in.number(Setting.FRIENDS_REFRESH_RATE, 1, 100_000);
        return in.parsed(Setting.FRIENDS_REFRESH_INTERVAL, FriendsConfig.DEFAULT, text -> {
            Duration interval = SettingReader.duration(text, "s");
            try {
                return new FriendsConfig(interval, rate);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(text + " (expected: 0, or 1 to 86400 seconds)");
            }
        });
    }

    static LimitConfig limits(SettingReader in) {
        return new LimitConfig(
                rates(in),
                in.number(Setting.MAX_SESSIONS_PER_USER, 1, Integer.MAX_VALUE),
                in.number(Setting.MAX_FAILED_AUTHENTICATIONS, 1, Integer.MAX_VALUE));
    }

    private static RateLimits rates(SettingReader in) {
        RateLimits rates = RateLimits.DEFAULT;
        try {
            rates = RateLimits.parse(in.required(Setting.RATE_LIMIT));
        } catch (IllegalArgumentException e) { // it names the part that is wrong
            in.problem(Setting.RATE_LIMIT, "has " + e.getMessage());
        }
        boolean onlyCounts = rates.mode() == RateLimits.Mode.ENFORCE && !in.flag(Setting.LIMITS_ENFORCED);
        return onlyCounts ? rates.with(RateLimits.Mode.COUNT) : rates;
    }

    static ControlConfig control(SettingReader in) {
        return new ControlConfig(
                in.duration(Setting.REVOCATION_EXPIRY, Duration.ofSeconds(1)),
                in.number(Setting.MAX_REVOCATIONS, 1, Integer.MAX_VALUE),
                in.number(Setting.MAX_USER_SESSIONS, 0, Integer.MAX_VALUE),
                in.parsed(Setting.USER_SESSIONS_FULL, WhenFull.REFUSE_NEW, GatewaySettings::whenFull));
    }

    private static WhenFull whenFull(String text) {
        return switch (text) {
            case "refuse" -> WhenFull.REFUSE_NEW;
            case "end-oldest" -> WhenFull.END_OLDEST;
            default -> throw new IllegalArgumentException(text + " (expected: refuse or end-oldest)");
        };
    }

    static DeliveryConfig delivery(SettingReader in) {
        Duration apply = in.duration(Setting.APPLY_TIMEOUT, SHORTEST, DeliveryConfig.LONGEST_ANSWER);
        Duration answer = in.duration(Setting.ANSWER_TIMEOUT, SHORTEST, DeliveryConfig.LONGEST_ANSWER);
        if (answer.compareTo(apply) < 0) {
            in.problem(
                    Setting.ANSWER_TIMEOUT,
                    "is " + in.text(Setting.ANSWER_TIMEOUT) + " (expected: at least the APPLY_TIMEOUT, "
                            + in.text(Setting.APPLY_TIMEOUT) + ")");
            answer = apply;
        }
        MessageBounds bounds = messageBounds(in);
        return new DeliveryConfig(
                in.number(Setting.MAX_RECIPIENTS, 1, Integer.MAX_VALUE),
                in.number(Setting.MAX_USER_ID_LENGTH, 1, DeliveryConfig.LONGEST_USER_ID),
                bounds.message,
                bounds.metadata,
                in.bytes(Setting.MAX_FAN_OUT_BYTES, Long.MAX_VALUE),
                in.number(Setting.MAX_UNANSWERED, 1, Integer.MAX_VALUE),
                apply,
                answer);
    }

    private record MessageBounds(int message, int metadata) {}

    /**
     * Message and metadata fit into a payload, with the event around them: a client that exceeds the payload is disconnected
     * without an answer. A bound that is not set follows those that are.
     */
    private static MessageBounds messageBounds(SettingReader in) {
        int room = (int) in.bytes(Setting.MAX_PAYLOAD_BYTES, Integer.MAX_VALUE) - DeliveryConfig.ENVELOPE_BYTES;
        boolean messageIsSet = in.isSet(Setting.MAX_MESSAGE_BYTES);
        boolean metadataIsSet = in.isSet(Setting.MAX_METADATA_BYTES);
        int metadata = (int) in.bytes(Setting.MAX_METADATA_BYTES, Integer.MAX_VALUE);
        if (!metadataIsSet) {
            metadata = Math.max(1, Math.min(metadata, room / METADATA_SHARE));
        }
        int message = (int) in.bytes(Setting.MAX_MESSAGE_BYTES, Integer.MAX_VALUE);
        if (!messageIsSet) {
            message = Math.max(1, Math.min(message, room - metadata));
        }
        if (room < LEAST_ROOM) {
            in.problem(
                    Setting.MAX_PAYLOAD_BYTES,
                    "is " + in.required(Setting.MAX_PAYLOAD_BYTES) + " (expected: at least "
                            + (DeliveryConfig.ENVELOPE_BYTES + LEAST_ROOM)
                            + " for a message, its metadata and the event around them)");
        } else if ((messageIsSet || metadataIsSet) && (long) message + metadata > room) {
            in.problem(
                    messageIsSet ? Setting.MAX_MESSAGE_BYTES : Setting.MAX_METADATA_BYTES,
                    "is " + (messageIsSet ? message : metadata) + " (expected: with "
                            + (messageIsSet ? "MAX_METADATA_BYTES, " + metadata : "MAX_MESSAGE_BYTES, " + message)
                            + ", and " + DeliveryConfig.ENVELOPE_BYTES
                            + " for the event around them at most MAX_PAYLOAD_BYTES, "
                            + (room + DeliveryConfig.ENVELOPE_BYTES) + ")");
        }
        return new MessageBounds(message, metadata);
    }
}
