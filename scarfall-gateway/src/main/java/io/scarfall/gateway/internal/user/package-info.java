/**
 * The gateway of the users. Start at {@link io.scarfall.gateway.internal.user.UserGateway}, the table of its events. {@link
 * io.scarfall.gateway.internal.user.LiveSessions} keeps presence in step with the authenticated sockets of this node, and {@link
 * io.scarfall.gateway.internal.user.PresenceNotifier} tells friends.
 */
@NullMarked
package io.scarfall.gateway.internal.user;

import org.jspecify.annotations.NullMarked;
