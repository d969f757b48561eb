package io.scarfall.presence.redis;

import io.lettuce.core.RedisCredentials;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SslVerifyMode;
import io.lettuce.core.StaticCredentialsProvider;
import io.scarfall.presence.ClusterState;
import io.scarfall.presence.PresenceSettings;
import io.scarfall.presence.Roster;
import io.scarfall.presence.StoreListener;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * Makes a {@link ClusterState} in Redis. One of them per process serves any number of nodes of the process.
 *
 * <p>It connects in the background, and reconnects whenever a connection is lost. While Redis is away every stage fails;
 * commands are not queued, and failed commands are not retried. Stages complete on threads of the connections: code chained
 * to them must not block.
 *
 * <pre>{@code
 * try (ClusterState cluster = RedisPresenceCluster.connect("redis://localhost:6379")) { ... }
 * }</pre>
 *
 * <p>Thread-safe.
 */
public final class RedisPresenceCluster {

    private RedisPresenceCluster() {}

    /** A state with all defaults, at an address as in {@link Builder#address}. It begins to connect. */
    public static ClusterState connect(String address) {
        return builder().address(address).build();
    }

    /** Begins with the options of {@link #connect}, without an address. */
    public static Builder builder() {
        return new Builder();
    }

    /** Collects the options of a {@link RedisPresenceCluster}. Not thread-safe. Prints no password. */
    public static final class Builder {

        private @Nullable String address;
        private List<String> seeds = List.of();
        private @Nullable String username;
        private char @Nullable [] password;
        private int database = -1;
        private @Nullable String sentinelUsername;
        private char @Nullable [] sentinelPassword;
        private boolean tls;
        private @Nullable TrustManagerFactory trust;
        private String prefix = "scarfall";
        private int partitions = 256;
        private PresenceSettings settings = PresenceSettings.DEFAULTS;
        private Duration sessionExpiry = Duration.ofDays(1);
        private Duration commandTimeout = Duration.ofSeconds(2);
        private int maxPendingCommands = 262_144;
        private int maxMessageBytes = 16 << 20;
        private boolean externalFriends = true;
        private int maxFriendsBytes = 1 << 20;
        private Duration sizesAge = OnlineSizes.MAX_AGE;
        private @Nullable Roster roster;
        private @Nullable StoreListener listener;
        private StoreTime time = StoreTime.OF_REDIS;

        Builder() {}

        /**
         * The address of Redis: {@code redis://[[user]:password@]host[:port][/database]}, or {@code
         * redis-sentinel://[[user]:password@]host[:port],host[:port][/database]#name}, with user and password of the
         * server that the Sentinels name. {@code rediss://} and {@code rediss-sentinel://} use TLS: see {@link
         * #tlsCa}. Reserved characters in user and password are percent-encoded: {@code #} as {@code %23}.
         *
         * @throws IllegalArgumentException if it is malformed; the message quotes neither user nor password
         */
        public Builder address(String address) {
            RedisAddress.parse(address);
            this.address = address;
            return this;
        }

        /** Some nodes of a Redis Cluster, each as {@code host:port}; instead of {@link #address}. */
        public Builder cluster(List<String> seeds) {
            this.seeds = List.copyOf(seeds);
            return this;
        }

        /** The user for Redis, if it is not in the address. */
        public Builder username(@Nullable String username) {
            this.username = username;
            return this;
        }

        /** The password for Redis, if it is not in the address. */
        public Builder password(@Nullable String password) {
            this.password = secret(password);
            return this;
        }

        /**
         * The user for the Sentinels, if they require a {@link #sentinelPassword}; their default user if not called.
         */
        public Builder sentinelUsername(@Nullable String username) {
            this.sentinelUsername = username;
            return this;
        }

        /** The password for the Sentinels, which is not that of the servers; none if not called. */
        public Builder sentinelPassword(@Nullable String password) {
            this.sentinelPassword = secret(password);
            return this;
        }

        private static char @Nullable [] secret(@Nullable String text) {
            return text == null || text.isEmpty() ? null : text.toCharArray();
        }

        /** The database, if it is not in the address; 0 or more. */
        public Builder database(int database) {
            if (database < 0) {
                throw new IllegalArgumentException("database: " + database + " (expected: >= 0)");
            }
            this.database = database;
            return this;
        }

        /** Whether to use TLS to the nodes of a {@link #cluster}; {@code false} if not called. */
        public Builder tls(boolean tls) {
            this.tls = tls;
            return this;
        }

        /**
         * The only certificates that servers and Sentinels are trusted by: a PEM file with one certificate or more,
         * of authorities or of the servers themselves. If not called, those that the JVM trusts. The file is read
         * now, and not again. In both cases a certificate must name the host that was connected to: that of the
         * address, or the one that a Sentinel or a Cluster announces.
         *
         * @throws IllegalArgumentException if the file cannot be read or holds no certificate
         */
        public Builder tlsCa(Path pem) {
            return tlsTrust(Trust.in(pem));
        }

        /** The only certificates that servers and Sentinels are trusted by, as an application already has them. */
        public Builder tlsTrust(TrustManagerFactory trust) {
            this.trust = Objects.requireNonNull(trust, "trust");
            return this;
        }

        /** The prefix of all keys; {@code scarfall} if not called. 1 to 64 of {@code A-Z a-z 0-9 . _ -}. */
        public Builder prefix(String prefix) {
            this.prefix = Objects.requireNonNull(prefix, "prefix");
            return this;
        }

        /**
         * The number of partitions, and so of slots, that keys are spread over; 256 if not called. It cannot change
         * while there are keys.
         */
        public Builder partitions(int partitions) {
            this.partitions = partitions;
            return this;
        }

        /** The times and bounds; {@link PresenceSettings#DEFAULTS} if not called. */
        public Builder settings(PresenceSettings settings) {
            this.settings = Objects.requireNonNull(settings, "settings");
            return this;
        }

        /**
         * When the record of a session expires if it is not opened again; a day if not called. It removes what
         * nothing else does: nodes open their sessions again after half of it.
         */
        public Builder sessionExpiry(Duration sessionExpiry) {
            this.sessionExpiry = Objects.requireNonNull(sessionExpiry, "sessionExpiry");
            return this;
        }

        /** The timeout of a command, and of connecting; 2 s if not called. */
        public Builder commandTimeout(Duration commandTimeout) {
            this.commandTimeout = Objects.requireNonNull(commandTimeout, "commandTimeout");
            return this;
        }

        /**
         * How many commands may be unanswered on a connection, and how many changes of sessions may wait; beyond it
         * they fail. 262,144 if not called.
         */
        public Builder maxPendingCommands(int maxPendingCommands) {
            this.maxPendingCommands = maxPendingCommands;
            return this;
        }

        /** The largest message of the bus; 16 MiB if not called. */
        public Builder maxMessageBytes(int maxMessageBytes) {
            this.maxMessageBytes = maxMessageBytes;
            return this;
        }

        /**
         * Whether to read the friends that other systems write as JSON into {@code friends:<user>}, too; {@code true}
         * if not called. A list is read when its user connects, and at most every five seconds while the user is
         * active.
         */
        public Builder externalFriends(boolean externalFriends) {
            this.externalFriends = externalFriends;
            return this;
        }

        /**
         * How many bytes of a list of friends of other systems are read, 1 KiB to 64 MiB; 1 MiB if not called. The
         * rest of a longer list is left out; that is logged and reported to {@link StoreListener#friendsCutOff}.
         */
        public Builder maxFriendsBytes(int maxFriendsBytes) {
            this.maxFriendsBytes = maxFriendsBytes;
            return this;
        }

        /** The application's lists of friends; lists in Redis if not called. */
        public Builder roster(Roster roster) {
            this.roster = Objects.requireNonNull(roster, "roster");
            return this;
        }

        /** Receives the time and the outcome of each operation; none if not called. */
        public Builder listener(StoreListener listener) {
            this.listener = Objects.requireNonNull(listener, "listener");
            return this;
        }

        Builder sizesAge(Duration sizesAge) {
            this.sizesAge = sizesAge;
            return this;
        }

        Builder time(StoreTime time) {
            this.time = time;
            return this;
        }

        /**
         * Builds the state, which begins to connect.
         *
         * @throws IllegalArgumentException if a value is out of its range
         */
        public ClusterState build() {
            return buildState();
        }

        RedisState buildState() {
            return new RedisState(options());
        }

        /** For queries only, which wait for the first connection; without connections for leases. */
        RedisState buildToAsk() {
            RedisOptions made = options();
            RedisConnections connections = new RedisConnections(made, new RedisKeys(made.prefix(), made.partitions()));
            return new RedisState(made, connections, new FirstConnection(connections, made));
        }

        RedisOptions options() {
            List<RedisURI> addresses = new ArrayList<>();
            String one = address;
            if (one != null) {
                addresses.add(RedisAddress.parse(one));
            }
            for (String seed : seeds) {
                RedisURI uri = RedisAddress.parse((tls ? "rediss://" : "redis://") + seed);
                addresses.add(uri);
            }
            if (addresses.isEmpty() || (one != null && !seeds.isEmpty())) {
                throw new IllegalArgumentException(
                        "address: " + addresses.size() + " given (expected: an address, or some nodes of a cluster)");
            }
            for (RedisURI uri : addresses) {
                complete(uri);
            }
            return new RedisOptions(
                    addresses,
                    one == null,
                    trust == null && addresses.stream().anyMatch(RedisURI::isSsl) ? Trust.ofJvm() : trust,
                    prefix,
                    partitions,
                    settings,
                    sessionExpiry,
                    commandTimeout,
                    maxPendingCommands,
                    maxMessageBytes,
                    externalFriends,
                    maxFriendsBytes,
                    sizesAge,
                    roster,
                    listener,
                    time);
        }

        private void complete(RedisURI uri) {
            uri.setTimeout(commandTimeout);
            uri.setClientName("scarfall");
            uri.setVerifyPeer(SslVerifyMode.FULL);
            if (database >= 0) {
                uri.setDatabase(database);
            }
            RedisCredentials given = // a parsed address has them already, so this does not wait
                    uri.getCredentialsProvider().resolveCredentials().toFuture().join();
            authenticate(
                    uri,
                    given.hasUsername() ? given.getUsername() : username,
                    given.hasPassword() ? given.getPassword() : password);
            for (RedisURI sentinel : uri.getSentinels()) {
                sentinel.setTimeout(commandTimeout);
                sentinel.setVerifyPeer(SslVerifyMode.FULL);
                authenticate(sentinel, sentinelUsername, sentinelPassword);
            }
        }

        private static void authenticate(RedisURI uri, @Nullable String user, char @Nullable [] secret) {
            if (secret != null) {
                // Not RedisCredentialsProvider.from: with it Lettuce completes handshakes on another thread. That
                // thread may lose the reason why Redis refused, and reports a connection that was closed.
                uri.setCredentialsProvider(new StaticCredentialsProvider(RedisCredentials.just(user, secret)));
            }
        }
    }
}
