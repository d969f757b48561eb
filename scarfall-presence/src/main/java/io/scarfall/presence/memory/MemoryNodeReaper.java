package io.scarfall.presence.memory;

import io.scarfall.presence.NodeId;
import io.scarfall.presence.internal.NodeReaper;
import io.scarfall.presence.internal.Reaped;
import io.scarfall.presence.internal.Transition;
import io.scarfall.presence.internal.store.Answer;
import io.scarfall.presence.internal.store.WatcherLookup;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Goes through the partitions for work that is due. Thread-safe: a call during another one leaves the work to that
 * one.
 */
final class MemoryNodeReaper implements NodeReaper {

    private final MemoryNodeLease nodes;
    private final Partitions partitions;
    private final WatcherLookup watchers;
    private final ReentrantLock working = new ReentrantLock();

    MemoryNodeReaper(MemoryNodeLease nodes, Partitions partitions, WatcherLookup watchers) {
        this.nodes = nodes;
        this.partitions = partitions;
        this.watchers = watchers;
    }

    @Override
    public CompletionStage<Reaped> reap(NodeId by, int limit) {
        return Answer.of(() -> {
                    Answer.checkLimit(limit);
                    return reaped(by, limit);
                })
                .thenCompose(reaped -> watchers.complete(reaped.transitions())
                        .thenApply(transitions -> new Reaped(transitions, reaped.sessions(), reaped.more())));
    }

    private Reaped reaped(NodeId by, int limit) {
        if (!nodes.holds(by) || !working.tryLock()) {
            return Reaped.nothing();
        }
        try {
            List<Transition> transitions = new ArrayList<>();
            int left = limit - endGraces(limit, transitions);
            int sessions = 0;
            Node dead;
            while (left > 0 && (dead = nodes.nextToReap(by)) != null) {
                int removed = removeSessions(dead, left, transitions);
                sessions += removed;
                left -= removed;
                if (left > 0) {
                    nodes.forget(dead); // fewer than allowed: none of its sessions remain
                }
            }
            for (int i = 0; i < Partitions.COUNT; i++) {
                partitions.at(i).forget(limit);
            }
            return new Reaped(transitions, sessions, left == 0);
        } finally {
            working.unlock();
        }
    }

    private int endGraces(int limit, List<Transition> transitions) {
        int ended = 0;
        for (int i = 0; i < Partitions.COUNT && ended < limit; i++) {
            ended += partitions.at(i).endGraces(limit - ended, transitions);
        }
        return ended;
    }

    private int removeSessions(Node dead, int limit, List<Transition> transitions) {
        int removed = 0;
        for (int i = 0; i < Partitions.COUNT && removed < limit; i++) {
            removed += partitions.at(i).reap(dead, limit - removed, transitions);
        }
        return removed;
    }
}
