/**
 * Presence in Redis 6 or newer: standalone, behind Sentinel, or a Cluster.
 *
 * <p>An application starts at {@link io.scarfall.presence.redis.RedisPresenceCluster}, and a back end that only asks
 * at {@link io.scarfall.presence.redis.RedisPresence}. Inside, {@code RedisKeys} lists all keys, the scripts in the
 * folder {@code lua} make all changes, and {@code RedisConnections} carries commands to the servers.
 */
@NullMarked
package io.scarfall.presence.redis;

import org.jspecify.annotations.NullMarked;
