/**
 * This node among the nodes of the cluster. Start at {@link io.scarfall.gateway.node.Membership}, which keeps it alive
 * there; {@link io.scarfall.gateway.node.ThisNode} is what the others need to know of it.
 */
@NullMarked
package io.scarfall.gateway.node;

import org.jspecify.annotations.NullMarked;
