package io.scarfall.engineio;

import io.netty.util.concurrent.Future;
import java.time.Duration;

/**
 * The move of a session from one transport to another: the client probes the new one, then says that it has moved (Engine.IO
 * protocol 4, "Upgrade"). Confined to the session's home loop.
 */
final class Upgrade {

    /** The session that moves. */
    interface Owner {

        Future<?> schedule(Runnable task, Duration delay);

        /** The client ran into a limit. */
        void exceeded(Limit limit);

        /** The upgrade is over; it uses the given transport from now on. */
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

    /** Whether a transport is the one that is probed. */
    boolean isBy(Transport which) {
        return which == candidate;
    }

    /** Takes a packet of the transport that is probed. */
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
        if (candidate.unsentBytes() > maxUnsentBytes) { // it probes and probes, and does not read
            owner.exceeded(Limit.UNSENT_BYTES);
            drop();
        } else {
            candidate.send(new EnginePacket.Pong(EnginePacket.PROBE));
            from.releasePolls();
        }
    }

    /** Gives it up: the session stays where it is. */
    void drop() {
        timeout.cancel(false);
        owner.upgradeEnded(from);
        candidate.close(false, () -> {});
        from.holdPolls();
    }
}
