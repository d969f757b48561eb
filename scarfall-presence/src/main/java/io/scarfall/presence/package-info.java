/**
 * Who is online, with which sessions, on which node; and who watches whom.
 *
 * <p>Three ways in:
 *
 * <ul>
 *   <li>A back end that only asks starts at {@link io.scarfall.presence.Presence}.
 *   <li>A node that holds sockets starts at {@link io.scarfall.presence.PresenceStore}, and keeps itself alive with
 *       {@link io.scarfall.presence.node.NodeLease} and others honest with {@link io.scarfall.presence.NodeReaper}.
 *   <li>Who assembles a system starts at {@link io.scarfall.presence.PresenceCluster}, which hands out all of these
 *       over one shared state; {@link io.scarfall.presence.memory.MemoryCluster} is the one without a server.
 * </ul>
 *
 * <p>Presence is derived from sessions: a user is online while any session lives, and nobody writes a status. Every
 * method answers by a {@link java.util.concurrent.CompletionStage}, never blocks, and says what it costs; its cost
 * grows with what is asked, never with the number of users. Wrong arguments and unreachable stores fail the stage; only
 * a {@code null} that must not be one may be thrown at the caller.
 */
@NullMarked
package io.scarfall.presence;

import org.jspecify.annotations.NullMarked;
