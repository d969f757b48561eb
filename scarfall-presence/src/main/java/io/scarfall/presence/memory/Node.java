package io.scarfall.presence.memory;

import io.scarfall.presence.NodeId;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One life of a node. Changed by {@link MemoryNodeLease} under its lock; the volatile fields are read by everybody.
 *
 * <p>It lives while its lease runs. Once fenced it is over for good: nothing is written on its behalf, and what it has
 * left is removed.
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

    /** The place of a user all of whose sessions are here: one for all of them. */
    Where where() {
        return where;
    }

    /** How many sessions are kept for it. Changed under the locks of partitions. */
    AtomicInteger sessions() {
        return sessions;
    }

    boolean live(long nanos) {
        return !fenced && nanos - liveUntil < 0;
    }

    boolean fenced() {
        return fenced;
    }

    /** When it stopped, or will stop, being live. */
    long liveUntil() {
        return liveUntil;
    }

    /** Whether its sessions are known, as its last beat said. */
    boolean isSettled() {
        return settled;
    }

    /** Nothing that it had is connected any more. */
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

    /** From when others may remove what a fenced node has left. */
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

    /** Ends this life now, or when its lease lapsed if that was earlier. */
    void fence(long nanos, long reapableFrom) {
        if (live(nanos)) {
            liveUntil = nanos;
        }
        this.reapableFrom = reapableFrom;
        fenced = true;
    }
}
