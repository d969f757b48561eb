package io.scarfall.presence.memory;

import io.scarfall.presence.NodeId;
import io.scarfall.presence.internal.Beat;
import io.scarfall.presence.internal.NodeLease;
import io.scarfall.presence.internal.store.Answer;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * The nodes of a cluster, from joining until their last remaining session is removed. Thread-safe: changes take its
 * lock, and cost by the number of nodes only; {@link #find} takes no lock.
 */
final class MemoryNodeLease implements NodeLease {

    private final long leaseNanos;
    private final Time time;
    private final ConcurrentMap<NodeId, Node> nodes = new ConcurrentHashMap<>();
    private final Map<String, Node> current = new HashMap<>(); // by name, those that are not fenced
    private long lastEpoch;

    MemoryNodeLease(Duration lease, Time time) {
        this.leaseNanos = lease.toNanos();
        this.time = time;
    }

    @Override
    public CompletionStage<NodeId> join(String name) {
        return Answer.of(() -> joined(name));
    }

    @Override
    public CompletionStage<Beat> beat(NodeId node, boolean settled) {
        return CompletableFuture.completedFuture(beaten(node, settled));
    }

    @Override
    public CompletionStage<Void> leave(NodeId node) {
        left(node);
        return CompletableFuture.completedFuture(null);
    }

    /** A node that may still have sessions; {@code null} if it never joined, or none of its sessions remain. */
    @Nullable
    Node find(NodeId id) {
        return nodes.get(id);
    }

    long nanos() {
        return time.nanos();
    }

    /**
     * The next fenced node to reap. If there is none, a node whose lease lapsed is fenced first.
     *
     * @param by the node that reaps
     * @return {@code null} if there is none, or {@code by} may not reap it
     */
    synchronized @Nullable Node nextToReap(NodeId by) {
        long nanos = time.nanos();
        Node reaper = nodes.get(by);
        if (reaper == null || !reaper.live(nanos)) {
            return null;
        }
        for (Node node : nodes.values()) {
            if (node.reapable(nanos)) {
                return node;
            }
        }
        if (nanos - reaper.heldSince() < leaseNanos) {
            return null; // perhaps no node could beat: they get time to beat before they count as dead
        }
        for (Node node : current.values()) {
            if (!node.live(nanos)) {
                current.remove(node.id().name());
                node.fence(nanos, nanos);
                return node;
            }
        }
        return null;
    }

    /** Whether a node holds its lease now. */
    boolean holds(NodeId id) {
        Node node = nodes.get(id);
        return node != null && node.live(time.nanos());
    }

    /** Whether a node of this name is live, and the store knows all its sessions. */
    synchronized boolean isBack(String name, long nanos) {
        Node node = current.get(name);
        return node != null && node.live(nanos) && node.isSettled();
    }

    /** No session of a fenced node remains. */
    void forget(Node node) {
        nodes.remove(node.id());
    }

    private synchronized NodeId joined(String name) {
        long nanos = time.nanos();
        long epoch = Math.max(lastEpoch + 1, Time.micros(time.now()));
        Node node = new Node(new NodeId(name, epoch), nanos, nanos + leaseNanos);
        lastEpoch = epoch;
        Node earlier = current.put(name, node);
        if (earlier != null) {
            earlier.fence(nanos, earlier.liveUntil());
        }
        nodes.put(node.id(), node);
        return node.id();
    }

    private synchronized Beat beaten(NodeId id, boolean settled) {
        long nanos = time.nanos();
        Instant now = time.now();
        Node node = current.get(id.name());
        boolean renewed = node != null && node.id().equals(id);
        boolean lapsed = false;
        if (node != null && renewed) {
            lapsed = !node.live(nanos);
            node.renew(nanos, nanos + leaseNanos, settled);
        }
        Map<NodeId, Instant> leases = new HashMap<>();
        for (Node other : current.values()) {
            if (other.live(nanos)) {
                leases.put(other.id(), now.plusNanos(other.liveUntil() - nanos));
            }
        }
        return new Beat(renewed, now, leases, lapsed);
    }

    private synchronized void left(NodeId id) {
        long nanos = time.nanos();
        Node node = current.get(id.name());
        if (node != null && node.id().equals(id)) {
            current.remove(id.name());
            node.leave(nanos);
        }
    }
}
