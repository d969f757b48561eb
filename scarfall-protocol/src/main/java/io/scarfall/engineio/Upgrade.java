package io.scarfall.engineio;

import io.netty.util.concurrent.Future;
import java.time.Duration;

/**
 * The move of a session from one transport to another: the client probes the new transport, then announces that it has
 * moved (Engine.IO protocol 4, "Upgrade"). Confined to the session's home loop.
 */
final class Upgrade {

    /** The session that moves. */
    interface Owner {

        Future<?> schedule(Runnable task, Duration delay);

        /** The client exceeded a limit. */
        void exceeded(Limit limit);

        /** The upgrade is over; the session uses the given transport from now on. */
        void upgradeEnded(Transport next);
    }

    private final Owner owner;
    private final Transport from;
    private final Transport candidate;
    private final long maxUnsentBytes;
    private final Future<?> timeout;

    Upgrade(Owner owner, Transport from, Transport candidate, EngineConfig config) {
        this.owner = owner;
        this.from = from;
        this.candidate = candidate;
        maxUnsentBytes = config.maxUnsentBytes();
        timeout = owner.schedule(this::drop, config.upgradeTimeout());
    }

    /** Whether a transport is the one that the client probes. */
    boolean isBy(Transport which) {
        return which == candidate;
    }

    /** Handles a packet of the transport that the client probes. */
    void receive(EnginePacket packet) {
        if (packet instanceof EnginePacket.Upgrade) {
            timeout.cancel(false);
            owner.upgradeEnded(candidate);
        } else if (packet instanceof EnginePacket.Ping ping && ping.data().equals(EnginePacket.PROBE)) {
            answerProbe();
        } else {
            drop();
        }
    }

    private void answerProbe() {
        if (candidate.unsentBytes() > maxUnsentBytes) { // the client probes repeatedly, and does not read
            owner.exceeded(Limit.UNSENT_BYTES);
            drop();
        } else {
            candidate.send(new EnginePacket.Pong(EnginePacket.PROBE));
            from.releasePolls();
        }
    }

    /** Ends a transport, and sends on the next one what is left to send. */
    static void handOver(Transport before, Transport next) {
        for (EnginePacket unsent : before.handOver()) {
            next.send(unsent);
        }
        before.reportHeld();
        next.reportHeld();
    }

    /** Cancels the upgrade: the session keeps its transport. */
    void drop() {
        timeout.cancel(false);
        owner.upgradeEnded(from);
        candidate.close(false, () -> {});
        from.holdPolls();
    }
}
