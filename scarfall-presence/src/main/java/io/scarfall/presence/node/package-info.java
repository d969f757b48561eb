/**
 * The nodes that share one presence, and how they reach each other.
 *
 * <p>Start at {@link io.scarfall.presence.node.NodeLease}: a node joins, beats, and leaves. What a node that stopped
 * beating leaves behind is removed by {@link io.scarfall.presence.NodeReaper}, which sits one package up because it
 * speaks of users. {@link io.scarfall.presence.node.NodeBus} carries bytes from node to node.
 */
@NullMarked
package io.scarfall.presence.node;

import org.jspecify.annotations.NullMarked;
