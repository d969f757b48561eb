package io.scarfall.server;

import io.scarfall.presence.redis.RedisPresenceCluster;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The Redis that nodes share.
 *
 * @param address of one Redis or of Sentinels; null for a Cluster
 * @param cluster some nodes of a Cluster; empty for an address
 * @param tls whether a Cluster uses TLS; an address has that in its scheme
 * @param ca the certificates that alone may vouch for Redis; null for those that the JVM trusts
 * @param maxFriendsBytes how much is read of a list of friends that other systems write
 */
record RedisSettings(
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

    /** The settings that name the Redis. */
    private static final List<Setting> STORES = List.of(Setting.REDIS_URL, Setting.REDIS_HOST, Setting.REDIS_CLUSTER);

    private static final Pattern HOST_AND_PORT = Pattern.compile("[^\\s:/]+:\\d{1,5}");
    private static final int MAX_PORT = 65_535;
    private static final int LEAST_FRIENDS_BYTES = 1_024;
    private static final int MOST_FRIENDS_BYTES = 64 << 20;

    /** Shows no secret. */
    @Override
    public String toString() {
        return "Redis";
    }

    /** The Redis of the settings; null if they name none, and all state is in this process. */
    static @Nullable RedisSettings read(SettingReader in) {
        List<Setting> given = STORES.stream().filter(in::isSet).toList();
        if (given.size() > 1) {
            in.problem(given.stream().map(Setting::name).collect(Collectors.joining(" and "))
                    + " are set together (expected: one of them)");
        }
        if (given.isEmpty()) {
            if (in.isSet(Setting.REDIS_PASSWORD)) {
                in.problem(Setting.REDIS_PASSWORD, "is set without REDIS_HOST, REDIS_URL or REDIS_CLUSTER");
            }
            return null; // REDIS_PORT alone is no mistake: Kubernetes sets it for a service of that name
        }
        boolean tls = in.flag(Setting.REDIS_TLS);
        Duration timeout = in.duration(Setting.REDIS_TIMEOUT, Duration.ofMillis(1));
        int maxFriendsBytes = (int) in.bytes(Setting.FRIENDS_MAX_BYTES, MOST_FRIENDS_BYTES);
        if (maxFriendsBytes < LEAST_FRIENDS_BYTES) {
            in.problem(Setting.FRIENDS_MAX_BYTES, "is " + maxFriendsBytes + " (expected: 1KB to 64MB)");
        }
        Setting source = given.get(0);
        List<String> cluster = source == Setting.REDIS_CLUSTER
                ? in.parsed(Setting.REDIS_CLUSTER, List.of(), RedisSettings::hostsAndPorts)
                : List.of();
        String address = switch (source) {
            case REDIS_HOST -> redisAddress(in, tls);
            case REDIS_URL -> in.parsed(Setting.REDIS_URL, "", RedisSettings::redisUrl);
            default -> null;
        };
        return new RedisSettings(
                address,
                cluster,
                in.given(Setting.REDIS_USERNAME),
                in.text(Setting.REDIS_PASSWORD),
                in.given(Setting.REDIS_SENTINEL_USERNAME),
                in.text(Setting.REDIS_SENTINEL_PASSWORD),
                tls,
                redisCa(in, address == null ? tls : address.startsWith("rediss")),
                timeout,
                maxFriendsBytes);
    }

    private static @Nullable Path redisCa(SettingReader in, boolean tls) {
        String file = in.given(Setting.REDIS_TLS_CA);
        if (file == null) {
            return null;
        }
        if (!tls) {
            in.problem(Setting.REDIS_TLS_CA, "is set, but Redis does not use TLS");
        }
        try {
            Path ca = Path.of(file);
            var unused = RedisPresenceCluster.builder().tlsCa(ca); // the builder has the rules
            return ca;
        } catch (IllegalArgumentException e) { // also: no path at all
            in.problem(Setting.REDIS_TLS_CA, "cannot be used: " + e.getMessage());
            return null;
        }
    }

    private static String redisAddress(SettingReader in, boolean tls) {
        String host = in.required(Setting.REDIS_HOST);
        if (host.contains("/")) {
            in.problem(Setting.REDIS_HOST, "is " + host + " (expected: a host; an address goes into REDIS_URL)");
        }
        int port = in.number(Setting.REDIS_PORT, 1, MAX_PORT);
        int database = in.number(Setting.REDIS_DB, 0, 1_000_000);
        return (tls ? "rediss://" : "redis://") + (host.contains(":") ? "[" + host + "]" : host) + ":" + port + "/"
                + database;
    }

    private static String redisUrl(String text) {
        var unused = RedisPresenceCluster.builder().address(text); // the builder has the rules
        return text;
    }

    private static List<String> hostsAndPorts(String text) {
        List<String> nodes = SettingReader.list(text);
        for (String node : nodes) {
            if (!HOST_AND_PORT.matcher(node).matches()) {
                throw new IllegalArgumentException(node + " (expected: host:port)");
            }
        }
        return nodes;
    }
}
