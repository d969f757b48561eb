/**
 * This node among the nodes of the cluster. Start at {@link io.scarfall.gateway.internal.node.Membership}, which keeps it alive
 * there; {@link io.scarfall.gateway.internal.node.ThisNode} is what other classes need to know of it.
 */
@NullMarked
package io.scarfall.gateway.internal.node;

import org.jspecify.annotations.NullMarked;
