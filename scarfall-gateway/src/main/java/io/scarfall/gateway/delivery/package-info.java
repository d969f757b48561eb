/**
 * Sends events to users, wherever they are, and says what became of each. Start at {@link
 * io.scarfall.gateway.delivery.UserDelivery}. {@link io.scarfall.gateway.delivery.LocalUsers} holds the sockets of this
 * node; {@link io.scarfall.gateway.delivery.NodeLinks} carries an {@link io.scarfall.gateway.delivery.Envelope} to each
 * other node that holds a recipient.
 */
@NullMarked
package io.scarfall.gateway.delivery;

import org.jspecify.annotations.NullMarked;
