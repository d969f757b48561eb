package io.scarfall.engineio;

import io.netty.util.concurrent.EventExecutor;

/**
 * Whether the peer of a session lives: it answers heartbeats (the server pings, the client answers; Engine.IO protocol 4,
 * "Heartbeat"), and takes what waits for it. Confined to the session's home loop.
 */
final class Liveness extends Heartbeats.Sleeper {

    /** The session whose peer this is about. */
    interface Owner {

        boolean isOpen();

        /** The transport in use. */
        Transport inUse();

        /** Whether no packet of the peer is taken now, so that its silence is no fault. */
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

    /** When the next ping is to be sent, or its answer to be missed. */
    private long heartbeatAtNanos;

    /** When the peer will have been silent for too long; counts from the ping that is due, not from when it left. */
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
        return home.ticker().nanoTime();
    }

    /** The peer has answered, or is new: its silence begins now. */
    void restart() {
        awaitsPong = false;
        heartbeatAtNanos = now() + config.pingInterval().toNanos();
        silentAtNanos = heartbeatAtNanos + config.pingTimeout().toNanos();
        wake();
    }

    /** The peer has sent something other than an answer. */
    void heard() {
        if (awaitsPong) {
            extend();
        }
    }

    /** It gets the whole time again. */
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
        long lookAt = backlog.lookAtNanos();
        boolean looks = backlog.isWatched() && lookAt - heartbeatAtNanos < 0;
        wheel.wake(this, looks ? lookAt : heartbeatAtNanos);
    }

    @Override
    void woken() {
        if (now() - heartbeatAtNanos >= 0) {
            beat();
        }
        if (owner.isOpen() && backlog.isWatched() && now() - backlog.lookAtNanos() >= 0) {
            look();
        }
        if (owner.isOpen()) {
            wake();
        }
    }

    private void beat() {
        if (owner.isReadingPaused()) { // no answer is read, but the peer waits for pings
            awaitsPong = true;
            owner.inUse().send(EnginePacket.PING);
            heartbeatAtNanos = now() + config.pingInterval().toNanos();
            return;
        }
        if (!awaitsPong) {
            awaitsPong = true;
            if (isSilent()) { // this loop was held up: nobody may be blamed for a ping that was not sent
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
     * Tells the owner if the peer was silent for too long. Where something waits the ping may be behind it: then a peer that
     * takes of it lives.
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
            heard(); // the ping is behind what the peer is taking
        } else if (backlog.isStuck()) {
            owner.stuck();
        }
    }
}
