package io.scarfall.presence.redis;

import io.scarfall.presence.NodeId;
import io.scarfall.presence.PresenceSettings;
import io.scarfall.presence.internal.store.Answer;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Which nodes live, as this process knows it from its newest beat or question, and Redis's time since then, carried on by
 * a monotonic clock. Thread-safe.
 */
final class LiveNodes {

    /** Clocks of servers differ by less. */
    private static final long MOST_AHEAD_MILLIS = Duration.ofDays(1).toMillis();

    /** One life of a node. When it is not live, {@code liveUntil} is when it ended; when it is settled, its sessions are known. */
    private record Life(NodeId id, boolean fenced, long liveUntil, boolean settled) {}

    private final Commands commands;
    private final RedisKeys keys;
    private final StoreTime time;
    private final long leaseMillis;
    private final long beatMillis;
    private final long maxAgeNanos;
    private volatile @Nullable View newest;

    /** @param maxAge how old a view may be before a reader asks for another */
    LiveNodes(Commands commands, RedisKeys keys, StoreTime time, PresenceSettings settings, Duration maxAge) {
        this.commands = commands;
        this.keys = keys;
        this.time = time;
        this.leaseMillis = settings.lease().toMillis();
        this.beatMillis = settings.beatInterval().toMillis();
        this.maxAgeNanos = maxAge.toNanos();
    }

    /** What is known; asked for, together with what is called next, if it is too old. */
    CompletionStage<View> view() {
        View view = newest;
        if (view != null && time.nanos() - view.nanos <= maxAgeNanos) {
            return CompletableFuture.completedFuture(view);
        }
        long sent = time.nanos();
        return commands.run(Script.VIEW, new String[] {keys.nodes()}, time.argument(), String.valueOf(leaseMillis))
                .thenApply(reply -> learn(reply.number(0), reply.list(1), sent))
                .exceptionally(this::unexpired);
    }

    /**
     * As {@link #view}; where it cannot be asked for, the last one that was known, which then is not current: messages are
     * tried at the nodes that lived then.
     */
    CompletionStage<View> viewOrLast() {
        return view().exceptionally(failure -> {
            View last = newest;
            if (last == null) {
                throw new CompletionException(Answer.cause(failure));
            }
            return last.asLast();
        });
    }

    /** What is known, where nobody can be asked, and no lease is over by it. */
    private View unexpired(Throwable failure) {
        View last = newest;
        if (last == null || !last.isUnexpired()) {
            throw new CompletionException(Answer.cause(failure));
        }
        return last;
    }

    /**
     * Takes over what Redis answered.
     *
     * @param sentNanos when it was asked: half of the way there and back is counted as the way back
     */
    View learn(long micros, Reply lives, long sentNanos) {
        Map<String, Life> byText = new HashMap<>();
        for (int i = 0; i < lives.size(); i++) {
            Reply life = lives.list(i);
            NodeId id = NodeId.parse(life.text(0)); // the scripts tell of no others
            byText.put(life.text(0), new Life(id, !life.text(1).equals("1"), life.number(2), life.size() > 3));
        }
        long nanos = time.nanos();
        View view = new View(byText, micros, sentNanos + (nanos - sentNanos) / 2, true);
        synchronized (this) { // answers may come in another order than they were given
            View before = newest;
            if (before == null || view.nanos - before.nanos >= 0) {
                newest = view;
            }
        }
        return view;
    }

    /** What was known at one moment. Immutable. */
    final class View {

        private final Map<String, Life> lives;
        private final long micros;
        private final long nanos;

        private final boolean current;

        private View(Map<String, Life> lives, long micros, long nanos, boolean current) {
            this.lives = lives;
            this.micros = micros;
            this.nanos = nanos;
            this.current = current;
        }

        private View asLast() {
            return new View(lives, micros, nanos, false);
        }

        /** Whether it says who lives now. */
        boolean isCurrent() {
            return current;
        }

        /** The time by which nodes live that a message is sent to: of one that is not current, that of the view. */
        long placingMillis() {
            return current ? millis() : Math.floorDiv(micros, 1_000);
        }

        /** Whether all who lived at the time of this view still do, whatever happened since. */
        private boolean isUnexpired() {
            long millis = millis();
            long then = Math.floorDiv(micros, 1_000);
            return lives.values().stream()
                    .noneMatch(life -> !life.fenced && then < life.liveUntil && millis >= life.liveUntil);
        }

        /** Redis's time now, in milliseconds. */
        long millis() {
            return Math.floorDiv(micros + (time.nanos() - nanos) / 1_000, 1_000);
        }

        long micros() {
            return micros;
        }

        /** All who lived at the time of this view. */
        Map<String, NodeId> live() {
            return live(Math.floorDiv(micros, 1_000));
        }

        /** All of this view who live at a time. */
        Map<String, NodeId> live(long millis) {
            Map<String, NodeId> live = new HashMap<>();
            lives.forEach((text, life) -> {
                if (!life.fenced && millis < life.liveUntil) {
                    live.put(text, life.id);
                }
            });
            return live;
        }

        /** All who lived at the time of this view, and when their leases end. */
        Map<NodeId, Instant> leases() {
            long millis = Math.floorDiv(micros, 1_000);
            Map<NodeId, Instant> leases = new HashMap<>();
            for (Life life : lives.values()) {
                if (!life.fenced && millis < life.liveUntil) {
                    leases.put(life.id, Instant.ofEpochMilli(life.liveUntil));
                }
            }
            return leases;
        }

        /** The node if it lives at that time, else {@code null}. */
        @Nullable
        NodeId live(String node, long millis) {
            Life life = lives.get(node);
            if (life != null) {
                return !life.fenced && millis < life.liveUntil ? life.id : null;
            }
            // An epoch is at least the time of joining: whoever joined after this view was taken lives for a lease
            NodeId unknown = NodeId.parse(node);
            long joined = unknown.epoch() / 1_000;
            if (joined > millis + MOST_AHEAD_MILLIS) {
                throw Fields.malformed(); // no node has joined under it
            }
            boolean joinedLater = unknown.epoch() >= micros && millis < joined + leaseMillis;
            return joinedLater ? unknown : null;
        }

        /**
         * Whether sessions may have been reaped not long ago: a life is over, or will be soon by a clock that may lag a little.
         */
        boolean hasEnded(long millis) {
            for (Life life : lives.values()) {
                if (life.fenced || millis + beatMillis / 4 >= life.liveUntil) {
                    return true;
                }
            }
            return false;
        }

        /** Whether a node of this name lives, and Redis knows all its sessions. */
        boolean isBack(String name, long millis) {
            for (Life life : lives.values()) {
                if (life.id.name().equals(name) && !life.fenced && millis < life.liveUntil && life.settled) {
                    return true;
                }
            }
            return false;
        }

        /** When a node that does not live stopped to, in milliseconds; long ago if it is not known any more. */
        long ended(String node) {
            Life life = lives.get(node);
            return life == null ? Long.MIN_VALUE : life.liveUntil;
        }
    }
}
