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

    /**
     * One epoch of a node.
     *
     * @param liveUntil when its lease ends or ended, in milliseconds
     * @param settled whether Redis knows all its sessions
     */
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

    /** Whether it shows the nodes that are live now. */
    boolean isCurrent() {
        return current;
    }

    /** The time at which recipients' nodes must be live: now; or that of the view, if it is not current. */
    long placingMillis() {
        return current ? millis() : Math.floorDiv(micros, 1_000);
    }

    /** Whether all nodes that were live at the time of this view still are, as far as the view can show. */
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

    /** The nodes that were live at the time of this view. */
    Map<String, NodeId> live() {
        return live(Math.floorDiv(micros, 1_000));
    }

    /** The nodes of this view that are live at a time. */
    Map<String, NodeId> live(long millis) {
        Map<String, NodeId> live = new HashMap<>();
        lives.forEach((text, life) -> {
            if (!life.fenced && millis < life.liveUntil) {
                live.put(text, life.id);
            }
        });
        return live;
    }

    /** The nodes that were live at the time of this view, and when their leases end. */
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

    /** The node if it is live at that time, else {@code null}. */
    @Nullable
    NodeId live(String node, long millis) {
        Life life = lives.get(node);
        if (life != null) {
            return !life.fenced && millis < life.liveUntil ? life.id : null;
        }
        // An epoch is at least the time of joining, so a node that joined after this view is live for a lease
        NodeId unknown = NodeId.parse(node);
        long joined = unknown.epoch() / 1_000;
        if (joined > millis + MOST_AHEAD_MILLIS) {
            throw Fields.malformed(); // no node has joined under it
        }
        boolean joinedLater = unknown.epoch() >= micros && millis < joined + leaseMillis;
        return joinedLater ? unknown : null;
    }

    /**
     * Whether sessions may have been reaped recently: an epoch has ended, or will soon by a clock that may lag a
     * little.
     */
    boolean hasEnded(long millis) {
        for (Life life : lives.values()) {
            if (life.fenced || millis + beatMillis / 4 >= life.liveUntil) {
                return true;
            }
        }
        return false;
    }

    /** Whether a node of this name is live, and Redis knows all its sessions. */
    boolean isBack(String name, long millis) {
        for (Life life : lives.values()) {
            if (life.id.name().equals(name) && !life.fenced && millis < life.liveUntil && life.settled) {
                return true;
            }
        }
        return false;
    }

    /** When a node stopped being live, in milliseconds; long ago if it is unknown. */
    long ended(String node) {
        Life life = lives.get(node);
        return life == null ? Long.MIN_VALUE : life.liveUntil;
    }
}
