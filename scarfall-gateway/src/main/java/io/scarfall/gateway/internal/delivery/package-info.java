/**
 * Sends events to users, wherever they are, and says what became of each. Start at {@link
 * io.scarfall.gateway.internal.delivery.UserDelivery}. {@link io.scarfall.gateway.internal.delivery.LocalUsers} holds the sockets of this
 * node; {@link io.scarfall.gateway.internal.delivery.NodeLinks} carries an {@link io.scarfall.gateway.internal.delivery.Envelope} to each
 * other node that holds a recipient.
 */
@NullMarked
package io.scarfall.gateway.internal.delivery;

import org.jspecify.annotations.NullMarked;
