package io.scarfall.presence.redis;

import io.scarfall.presence.NodeId;
import io.scarfall.presence.PresenceSettings;
import io.scarfall.presence.internal.store.Answer;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The live nodes as this process knows them from its newest beat or query, and Redis's time since then, carried on by
 * a monotonic clock. Thread-safe.
 */
final class LiveNodes {

    private final Commands commands;
    private final RedisKeys keys;
    private final StoreTime time;
    private final long leaseMillis;
    private final long beatMillis;
    private final long maxAgeNanos;
    private volatile @Nullable NodesView newest;

    /** @param maxAge how old a view may be before a reader asks for another */
    LiveNodes(Commands commands, RedisKeys keys, StoreTime time, PresenceSettings settings, Duration maxAge) {
        this.commands = commands;
        this.keys = keys;
        this.time = time;
        this.leaseMillis = settings.lease().toMillis();
        this.beatMillis = settings.beatInterval().toMillis();
        this.maxAgeNanos = maxAge.toNanos();
    }

    /** The newest view. If it is too old, Redis is asked, in one round trip with the commands that follow. */
    CompletionStage<NodesView> view() {
        NodesView view = newest;
        if (view != null && time.nanos() - view.nanos() <= maxAgeNanos) {
            return CompletableFuture.completedFuture(view);
        }
        long sent = time.nanos();
        return commands.run(Script.VIEW, new String[] {keys.nodes()}, time.argument(), String.valueOf(leaseMillis))
                .thenApply(reply -> learn(reply.number(0), reply.list(1), sent))
                .exceptionally(this::unexpired);
    }

    /**
     * As {@link #view}. If Redis cannot be asked, the last view, marked as no longer current: messages are tried at
     * the nodes that were live then.
     */
    CompletionStage<NodesView> viewOrLast() {
        return view().exceptionally(failure -> {
            NodesView last = newest;
            if (last == null) {
                throw new CompletionException(Answer.cause(failure));
            }
            return last.asLast();
        });
    }

    /** The last view if Redis cannot be asked, as long as no lease has ended by it. */
    private NodesView unexpired(Throwable failure) {
        NodesView last = newest;
        if (last == null || !last.isUnexpired()) {
            throw new CompletionException(Answer.cause(failure));
        }
        return last;
    }

    /**
     * Stores what Redis answered.
     *
     * @param sentNanos when it was asked: half of the round trip is counted as the way back
     */
    NodesView learn(long micros, Reply lives, long sentNanos) {
        Map<String, NodesView.Life> byText = new HashMap<>();
        for (int i = 0; i < lives.size(); i++) {
            Reply life = lives.list(i);
            NodeId id = NodeId.parse(life.text(0)); // the scripts answer no others
            byText.put(
                    life.text(0), new NodesView.Life(id, !life.text(1).equals("1"), life.number(2), life.size() > 3));
        }
        long nanos = time.nanos();
        NodesView view =
                new NodesView(time, leaseMillis, beatMillis, byText, micros, sentNanos + (nanos - sentNanos) / 2, true);
        synchronized (this) { // answers may arrive in another order than they were given
            NodesView before = newest;
            if (before == null || view.nanos() - before.nanos() >= 0) {
                newest = view;
            }
        }
        return view;
    }
}
