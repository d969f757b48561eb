package io.scarfall.gateway.internal.node;

import io.scarfall.presence.NodeId;
import org.jspecify.annotations.Nullable;

/** What this node is in its cluster at present: its name, its epoch, and whether it holds its lease. Thread-safe. */
public final class ThisNode {

    private final String name;
    private volatile @Nullable NodeId id;
    private volatile boolean member;
    private volatile boolean beatDue;
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
     * Whether the node holds its lease, as far as its last beat says. While it does not, the store may take it for dead, and
     * so other nodes that cannot beat either.
     */
    public boolean isMember() {
        return member;
    }

    /** Whether the store may know less than other nodes do. */
    public StoreDoubt storeDoubt() {
        return storeDoubt;
    }

    /** What the store said contradicts what this node knows: the next beat is due at once, and asks whether it knows this node. */
    public void beatSoon() {
        if (!beatDue) {
            beatDue = true;
        }
    }

    /** Whether {@link #beatSoon} was called since this was asked before. */
    boolean takeBeatDue() {
        boolean was = beatDue;
        if (was) {
            beatDue = false;
        }
        return was;
    }

    /** The store may have lost data: the next beat finds out, and is due at once. */
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
