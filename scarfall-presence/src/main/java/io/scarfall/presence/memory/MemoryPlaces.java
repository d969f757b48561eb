package io.scarfall.presence.memory;

import io.scarfall.presence.UserSession;
import io.scarfall.presence.internal.FencedException;
import io.scarfall.presence.internal.Places;
import io.scarfall.presence.internal.store.Answer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Finds the node and the partition, and delegates to the {@link Partition}. Thread-safe. */
final class MemoryPlaces implements Places {

    private final MemoryNodeLease nodes;
    private final Partitions partitions;

    MemoryPlaces(MemoryNodeLease nodes, Partitions partitions) {
        this.nodes = nodes;
        this.partitions = partitions;
    }

    @Override
    public CompletionStage<Claim> claim(UserSession session, int places, boolean displace) {
        Node node = nodes.find(session.node());
        if (node == null) {
            return CompletableFuture.failedFuture(new FencedException(session.node()));
        }
        return Answer.of(() -> partitions.of(session.userId()).claim(node, session, places, displace));
    }

    @Override
    public CompletionStage<?> release(UserSession session) {
        partitions.of(session.userId()).release(session);
        return CompletableFuture.completedFuture(null);
    }
}
