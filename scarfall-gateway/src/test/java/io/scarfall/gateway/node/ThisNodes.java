package io.scarfall.gateway.node;

import io.scarfall.presence.node.NodeId;

/** Nodes for tests of other packages. */
public final class ThisNodes {

    private ThisNodes() {}

    /** A node that lives under an epoch. */
    public static ThisNode joined(String name, long epoch) {
        ThisNode node = new ThisNode(name);
        node.become(new NodeId(name, epoch));
        return node;
    }
}
