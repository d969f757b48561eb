package io.scarfall.gateway.internal.node;

import io.scarfall.presence.NodeId;
import org.jspecify.annotations.Nullable;

/** The name of this node, and the epoch under which it lives at present. Thread-safe. */
public final class ThisNode {

    private final String name;
    private volatile @Nullable NodeId id;
    private volatile boolean member;
    private volatile boolean doubtful;
    private final StoreDoubt storeDoubt = new StoreDoubt();

    /** A node that has not joined. */
    public ThisNode(String name) {
        this.name = name;
    }

    /** The name, the same for all epochs. */
    public String name() {
        return name;
    }

    /** The name and the present epoch; null until the node has joined. */
    public @Nullable NodeId id() {
        return id;
    }

    /** Whether an id is one of this node, under whatever epoch. */
    public boolean is(NodeId other) {
        return other.name().equals(name);
    }

    /**
     * Whether the node holds its lease, as far as its last beat says. While it does not, the store may take it, and others
     * that cannot beat either, for dead.
     */
    public boolean isMember() {
        return member;
    }

    /** Whether the store may know less than other nodes do. */
    public StoreDoubt storeDoubt() {
        return storeDoubt;
    }

    /** The store said what this node knows better: it is asked soon whether it still knows this node. */
    public void doubt() {
        if (!doubtful) {
            doubtful = true;
        }
    }

    /** Whether there was doubt since this was asked before. */
    boolean endDoubt() {
        boolean was = doubtful;
        if (was) {
            doubtful = false;
        }
        return was;
    }

    void become(NodeId id) {
        this.id = id;
    }

    void become(boolean member) {
        this.member = member;
    }
}
