/**
 * The values that nodes and clients exchange: start at {@link io.scarfall.gateway.internal.message.SendMessage}, what a client
 * asks for, and {@link io.scarfall.gateway.internal.message.UserEvent}, what recipients get. Nothing here has an effect.
 */
@NullMarked
package io.scarfall.gateway.internal.message;

import org.jspecify.annotations.NullMarked;
