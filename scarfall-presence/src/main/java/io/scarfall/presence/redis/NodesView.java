package io.scarfall.presence.redis;

import io.scarfall.presence.NodeId;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The nodes and their leases, as Redis listed them at one moment. Immutable; it also tells Redis's time, carried on by this
 * machine's monotonic clock.
 */
final class NodesView {

    /** Clocks of servers differ by less. */
    private static final long MOST_AHEAD_MILLIS = Duration.ofDays(1).toMillis();

    /** One life of a node. When it is not live, {@code liveUntil} is when it ended; when it is settled, its sessions are known. */
    record Life(NodeId id, boolean fenced, long liveUntil, boolean settled) {}

    private final StoreTime time;
    private final long leaseMillis;
    private final long beatMillis;
    private final Map<String, Life> lives;
    private final long micros;
    private final long nanos;
    private final boolean current;

    NodesView(
            StoreTime time,
            long leaseMillis,
            long beatMillis,
            Map<String, Life> lives,
            long micros,
            long nanos,
            boolean current) {
        this.time = time;
        this.leaseMillis = leaseMillis;
        this.beatMillis = beatMillis;
        this.lives = lives;
        this.micros = micros;
        this.nanos = nanos;
        this.current = current;
    }

    /** When Redis listed the nodes, by this machine's monotonic clock. */
    long nanos() {
        return nanos;
    }

    /** The same, as one that is no longer current. */
    NodesView asLast() {
        return new NodesView(time, leaseMillis, beatMillis, lives, micros, nanos, false);
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
    boolean isUnexpired() {
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
