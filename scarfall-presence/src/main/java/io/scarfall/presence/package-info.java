/**
 * Presence: which users are online, with which sessions, on which node, and which users list which friends.
 *
 * <ul>
 *   <li>A back end that only asks starts at {@link io.scarfall.presence.redis.RedisPresence}, or at the interface {@link
 *       io.scarfall.presence.Presence}.
 *   <li>An application that embeds the gateway makes a {@link io.scarfall.presence.ClusterState}, in memory with {@link
 *       io.scarfall.presence.memory.MemoryCluster} or in Redis with {@link io.scarfall.presence.redis.RedisPresenceCluster}.
 * </ul>
 *
 * <p>Presence is derived from sessions: a user is online while a session lives, and no caller writes a status. Every query
 * returns a {@link java.util.concurrent.CompletionStage}, never blocks, and documents its cost. The cost grows with what is
 * asked, never with the number of users. Wrong arguments and unreachable stores fail the stage; only a {@code null} where
 * none is allowed may be thrown at the caller.
 */
@NullMarked
package io.scarfall.presence;

import org.jspecify.annotations.NullMarked;
