package io.scarfall.presence.memory;

import io.scarfall.presence.NodeId;
import java.util.ArrayList;
import java.util.List;

/** On which nodes a user has sessions. Immutable, so that it is read without a lock. */
final class Where {

    static final Where NOWHERE = new Where(new Node[0], List.of());

    private final Node[] nodes;
    private final List<NodeId> ids;

    private Where(Node[] nodes, List<NodeId> ids) {
        this.nodes = nodes;
        this.ids = ids;
    }

    /** Only on one node; called once per node, since most users are on one. */
    static Where on(Node node) {
        return new Where(new Node[] {node}, List.of(node.id()));
    }

    boolean isOn(Node node) {
        for (Node here : nodes) {
            if (here == node) {
                return true;
            }
        }
        return false;
    }

    boolean isOnOneNode() {
        return nodes.length == 1;
    }

    Where plus(Node node) {
        if (isOn(node)) {
            return this;
        }
        List<Node> more = new ArrayList<>(List.of(nodes));
        more.add(node);
        return of(more);
    }

    Where minus(Node node) {
        List<Node> fewer = new ArrayList<>(List.of(nodes));
        fewer.remove(node);
        return of(fewer);
    }

    private static Where of(List<Node> nodes) {
        return switch (nodes.size()) {
            case 0 -> NOWHERE;
            case 1 -> nodes.get(0).where();
            default ->
                new Where(
                        nodes.toArray(new Node[0]), nodes.stream().map(Node::id).toList());
        };
    }

    /** Those that live. Allocates nothing while all do. */
    List<NodeId> live(long nanos) {
        return isIncomplete(nanos) ? someLive(nanos) : ids;
    }

    /** Whether some do not live. */
    boolean isIncomplete(long nanos) {
        for (Node node : nodes) {
            if (!node.live(nanos)) {
                return true;
            }
        }
        return false;
    }

    private List<NodeId> someLive(long nanos) {
        List<NodeId> live = new ArrayList<>(nodes.length);
        for (Node node : nodes) {
            if (node.live(nanos)) {
                live.add(node.id());
            }
        }
        return List.copyOf(live);
    }
}
