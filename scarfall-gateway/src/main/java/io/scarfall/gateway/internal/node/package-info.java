/**
 * The membership of this node in its cluster. Start at {@link io.scarfall.gateway.internal.node.Membership}, which
 * maintains it; {@link io.scarfall.gateway.internal.node.ThisNode} is what other classes see of it.
 */
@NullMarked
package io.scarfall.gateway.internal.node;

import org.jspecify.annotations.NullMarked;
