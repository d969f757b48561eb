package io.scarfall.gateway.internal.node;

import io.scarfall.presence.NodeId;
import java.util.Objects;

/** Nodes for tests of other packages. */
public final class ThisNodes {

    private ThisNodes() {}

    /** A node with a live epoch. */
    public static ThisNode joined(String name, long epoch) {
        ThisNode node = new ThisNode(name);
        node.become(new NodeId(name, epoch));
        return node;
    }

    /** The node takes the next epoch. */
    public static void rejoin(ThisNode node) {
        NodeId id = Objects.requireNonNull(node.id());
        node.become(new NodeId(id.name(), id.epoch() + 1));
    }
}
