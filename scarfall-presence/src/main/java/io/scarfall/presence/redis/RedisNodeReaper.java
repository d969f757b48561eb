package io.scarfall.presence.redis;

import io.lettuce.core.Range;
import io.scarfall.presence.NodeId;
import io.scarfall.presence.internal.NodeReaper;
import io.scarfall.presence.internal.Reaped;
import io.scarfall.presence.internal.store.Answer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Goes through the partitions for work that is due: one pipelined round trip for graces; for a dead node one that
 * fences and counts, and one that removes. Several nodes may reap at once: one script removes each session. An
 * unreachable partition does not delay the others; its work is done when it is back. Thread-safe.
 */
final class RedisNodeReaper implements NodeReaper {

    /** Longer than a packet may be delayed or a process paused. */
    private static final String FENCES_KEPT_MILLIS =
            String.valueOf(Duration.ofDays(7).toMillis());

    private static final String REMEMBERED_MILLIS = String.valueOf(REMEMBERED.toMillis());

    private static final int ASKED_AT_ONCE = 32;

    private final Commands commands;
    private final RedisKeys keys;
    private final StoreTime time;
    private final LiveNodes live;
    private final Transitions transitions;
    private final OnlineSizes onlineSizes;
    private final long leaseMillis;
    private final String lease;
    private final String[] nodes;

    RedisNodeReaper(
            Commands commands,
            RedisKeys keys,
            StoreTime time,
            LiveNodes live,
            Transitions transitions,
            OnlineSizes onlineSizes,
            Duration lease) {
        this.commands = commands;
        this.keys = keys;
        this.time = time;
        this.live = live;
        this.transitions = transitions;
        this.onlineSizes = onlineSizes;
        this.leaseMillis = lease.toMillis();
        this.lease = String.valueOf(leaseMillis);
        this.nodes = new String[] {keys.nodes()};
    }

    @Override
    public CompletionStage<Reaped> reap(NodeId by, int limit) {
        return Answer.of(() -> {
                    Answer.checkLimit(limit);
                    return new Round(by, limit);
                })
                .thenCompose(Round::run);
    }

    @Override
    public CompletionStage<Integer> adopt() {
        Set<String> held = ConcurrentHashMap.newKeySet();
        return gather(held, 0).thenCompose(done -> {
            if (held.isEmpty()) {
                return CompletableFuture.completedFuture(0);
            }
            // read after the sessions: a node that had written by then had joined
            return commands.run(Script.VIEW, nodes, time.argument(), lease).thenCompose(reply -> {
                Reply lives = reply.list(1);
                for (int i = 0; i < lives.size(); i++) {
                    held.remove(lives.list(i).text(0));
                }
                List<CompletionStage<Reply>> notes = new ArrayList<>();
                for (String unknown : held) { // the beat of an unknown node registers it
                    notes.add(commands.run(Script.BEAT, nodes, time.argument(), unknown, lease));
                }
                return Answer.all(notes).thenApply(List::size);
            });
        });
    }

    /** Asks some partitions at a time which nodes have sessions there. */
    private CompletionStage<Void> gather(Set<String> held, int first) {
        int end = Math.min(first + ASKED_AT_ONCE, keys.partitions());
        List<CompletionStage<Reply>> answers = new ArrayList<>();
        for (int p = first; p < end; p++) {
            answers.add(commands.run(
                    Script.HELD,
                    new String[] {keys.fence(p)},
                    time.argument(),
                    transitions.expirySeconds(),
                    transitions.feedLength()));
        }
        return Partial.of(answers).thenCompose(replies -> {
            for (Reply reply : replies) {
                for (int i = 0; reply != null && i < reply.size(); i++) { // an unreachable partition: when it is back
                    held.add(reply.text(i));
                }
            }
            return end < keys.partitions() ? gather(held, end) : CompletableFuture.completedFuture(null);
        });
    }

    /**
     * A node that is reaped.
     *
     * @param ended when its lease ended, in milliseconds; 0 if that is unknown
     */
    private record Dead(NodeId id, long ended, boolean hasLeft) {

        Dead(NodeId id, Reply next) {
            this(id, next.number(2), !next.text(3).equals("1"));
        }
    }

    /** One call. Its steps run one after the other, each on the thread that completed the one before it. */
    private final class Round {

        private final NodeId by;
        private int left;
        private int sessions;
        private final List<Reply> changes = new ArrayList<>();
        private volatile @Nullable Throwable failure; // the last one; partitions may answer on several threads

        /** Whether a partition failed for the dead node that is reaped now. */
        private volatile boolean failed;

        Round(NodeId by, int limit) {
            this.by = by;
            this.left = limit;
        }

        CompletionStage<Reaped> run() {
            return next(List.of()).thenCompose(first -> {
                if (!first.text(0).equals("1")) {
                    return CompletableFuture.completedFuture(Reaped.nothing());
                }
                return endGraces()
                        .thenCompose(done -> removeAll(first, new ArrayList<>()))
                        .thenCompose(done -> reaped());
            });
        }

        /** @param seen dead nodes that this round has visited and not finished */
        private CompletionStage<Reply> next(List<String> seen) {
            List<String> args = new ArrayList<>(List.of(time.argument(), by.toString(), lease));
            args.addAll(seen);
            return commands.run(Script.NEXT, nodes, args.toArray(String[]::new));
        }

        /**
         * The result, also if a later step failed: a transition that happened is returned. The call fails only if
         * nothing was done.
         */
        private CompletionStage<Reaped> reaped() {
            Throwable why = failure;
            if (why != null && changes.isEmpty() && sessions == 0) {
                return CompletableFuture.failedFuture(why);
            }
            boolean more = left == 0 || why != null;
            return transitions.completeAll(changes).thenApply(all -> new Reaped(all, sessions, more));
        }

        // ---- graces

        private CompletionStage<Void> endGraces() {
            List<CompletionStage<Reply>> answers = new ArrayList<>();
            return live.view().thenCompose(this::due).thenCompose(sizes -> {
                for (int p = 0; p < sizes.size() && left > 0; p++) {
                    int most = (int) Math.min(left, sizes.get(p));
                    if (most > 0) {
                        left -= most;
                        answers.add(endGraces(p, most));
                    }
                }
                return settled(answers, reply -> addChanges(reply.list(1)));
            });
        }

        /** How many graces have ended in each partition, by the estimate of Redis's clock; a script checks again. */
        private CompletionStage<List<Long>> due(NodesView view) {
            Range<Long> over = Range.create(0L, view.millis());
            return sizes(p -> Unreadable.orElse(
                    commands.call(redis -> redis.zcount(keys.leaving(p), over)), () -> 1L)); // the script repairs it
        }

        private CompletionStage<Reply> endGraces(int partition, int most) {
            return commands.run(
                    Script.GRACES,
                    new String[] {keys.fence(partition)},
                    time.argument(),
                    String.valueOf(most),
                    transitions.retentionSeconds(),
                    transitions.feedLength(),
                    transitions.watcherLimit(),
                    transitions.expirySeconds());
        }

        // ---- dead nodes

        private CompletionStage<Void> removeAll(Reply next, List<String> seen) {
            if (left == 0 || next.text(1).isEmpty() || seen.contains(next.text(1))) {
                return CompletableFuture.completedFuture(null);
            }
            NodeId dead = NodeId.parse(next.text(1));
            return remove(new Dead(dead, next)).thenCompose(nothingLeft -> {
                if (nothingLeft) {
                    return commands.run(Script.FORGET, nodes, time.argument(), dead.toString(), REMEMBERED_MILLIS)
                            .thenCompose(forgotten -> removeNext(seen));
                }
                seen.add(dead.toString()); // a partition may be away for long, and other nodes may have died too
                return left == 0 ? CompletableFuture.completedFuture(null) : removeNext(seen);
            });
        }

        private CompletionStage<Void> removeNext(List<String> seen) {
            return next(seen).thenCompose(another -> removeAll(another, seen));
        }

        /** Whether none of the node's sessions remain. */
        private CompletionStage<Boolean> remove(Dead dead) {
            failed = false;
            return sizes(p -> reap(p, dead, 0).thenApply(reply -> reply.number(0)))
                    .thenCompose(sizes -> {
                        List<CompletionStage<Reply>> answers = new ArrayList<>();
                        long all = sizes.stream().mapToLong(Long::longValue).sum();
                        boolean enough = all < left || all == 0;
                        for (int p = 0; p < sizes.size() && left > 0; p++) {
                            int most = (int) Math.min(left, sizes.get(p));
                            if (most > 0) {
                                left -= most;
                                answers.add(reap(p, dead, most));
                            }
                        }
                        return settled(answers, reply -> {
                                    sessions += (int) reply.number(1);
                                    addChanges(reply.list(2));
                                })
                                .thenApply(done -> enough && !failed);
                    });
        }

        private CompletionStage<Reply> reap(int partition, Dead dead, int most) {
            return commands.run(
                    Script.REAP,
                    new String[] {keys.fence(partition)},
                    time.argument(),
                    dead.id.name(),
                    String.valueOf(dead.id.epoch()),
                    String.valueOf(dead.ended),
                    String.valueOf(most),
                    transitions.graceMillis(),
                    transitions.expirySeconds(),
                    transitions.retentionSeconds(),
                    transitions.feedLength(),
                    transitions.watcherLimit(),
                    FENCES_KEPT_MILLIS,
                    dead.hasLeft ? "0" : REMEMBERED_MILLIS,
                    String.valueOf(dead.ended == 0 ? Long.MAX_VALUE : dead.ended - leaseMillis));
        }

        // ----

        private void addChanges(Reply answered) {
            for (int i = 0; i < answered.size(); i++) {
                Reply change = answered.list(i);
                onlineSizes.note(Transitions.kind(change), change.text(1));
                changes.add(change);
            }
        }

        /** The sizes of all partitions; 0 for one that does not answer, which is noted. */
        private CompletionStage<List<Long>> sizes(IntFunction<CompletionStage<Long>> size) {
            return PartitionPage.sizes(
                    keys.partitions(),
                    p -> size.apply(p).exceptionally(why -> {
                        noteFailure(why);
                        return 0L;
                    }));
        }

        private void noteFailure(Throwable why) {
            failed = true;
            failure = Answer.cause(why);
        }

        /** Collects all answers that came; notes if one did not. */
        private CompletionStage<Void> settled(List<CompletionStage<Reply>> answers, Consumer<Reply> take) {
            List<CompletionStage<Optional<Reply>>> outcomes = new ArrayList<>(answers.size());
            for (CompletionStage<Reply> answer : answers) {
                outcomes.add(answer.handle((reply, why) -> {
                    if (why != null) {
                        noteFailure(why);
                    }
                    return Optional.ofNullable(reply);
                }));
            }
            return Answer.all(outcomes).thenAccept(all -> all.forEach(reply -> reply.ifPresent(take)));
        }
    }
}
