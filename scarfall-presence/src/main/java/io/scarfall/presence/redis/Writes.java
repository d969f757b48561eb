package io.scarfall.presence.redis;

import io.lettuce.core.RedisException;
import io.scarfall.presence.NodeId;
import io.scarfall.presence.StoreListener.Data;
import io.scarfall.presence.UserSession;
import io.scarfall.presence.internal.FencedException;
import io.scarfall.presence.internal.store.Answer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Sends the changes of users' sessions to Redis: for each partition one script at a time, with all changes that came
 * while the one before it was in progress. A single change is sent at once; in a storm, many changes share the cost
 * of a script. The changes of one partition take effect in the order of the calls. Thread-safe. Nothing blocks.
 *
 * <p>If a change fails because stored data is unreadable, the data is repaired, and the change is written again,
 * before the next ones.
 *
 * <p>If a script fails, the changes that wait for it fail too, without being sent: their callers did not know of the
 * failure.
 */
final class Writes {

    /** So many changes keep Redis busy for less than a millisecond. */
    static final int MOST_AT_ONCE = 32;

    private final Commands commands;
    private final RedisKeys keys;
    private final StoreTime time;
    private final Unreadable unreadable;
    private final Records records;
    private final Transitions transitions;
    private final long timeoutNanos;
    private final int maxWaiting;
    private final AtomicInteger waiting = new AtomicInteger();
    private final List<Lane> lanes;
    private volatile boolean placesClaimed;

    /** One change, and the stage of its caller. */
    private record Write(
            UserSession session,
            String kind,
            String first,
            String second,
            long calledNanos,
            CompletableFuture<Reply> answer) {}

    /**
     * @param timeout how long a change may wait before it fails
     * @param maxWaiting how many changes may wait; beyond it they fail
     */
    Writes(
            Commands commands,
            RedisKeys keys,
            StoreTime time,
            Unreadable unreadable,
            Records records,
            Transitions transitions,
            Duration timeout,
            int maxWaiting) {
        this.commands = commands;
        this.keys = keys;
        this.time = time;
        this.unreadable = unreadable;
        this.records = records;
        this.transitions = transitions;
        this.timeoutNanos = timeout.toNanos();
        this.maxWaiting = maxWaiting;
        this.lanes = IntStream.range(0, keys.partitions()).mapToObj(Lane::new).toList();
    }

    /** Opens a session, or writes it again; the answer is a transition. */
    CompletionStage<Reply> open(int partition, UserSession session) {
        String kind = UserRecord.hasLongDetails(session) ? "O" : "o";
        return add(partition, session, kind, UserRecord.fields(session), Fields.of(session.email()));
    }

    /** Notes that a session is active; the answer is whether it is open under its node and epoch, as "1" or "0". */
    CompletionStage<Reply> touch(int partition, UserSession session) {
        return add(partition, session, "t", "", "");
    }

    /** Closes a session; the answer is a transition. */
    CompletionStage<Reply> close(int partition, UserSession session, Duration grace) {
        return add(partition, session, "c", String.valueOf(grace.toMillis()), placesClaimed ? "1" : "");
    }

    /** From now on sessions may have a place, which closing them releases. */
    void placesAreClaimed() {
        placesClaimed = true;
    }

    private CompletionStage<Reply> add(int partition, UserSession session, String kind, String first, String second) {
        if (waiting.get() >= maxWaiting) {
            return CompletableFuture.failedFuture(
                    new NotSentException("not sent: more than " + maxWaiting + " changes wait already"));
        }
        Write write = new Write(session, kind, first, second, time.nanos(), new CompletableFuture<>());
        lanes.get(partition).add(write);
        return write.answer;
    }

    /** The changes of one partition. */
    private final class Lane {

        private final int partition;
        private final Queue<Write> queue = new ConcurrentLinkedQueue<>();

        /**
         * How many are in the queue or in progress. The thread that raises it from zero sends, until it is zero
         * again.
         */
        private final AtomicInteger left = new AtomicInteger();

        Lane(int partition) {
            this.partition = partition;
        }

        void add(Write write) {
            queue.add(write);
            waiting.incrementAndGet();
            if (left.getAndIncrement() == 0) {
                send(1);
            }
        }

        /** @param queued the queue has at least as many */
        private void send(int queued) {
            List<Write> late = late(queued);
            int inTime = late.isEmpty() ? queued : left.addAndGet(-late.size());
            if (inTime > 0) {
                List<Write> batch = batch(inTime);
                var unused = carryOut(batch).whenComplete((reply, failure) -> answered(batch, reply, failure));
            }
            if (!late.isEmpty()) {
                fail(late, new NotSentException("not sent in time: earlier changes are in progress"));
            }
        }

        /** Writes; repairs unreadable data and writes its changes again. */
        private CompletionStage<Reply> carryOut(List<Write> batch) {
            return write(batch)
                    .handle((reply, failure) -> {
                        if (failure != null) {
                            return Unreadable.isWrongType(failure) // before anything was written
                                    ? records.mendNow(partition, List.of()).thenCompose(mended -> write(batch))
                                    : CompletableFuture.<Reply>failedFuture(Answer.cause(failure));
                        }
                        List<Integer> damaged = damaged(batch.size(), reply);
                        return damaged.isEmpty()
                                ? CompletableFuture.completedFuture(reply)
                                : again(batch, reply, damaged);
                    })
                    .thenCompose(answer -> answer);
        }

        private CompletionStage<Reply> again(List<Write> batch, Reply reply, List<Integer> damaged) {
            List<Write> writes = damaged.stream().map(batch::get).toList();
            return records.mendNow(
                            partition,
                            writes.stream().map(write -> write.session.userId()).toList())
                    .thenCompose(mended -> write(writes))
                    .handle((second, failure) -> {
                        if (failure != null) {
                            fail(writes, Answer.cause(failure));
                        }
                        if (failure != null || second.isText(0)) {
                            return reply;
                        }
                        List<@Nullable Object> parts = new ArrayList<>(reply.parts());
                        for (int i = 0; i < damaged.size(); i++) {
                            parts.set(damaged.get(i), second.parts().get(i));
                        }
                        return new Reply(parts);
                    });
        }

        private CompletionStage<Reply> write(List<Write> batch) {
            try {
                return commands.write(partition, arguments(batch));
            } catch (RuntimeException e) { // would block all later changes
                return CompletableFuture.failedFuture(e);
            }
        }

        private void answered(List<Write> batch, @Nullable Reply reply, @Nullable Throwable failure) {
            List<Write> behind = failure == null ? List.of() : poll(left.get() - batch.size());
            int queued = left.addAndGet(-batch.size() - behind.size());
            if (queued > 0) {
                send(queued);
            }
            if (failure != null) {
                Throwable why = Answer.cause(failure);
                fail(batch, why);
                fail(behind, new NotSentException("not sent: the change before it failed", why));
            } else if (reply != null) {
                answer(partition, batch, reply);
            }
        }

        private List<Write> late(int queued) {
            List<Write> late = List.of();
            long now = time.nanos();
            while (late.size() < queued && now - queue.element().calledNanos > timeoutNanos) {
                late = late.isEmpty() ? new ArrayList<>() : late;
                late.add(poll());
            }
            return late;
        }

        /**
         * Changes that one script may carry: of one epoch of a node, and such that running it twice changes nothing.
         */
        private List<Write> batch(int queued) {
            Write first = poll();
            if (queued == 1) {
                return List.of(first);
            }
            List<Write> batch = new ArrayList<>(List.of(first));
            Set<String> users = new HashSet<>(Set.of(first.session.userId()));
            while (batch.size() < Math.min(queued, MOST_AT_ONCE)
                    && queue.element().session.node().equals(first.session.node())
                    && users.add(queue.element().session.userId())) {
                batch.add(poll());
            }
            return batch;
        }

        private List<Write> poll(int count) {
            List<Write> polled = new ArrayList<>(count);
            while (polled.size() < count) {
                polled.add(poll());
            }
            return polled;
        }

        private Write poll() {
            waiting.decrementAndGet();
            return queue.remove();
        }
    }

    private static List<Integer> damaged(int size, Reply reply) {
        List<Integer> damaged = List.of();
        for (int i = 0; i < size && !reply.isText(0); i++) {
            if (isUnreadable(reply.list(i))) {
                damaged = damaged.isEmpty() ? new ArrayList<>() : damaged;
                damaged.add(i);
            }
        }
        return damaged;
    }

    private static boolean isUnreadable(Reply one) {
        return one.text(0).equals("E");
    }

    private String[] arguments(List<Write> batch) {
        NodeId node = batch.get(0).session.node();
        List<String> arguments = new ArrayList<>(8 + 5 * batch.size());
        arguments.add(time.argument());
        arguments.add(node.name());
        arguments.add(String.valueOf(node.epoch()));
        arguments.add(String.valueOf(commands.generation()));
        arguments.add(transitions.expirySeconds());
        arguments.add(transitions.retentionSeconds());
        arguments.add(transitions.feedLength());
        arguments.add(transitions.watcherLimit());
        for (Write write : batch) {
            arguments.add(write.kind);
            arguments.add(write.session.userId());
            arguments.add(Fields.escape(write.session.sessionId()));
            arguments.add(write.first);
            arguments.add(write.second);
        }
        return arguments.toArray(String[]::new);
    }

    private void answer(int partition, List<Write> batch, Reply reply) {
        switch (reply.isText(0) ? reply.text(0) : "") {
            case "FENCED" ->
                fail(batch, new FencedException(batch.get(0).session.node()));
            case "STALE" -> {
                unfence(partition, batch.get(0).session.node(), reply);
                fail(batch, new RedisException("a later connection of this node wrote already"));
            }
            default -> {
                for (int i = 0; i < batch.size(); i++) {
                    Reply one = reply.list(i);
                    if (isUnreadable(one)) {
                        batch.get(i)
                                .answer
                                .completeExceptionally(new RedisException("the stored data of the user is unreadable"));
                    } else {
                        batch.get(i).answer.complete(one);
                    }
                }
            }
        }
    }

    /** Only this process raises the generation of its node: if the fence has a higher one, no node wrote it. */
    private void unfence(int partition, NodeId node, Reply stale) {
        long generation = commands.generation();
        if (stale.size() > 1 && stale.number(1) > generation) {
            String fence = keys.fence(partition);
            unreadable.found(Data.FENCE, fence);
            var unused = commands.run(
                    Script.UNFENCE,
                    new String[] {fence},
                    time.argument(),
                    node.name(),
                    String.valueOf(node.epoch()),
                    String.valueOf(generation));
        }
    }

    private static void fail(List<Write> writes, Throwable failure) {
        writes.forEach(write -> write.answer.completeExceptionally(failure));
    }
}
