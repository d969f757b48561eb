package io.scarfall.engineio;

/** Told of every new session of a server. */
@FunctionalInterface
public interface EngineListener {

    /**
     * Called once per session, on its home loop, after the handshake was sent. Packets may be sent to the session at once.
     *
     * @return what receives from the session
     */
    SessionListener opened(EngineSession session);
}
