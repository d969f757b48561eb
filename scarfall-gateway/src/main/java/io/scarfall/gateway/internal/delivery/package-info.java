/**
 * Sends messages to users on any node, and reports the outcome for each recipient. Start at {@link
 * io.scarfall.gateway.internal.delivery.UserDelivery}. {@link io.scarfall.gateway.internal.delivery.LocalUsers} writes to
 * the sockets of this node; {@link io.scarfall.gateway.internal.delivery.Routing} decides which other nodes hold
 * recipients.
 */
@NullMarked
package io.scarfall.gateway.internal.delivery;

import org.jspecify.annotations.NullMarked;
