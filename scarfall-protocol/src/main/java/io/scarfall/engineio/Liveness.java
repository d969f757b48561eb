package io.scarfall.engineio;

import io.netty.util.concurrent.EventExecutor;

/**
 * Checks whether the peer of a session is alive: whether it answers heartbeats (the server pings, the client answers;
 * Engine.IO protocol 4, "Heartbeat"), and whether it takes what waits for it. Confined to the session's home loop.
 */
final class Liveness extends Heartbeats.Sleeper {

    /** The session whose peer is checked. */
    interface Owner {

        boolean isOpen();

        /** The transport in use. */
        Transport inUse();

        /** Whether the session takes no packets now, so that the peer's silence is expected. */
        boolean isReadingPaused();

        /** The peer was silent for too long. */
        void silent();

        /** The peer has taken nothing for too long. */
        void stuck();
    }

    private final Owner owner;
    private final EventExecutor home;
    private final Heartbeats wheel;
    private final Backlog backlog;
    private final EngineConfig config;

    /** When the next ping, or the check for its answer, is due. */
    private long heartbeatAtNanos;

    /**
     * When the peer will have been silent for too long. It counts from the time at which the ping is due, not from when
     * it leaves.
     */
    private long silentAtNanos;

    private boolean awaitsPong;

    Liveness(Owner owner, EventExecutor home, Heartbeats wheel, Backlog backlog, EngineConfig config) {
        this.owner = owner;
        this.home = home;
        this.wheel = wheel;
        this.backlog = backlog;
        this.config = config;
    }

    private long now() {
        return NettyVersion.nanoTime(home);
    }

    /** The peer has answered, or is new: its time to answer starts again. */
    void restart() {
        awaitsPong = false;
        heartbeatAtNanos = now() + config.pingInterval().toNanos();
        silentAtNanos = heartbeatAtNanos + config.pingTimeout().toNanos();
        wake();
    }

    /** The peer has sent something other than a heartbeat answer. */
    void heard() {
        if (awaitsPong) {
            extend();
        }
    }

    /** The peer gets the whole timeout again. */
    private void extend() {
        silentAtNanos = now() + config.pingTimeout().toNanos();
    }

    /** Packets of the peer are taken again. */
    void resumed() {
        if (awaitsPong) {
            extend();
            heartbeatAtNanos = silentAtNanos;
            wake();
        }
    }

    /** Something waits for the peer. */
    void waits() {
        if (!backlog.isWatched()) {
            backlog.watch(owner.inUse(), now());
            wake();
        }
    }

    /** The session has ended. */
    void stop() {
        wheel.remove(this);
    }

    private void wake() {
        long checkAt = backlog.checkAtNanos();
        boolean isCheckFirst = backlog.isWatched() && checkAt - heartbeatAtNanos < 0;
        wheel.wake(this, isCheckFirst ? checkAt : heartbeatAtNanos);
    }

    @Override
    void woken() {
        if (now() - heartbeatAtNanos >= 0) {
            beat();
        }
        if (owner.isOpen() && backlog.isWatched() && now() - backlog.checkAtNanos() >= 0) {
            look();
        }
        if (owner.isOpen()) {
            wake();
        }
    }

    private void beat() {
        if (owner.isReadingPaused()) { // no answer can be read, but the peer expects pings
            awaitsPong = true;
            owner.inUse().send(EnginePacket.PING);
            heartbeatAtNanos = now() + config.pingInterval().toNanos();
            return;
        }
        if (!awaitsPong) {
            awaitsPong = true;
            if (isSilent()) { // this loop was delayed, and no ping was sent in time: that is not the peer's fault
                extend();
            }
            owner.inUse().send(EnginePacket.PING);
        }
        check();
        heartbeatAtNanos = silentAtNanos;
    }

    private boolean isSilent() {
        return now() - silentAtNanos >= 0;
    }

    /**
     * Reports a peer that was silent for too long. If output waits, the ping may be in it: then a peer that takes some
     * of the output is alive.
     */
    void check() {
        if (!awaitsPong || !isSilent() || owner.isReadingPaused()) {
            return;
        }
        if (backlog.isWatched() && backlog.look(owner.inUse(), now())) {
            extend();
        } else {
            owner.silent();
        }
    }

    private void look() {
        if (backlog.look(owner.inUse(), now())) {
            heard(); // the ping may be in the output that the peer is taking
        } else if (backlog.isStuck()) {
            owner.stuck();
        }
    }
}
