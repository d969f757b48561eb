package io.scarfall.engineio;

import io.netty.util.concurrent.Future;
import io.scarfall.engineio.packet.EnginePacket;

/**
 * The move of a session from one transport to another, while the client probes the new one (Engine.IO protocol 4, "Upgrade").
 * Confined to the session's home loop.
 */
final class Upgrade {

    private final Transport from;
    private final Transport candidate;
    private final Future<?> timeout;

    /** @param timeout gives the move up when its time is over */
    Upgrade(Transport from, Transport candidate, Future<?> timeout) {
        this.from = from;
        this.candidate = candidate;
        this.timeout = timeout;
    }

    /** The transport that is probed. */
    Transport candidate() {
        return candidate;
    }

    /** Answers a probe that came by the candidate; answers false if it is none. */
    boolean answer(EnginePacket packet) {
        if (!(packet instanceof EnginePacket.Ping ping) || !ping.data().equals(EnginePacket.PROBE)) {
            return false;
        }
        candidate.send(new EnginePacket.Pong(EnginePacket.PROBE));
        from.releasePolls();
        return true;
    }

    /** The client has moved. */
    void end() {
        timeout.cancel(false);
    }

    /** The client stays where it is. */
    void drop() {
        timeout.cancel(false);
        candidate.close(false, () -> {});
        from.holdPolls();
    }
}
