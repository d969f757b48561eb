package io.scarfall.presence.internal;

import io.scarfall.presence.NodeId;

/**
 * A write was refused because its node is no longer trusted under that epoch: its lease ended and its sessions are, or
 * are about to be, removed by another node.
 *
 * <p>The answer to it is {@link NodeLease#join} for a new epoch, and opening the still connected sessions again under
 * it. It carries no stack trace, since a pause of a whole node raises it once per session.
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
