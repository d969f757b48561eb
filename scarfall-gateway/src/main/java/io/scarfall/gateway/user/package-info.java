/**
 * The gateway of the users. Start at {@link io.scarfall.gateway.user.UserGateway}, the table of its events. {@link
 * io.scarfall.gateway.user.LiveSessions} keeps presence in step with the authenticated sockets of this node, and {@link
 * io.scarfall.gateway.user.PresenceNotifier} tells friends.
 */
@NullMarked
package io.scarfall.gateway.user;

import org.jspecify.annotations.NullMarked;
