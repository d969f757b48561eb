package io.scarfall.presence.memory;

import io.scarfall.presence.NodeId;
import io.scarfall.presence.Page;
import io.scarfall.presence.UserSession;
import io.scarfall.presence.internal.FencedException;
import io.scarfall.presence.internal.Placement;
import io.scarfall.presence.internal.PresenceStore;
import io.scarfall.presence.internal.Transition;
import io.scarfall.presence.internal.store.Answer;
import io.scarfall.presence.internal.store.Cursor;
import io.scarfall.presence.internal.store.WatcherLookup;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Finds the node and the partition, and delegates to the {@link Partition}. Thread-safe. */
final class MemoryPresenceStore implements PresenceStore {

    private static final char LISTING = 's';

    private final Duration grace;
    private final Time time;
    private final MemoryNodeLease nodes;
    private final Partitions partitions;
    private final WatcherLookup watchers;

    MemoryPresenceStore(
            Duration grace, Time time, MemoryNodeLease nodes, Partitions partitions, WatcherLookup watchers) {
        this.grace = grace;
        this.time = time;
        this.nodes = nodes;
        this.partitions = partitions;
        this.watchers = watchers;
    }

    @Override
    public CompletionStage<Transition> open(UserSession session) {
        return write(session, node -> partitions.of(session.userId()).open(node, session))
                .thenCompose(watchers::complete);
    }

    @Override
    public CompletionStage<Boolean> touch(UserSession session) {
        return write(session, node -> partitions.of(session.userId()).touch(node, session));
    }

    @Override
    public CompletionStage<Transition> close(UserSession session) {
        return close(session, grace);
    }

    @Override
    public CompletionStage<Transition> close(UserSession session, Duration grace) {
        return Answer.of(() -> Answer.checkGrace(grace))
                .thenCompose(checked ->
                        write(session, node -> partitions.of(session.userId()).close(node, session, checked)))
                .thenCompose(watchers::complete);
    }

    @Override
    public CompletionStage<Placement> nodesOf(Collection<String> userIds) {
        Objects.requireNonNull(userIds, "userIds");
        return CompletableFuture.completedFuture(new PresentPlacement(partitions, nodes, time.nanos()));
    }

    @Override
    public CompletionStage<Page<UserSession>> sessionsOf(NodeId node, @Nullable String cursor, int limit) {
        Objects.requireNonNull(node, "node");
        return Answer.of(() -> {
            Answer.checkLimit(limit);
            return page(node, Cursor.parse(cursor, LISTING, 2), limit);
        });
    }

    private <T> CompletionStage<T> write(UserSession session, Function<Node, T> change) {
        Node node = nodes.find(session.node());
        if (node == null) {
            return CompletableFuture.failedFuture(new FencedException(session.node()));
        }
        return Answer.of(() -> change.apply(node));
    }

    private Page<UserSession> page(NodeId id, @Nullable Cursor cursor, int limit) {
        Node node = nodes.find(id);
        if (node == null) {
            return Page.empty();
        }
        PageItems<UserSession> listing = new PageItems<>(limit);
        String user = cursor == null ? null : cursor.key(0);
        String session = cursor == null ? null : cursor.key(1);
        for (int i = user == null ? 0 : Partitions.indexOf(user); i < Partitions.COUNT; i++) {
            if (partitions.at(i).sessionsOf(node, user, session, listing)) {
                String next = Cursor.text(LISTING, listing.lastUser(), listing.lastSession());
                return new Page<>(listing.items(), next, node.sessions().get());
            }
            user = null;
            session = null;
        }
        return new Page<>(listing.items(), null, node.sessions().get());
    }

    /** Answers with the current state, so that the look-up of every message copies nothing. */
    private record PresentPlacement(Partitions partitions, MemoryNodeLease nodes, long nanos) implements Placement {

        @Override
        public List<NodeId> nodesOf(String userId) {
            return partitions.of(userId).where(userId).live(nanos);
        }

        @Override
        public boolean isIncomplete(String userId) {
            return partitions.of(userId).where(userId).isIncomplete(nanos);
        }

        @Override
        public boolean hasReaped(String userId) {
            return partitions.of(userId).hasReaped(userId, nanos, name -> nodes.isBack(name, nanos));
        }
    }
}
