package io.scarfall.engineio;

/** Why a session ended. */
public enum CloseReason {
    /** The peer closed the session or its transport, or the network did. */
    TRANSPORT_CLOSE("transport close"),
    /** The peer broke the rules of its transport. */
    TRANSPORT_ERROR("transport error"),
    /** The peer sent something that is no packet. */
    PARSE_ERROR("parse error"),
    /** The peer did not answer a heartbeat in time. */
    PING_TIMEOUT("ping timeout"),
    /** The peer took nothing of what waited for it, for {@link EngineConfig#slowTimeout}. */
    TOO_SLOW("transport error"),
    /** The server held too much for its peers, and this one was among those that it held most for. */
    MEMORY_LIMIT("transport error"),
    /** The application closed the session. */
    FORCED_CLOSE("forced close"),
    /** The server stops. */
    SERVER_SHUTTING_DOWN("server shutting down");

    private final String wire;

    CloseReason(String wire) {
        this.wire = wire;
    }

    /** The reason in the words of the reference implementation. */
    public String wire() {
        return wire;
    }
}
