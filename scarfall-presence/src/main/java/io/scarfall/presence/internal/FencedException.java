package io.scarfall.presence.internal;

import io.scarfall.presence.NodeId;

/**
 * A write was refused, because its node is no longer trusted under that epoch: its lease ended, and another node
 * removes its sessions, or will.
 *
 * <p>The node then joins for a new epoch ({@link NodeLease#join}), and opens its connected sessions again under it.
 * The exception has no stack trace, since a pause of a whole node raises it once per session.
 */
public final class FencedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String node; // as text, since exceptions are serializable

    /** Refuses a write of this node. */
    public FencedException(NodeId node) {
        super("node: " + node + " (expected: an epoch that is not fenced)", null, false, false);
        this.node = node.toString();
    }

    /** The node, with the epoch that was refused. */
    public NodeId node() {
        return NodeId.parse(node);
    }
}
