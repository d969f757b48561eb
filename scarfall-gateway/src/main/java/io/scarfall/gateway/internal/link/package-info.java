/**
 * Links between nodes. Start at {@link io.scarfall.gateway.internal.link.NodeLinks}, the sending half, and {@link
 * io.scarfall.gateway.internal.link.LinkReceiver}, the receiving half. They carry an {@link
 * io.scarfall.gateway.internal.link.Envelope}; a {@link io.scarfall.gateway.internal.link.BodyHandler} carries out its
 * body.
 */
@NullMarked
package io.scarfall.gateway.internal.link;

import org.jspecify.annotations.NullMarked;
