/**
 * The values that nodes and clients exchange. Start at {@link io.scarfall.gateway.internal.message.SendMessage}, the
 * request of a client, and {@link io.scarfall.gateway.internal.message.UserEvent}, the event that recipients get. The
 * types of this package have no side effects.
 */
@NullMarked
package io.scarfall.gateway.internal.message;

import org.jspecify.annotations.NullMarked;
