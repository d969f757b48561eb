package io.scarfall.gateway.internal.node;

import io.scarfall.presence.NodeId;
import org.jspecify.annotations.Nullable;

/** The present state of this node in its cluster: its name, its epoch, and whether it holds its lease. Thread-safe. */
public final class ThisNode {

    private final String name;
    private volatile @Nullable NodeId id;
    private volatile boolean member;
    private volatile boolean beatDue;
    private final StoreDoubt storeDoubt = new StoreDoubt();

    /** A node that has not joined yet. */
    public ThisNode(String name) {
        this.name = name;
    }

    /** The node's name, the same for all epochs. */
    public String name() {
        return name;
    }

    /** The node's name and present epoch; null until the node has joined. */
    public @Nullable NodeId id() {
        return id;
    }

    /** Whether an id is one of this node, under any epoch. */
    public boolean is(NodeId other) {
        return other.name().equals(name);
    }

    /**
     * Whether the node holds its lease, as far as its last beat says. While it does not, the store may take this node for
     * dead, and other nodes that cannot beat too.
     */
    public boolean isMember() {
        return member;
    }

    /** Whether the store may know less than other nodes do. */
    public StoreDoubt storeDoubt() {
        return storeDoubt;
    }

    /**
     * Makes the next beat due at once, which asks whether the store knows this node. Call it when the store contradicts
     * what this node knows.
     */
    public void beatSoon() {
        if (!beatDue) {
            beatDue = true;
        }
    }

    /** Whether {@link #beatSoon} was called since the last call of this method. */
    boolean takeBeatDue() {
        boolean was = beatDue;
        if (was) {
            beatDue = false;
        }
        return was;
    }

    /** The store may have lost data: makes the next beat due at once, which finds out. */
    public void suspectStore() {
        storeDoubt.suspect();
        beatSoon();
    }

    void become(NodeId id) {
        this.id = id;
    }

    void become(boolean member) {
        this.member = member;
    }
}
