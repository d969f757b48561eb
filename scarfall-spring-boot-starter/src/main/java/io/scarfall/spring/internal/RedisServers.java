package io.scarfall.spring.internal;

import io.scarfall.presence.redis.RedisPresenceCluster;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.SslBundle;

/**
 * The Redis of the application, as both lines of Spring Boot describe it. Prints no password.
 *
 * @param nodes as {@code host:port}: one server, the Sentinels, or some nodes of a Cluster
 * @param sentinel what only Sentinels have; null without them
 * @param isCluster whether the nodes are of a Redis Cluster
 * @param database of a single server, or of the servers that the Sentinels name
 */
record RedisServers(List<String> nodes, @Nullable Sentinel sentinel, boolean isCluster, int database, Access access) {

    static RedisServers standalone(String node, int database, Access access) {
        return new RedisServers(List.of(node), null, false, database, access);
    }

    static RedisServers sentinels(List<String> nodes, Sentinel sentinel, int database, Access access) {
        return new RedisServers(nodes, sentinel, false, database, access);
    }

    static RedisServers cluster(List<String> nodes, Access access) {
        return new RedisServers(nodes, null, true, 0, access);
    }

    /** The name of the master, and the user and the password of the Sentinels themselves. */
    record Sentinel(
            String master,
            @Nullable String username,
            @Nullable String password) {

        @Override
        public String toString() {
            return "Sentinel[" + master + "]";
        }
    }

    /** How to authenticate at the servers, and the certificates to trust there; null for no TLS. */
    record Access(
            @Nullable String username,
            @Nullable String password,
            @Nullable SslBundle ssl) {

        @Override
        public String toString() {
            return "Access[...]";
        }
    }

    /** Sets the servers, and how to authenticate there. */
    void apply(RedisPresenceCluster.Builder builder) {
        SslBundle ssl = access.ssl();
        if (isCluster) {
            builder.cluster(nodes).tls(ssl != null);
        } else if (sentinel != null) {
            builder.address((ssl == null ? "redis-sentinel://" : "rediss-sentinel://")
                            + String.join(",", nodes)
                            + "#"
                            + URLEncoder.encode(sentinel.master(), StandardCharsets.UTF_8))
                    .database(database)
                    .sentinelUsername(sentinel.username())
                    .sentinelPassword(sentinel.password());
        } else {
            builder.address((ssl == null ? "redis://" : "rediss://") + nodes.get(0))
                    .database(database);
        }
        builder.username(access.username()).password(access.password());
        if (ssl != null) {
            if (ssl.getKey().getAlias() != null || ssl.getStores().getKeyStore() != null) {
                throw new IllegalStateException("spring.data.redis.ssl.bundle: has a key"
                        + " (expected: trusted certificates only; the gateway sends Redis no certificate of its own)");
            }
            builder.tlsTrust(ssl.getManagers().getTrustManagerFactory());
        }
    }

    @Override
    public String toString() {
        return "RedisServers" + nodes;
    }

    /** A node as {@code host:port}, with brackets around an address of IPv6. */
    static String node(String host, int port) {
        return (host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host) + ":" + port;
    }
}
