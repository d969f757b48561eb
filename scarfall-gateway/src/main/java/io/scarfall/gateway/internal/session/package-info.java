/**
 * The sessions of authenticated users on this node. Start at {@link io.scarfall.gateway.internal.session.LiveSession}, a
 * single session, and {@link io.scarfall.gateway.internal.session.LiveSessions}, the registry. {@link
 * io.scarfall.gateway.internal.session.SessionSync} keeps the store in step with them, and {@link
 * io.scarfall.gateway.internal.session.SessionAudit} compares both.
 */
@NullMarked
package io.scarfall.gateway.internal.session;

import org.jspecify.annotations.NullMarked;
