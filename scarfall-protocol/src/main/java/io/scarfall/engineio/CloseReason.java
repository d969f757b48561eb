package io.scarfall.engineio;

/** Why a session ended. Thread-safe, as all enums. */
public enum CloseReason {
    /** The peer closed the session or its transport, or the network did. */
    TRANSPORT_CLOSE("transport close"),
    /** The peer broke the rules of its transport. */
    TRANSPORT_ERROR("transport error"),
    /** The peer sent a malformed packet. */
    PARSE_ERROR("parse error"),
    /** The peer did not answer a heartbeat in time. */
    PING_TIMEOUT("ping timeout"),
    /** For {@link EngineConfig#slowTimeout} the peer took nothing of what waited for it. */
    TOO_SLOW("transport error"),
    /** The server held too much memory for its peers, and much of it for this one. */
    MEMORY_LIMIT("transport error"),
    /** The application closed the session. */
    FORCED_CLOSE("forced close"),
    /** The server shuts down. */
    SERVER_SHUTTING_DOWN("server shutting down");

    private final String wire;

    CloseReason(String wire) {
        this.wire = wire;
    }

    /** The reason in the words of the reference implementation; several reasons share words. */
    public String wire() {
        return wire;
    }
}
