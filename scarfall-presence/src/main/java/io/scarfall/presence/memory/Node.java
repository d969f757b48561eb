package io.scarfall.presence.memory;

import io.scarfall.presence.NodeId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One epoch of a node. {@link MemoryNodeLease} changes it under its lock; any thread reads the volatile fields.
 *
 * <p>It is live while its lease runs. Fencing ends it for good: nothing more is written on its behalf, and its remaining
 * sessions are removed.
 */
final class Node {

    private final NodeId id;
    private final Where where;
    private final AtomicInteger sessions = new AtomicInteger();
    private long heldSince;
    private long reapableFrom;
    private volatile long liveUntil;
    private volatile boolean fenced;
    private volatile boolean left;
    private volatile boolean settled;

    /**
     * @param nanos now
     * @param liveUntil when the lease ends, on the same scale
     */
    Node(NodeId id, long nanos, long liveUntil) {
        this.id = id;
        this.where = Where.on(this);
        this.heldSince = nanos;
        this.liveUntil = liveUntil;
        this.reapableFrom = liveUntil;
    }

    NodeId id() {
        return id;
    }

    /** The nodes of a user whose sessions are all on this one: the same object for all such users. */
    Where where() {
        return where;
    }

    /** How many sessions the partitions hold for it. Changed under their locks. */
    AtomicInteger sessions() {
        return sessions;
    }

    boolean live(long nanos) {
        return !fenced && nanos - liveUntil < 0;
    }

    boolean fenced() {
        return fenced;
    }

    /** When its lease ended, or will end. */
    long liveUntil() {
        return liveUntil;
    }

    /** Whether the store knows all its sessions, by its last beat. */
    boolean isSettled() {
        return settled;
    }

    /** Whether it left, so that none of its sessions is connected any more. */
    boolean hasLeft() {
        return left;
    }

    void leave(long nanos) {
        left = true;
        fence(nanos, nanos);
    }

    /** Since when the lease was held without a gap. */
    long heldSince() {
        return heldSince;
    }

    /** Whether other nodes may remove the remaining sessions of a fenced node. */
    boolean reapable(long nanos) {
        return fenced && nanos - reapableFrom >= 0;
    }

    void renew(long nanos, long liveUntil, boolean settled) {
        if (!live(nanos)) {
            heldSince = nanos;
        }
        this.liveUntil = liveUntil;
        this.settled = settled;
    }

    /** Ends this epoch now, or at the end of its lease if that was earlier. */
    void fence(long nanos, long reapableFrom) {
        if (live(nanos)) {
            liveUntil = nanos;
        }
        this.reapableFrom = reapableFrom;
        fenced = true;
    }

    /**
     * The nodes on which a user has sessions. Immutable, so that it is read without a lock. It is nested because each
     * node holds the one that is shared by all users with sessions on that node alone.
     */
    static final class Where {

        static final Where NOWHERE = new Where(new Node[0], List.of());

        private final Node[] nodes;
        private final List<NodeId> ids;

        private Where(Node[] nodes, List<NodeId> ids) {
            this.nodes = nodes;
            this.ids = ids;
        }

        /** One node alone; called once per node. */
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
                            nodes.toArray(new Node[0]),
                            nodes.stream().map(Node::id).toList());
            };
        }

        /** The live ones. Allocates nothing while all live. */
        List<NodeId> live(long nanos) {
            return isIncomplete(nanos) ? someLive(nanos) : ids;
        }

        /** Whether some are not live. */
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
}
