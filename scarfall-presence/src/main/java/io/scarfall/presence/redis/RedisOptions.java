package io.scarfall.presence.redis;

import io.lettuce.core.RedisURI;
import io.scarfall.presence.PresenceSettings;
import io.scarfall.presence.Roster;
import io.scarfall.presence.StoreListener;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * The options of a {@link RedisPresenceCluster}; its builder documents each. It holds no password: that is in the
 * addresses, which print it masked. Immutable.
 *
 * @param addresses the one of a server or of its Sentinels; or those of some nodes of a Cluster
 * @param cluster whether it is a Redis Cluster
 * @param trust the certificates that servers must present or descend from; {@code null} without TLS
 */
record RedisOptions(
        List<RedisURI> addresses,
        boolean cluster,
        @Nullable TrustManagerFactory trust,
        String prefix,
        int partitions,
        PresenceSettings settings,
        Duration sessionExpiry,
        Duration commandTimeout,
        int maxPendingCommands,
        int maxMessageBytes,
        boolean externalFriends,
        int maxFriendsBytes,
        Duration sizesAge,
        @Nullable Roster roster,
        @Nullable StoreListener listener,
        StoreTime time) {

    RedisOptions {
        addresses = List.copyOf(addresses);
        if (!prefix.matches("[A-Za-z0-9._-]{1,64}")) {
            throw new IllegalArgumentException("prefix: " + prefix + " (expected: 1 to 64 of A-Z a-z 0-9 . _ -)");
        }
        range("partitions", partitions, 1, 4_096);
        range("maxPendingCommands", maxPendingCommands, 1_024, 10_000_000);
        range("maxFriendsBytes", maxFriendsBytes, 1_024, 64 << 20);
        range("maxMessageBytes", maxMessageBytes, 1_024, 256 << 20);
        positive("sessionExpiry", sessionExpiry, Duration.ofSeconds(1));
        positive("commandTimeout", commandTimeout, Duration.ofMillis(1));
    }

    private static void range(String name, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: " + least + ".." + most + ")");
        }
    }

    private static void positive(String name, Duration value, Duration least) {
        if (value.compareTo(least) < 0 || value.compareTo(PresenceSettings.MAX_TIME) > 0) {
            throw new IllegalArgumentException(
                    name + ": " + value + " (expected: " + least + " to " + PresenceSettings.MAX_TIME + ")");
        }
    }
}
