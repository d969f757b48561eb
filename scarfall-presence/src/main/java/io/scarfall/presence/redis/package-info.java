/**
 * Presence in Redis: standalone, behind Sentinel, or a Cluster, from version 6 on.
 *
 * <p>Start at {@link io.scarfall.presence.redis.RedisPresenceCluster} for a node, and at
 * {@link io.scarfall.presence.redis.RedisPresence} for a back end that only asks. Below them, {@code RedisKeys} names all
 * that is kept, the scripts in {@code resources/lua} are everything that changes it, and {@code RedisConnections} is how
 * they get there.
 */
@NullMarked
package io.scarfall.presence.redis;

import org.jspecify.annotations.NullMarked;
