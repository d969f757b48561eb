package io.scarfall.engineio;

/**
 * When a session pings, and when its peer was silent for too long: the server pings, the client answers (Engine.IO protocol 4,
 * "Heartbeat"). Confined to the session's home loop, whose clock the times are of.
 */
final class Heartbeat extends Heartbeats.Sleeper {

    private final Runnable woken;
    private final long intervalNanos;
    private final long timeoutNanos;

    /** When the next ping is to be sent, or its answer to be missed. */
    private long atNanos;

    /** When the peer will have been silent for too long; counts from the ping that is due, not from when it left. */
    private long silentAtNanos;

    private boolean awaitsPong;

    /** @param woken run by the wheel, at the time that it was asked for */
    Heartbeat(EngineConfig config, Runnable woken) {
        this.woken = woken;
        intervalNanos = config.pingInterval().toNanos();
        timeoutNanos = config.pingTimeout().toNanos();
    }

    @Override
    void woken() {
        woken.run();
    }

    /** When it is due. */
    long atNanos() {
        return atNanos;
    }

    /** Whether a ping was sent, and its answer has not come. */
    boolean awaitsPong() {
        return awaitsPong;
    }

    /** The peer has answered, or is new: its silence begins now. */
    void restart(long nowNanos) {
        awaitsPong = false;
        atNanos = nowNanos + intervalNanos;
        silentAtNanos = atNanos + timeoutNanos;
    }

    /**
     * The peer has shown that it lives: while an answer is awaited every other packet does, and so does what it takes of what
     * waits. It gets the whole time again.
     */
    void extend(long nowNanos) {
        if (awaitsPong) {
            silentAtNanos = nowNanos + timeoutNanos;
        }
    }

    /** As {@link #extend}; and it is due only then, if an answer is awaited. Answers whether one is. */
    boolean resume(long nowNanos) {
        extend(nowNanos);
        awaitSilence();
        return awaitsPong;
    }

    /** Is due while no answer is read: the peer waits for pings all the same. */
    void pingUnread(long nowNanos) {
        awaitsPong = true;
        atNanos = nowNanos + intervalNanos;
    }

    /** Is due; answers whether a ping is to be sent, or the answer to one is missed. */
    boolean ping(long nowNanos) {
        if (awaitsPong) {
            return false;
        }
        awaitsPong = true;
        if (isSilent(nowNanos)) { // this loop was held up: nobody may be blamed for a ping that was not sent
            extend(nowNanos);
        }
        return true;
    }

    /** It is due again when the peer will have been silent for too long. */
    void awaitSilence() {
        if (awaitsPong) {
            atNanos = silentAtNanos;
        }
    }

    /** Whether an answer has been awaited for too long. */
    boolean isSilent(long nowNanos) {
        return awaitsPong && nowNanos - silentAtNanos >= 0;
    }
}
