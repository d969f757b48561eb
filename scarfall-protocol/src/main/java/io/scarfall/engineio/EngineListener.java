package io.scarfall.engineio;

/** Gets each new session of a server. */
@FunctionalInterface
public interface EngineListener {

    /**
     * Called once per session, on its home loop, after the handshake was sent; must not block. It may send to the
     * session at once. If it throws, the session is closed.
     *
     * @return gets what the session receives; never null
     */
    SessionListener opened(EngineSession session);
}
